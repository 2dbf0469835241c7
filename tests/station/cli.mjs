// The commands as a user types them: exit codes, errors with their place, both languages.
import fs from 'node:fs';
import path from 'node:path';
import { check, run, scratch, test } from './harness.mjs';

export async function cli() {
  const dir = scratch();
  const file = (name, text) => { const p = path.join(dir, name); fs.writeFileSync(p, text); return p; };
  const good = fs.readFileSync('tests/station/post.yaml', 'utf8');

  await test('help and usage', () => {
    check(run([]).code === 2, 'no verb is a usage error');
    check(run(['help']).out.includes('plan'), 'help lists the verbs');
    for (const verb of ['new', 'plan', 'check', 'run', 'sim', 'verify', 'replay', 'terrain', 'help']) {
      for (const lang of ['fr', 'en']) {
        const r = run(['help', verb, '--lang', lang]);
        check(r.code === 0 && r.out.length > 40, `help ${verb} in ${lang}`);
      }
      check(run(['help', verb, '--lang', 'fr']).out !== run(['help', verb, '--lang', 'en']).out, `help ${verb} is translated`);
    }
    const typo = run(['plna', '--lang', 'en']);
    check(typo.code === 2 && typo.err.includes('did you mean "plan"'), `a typo names the nearest verb: ${typo.err}`);
    check(run(['plan', '--nonsense']).code === 2, 'an unknown option is a usage error');
  });

  await test('errors name file, line and column and exit 3', () => {
    const typo = file('typo.yaml', good.replace('revisit:', 'revist:'));
    const r = run(['plan', typo, '--lang', 'en']);
    check(r.code === 3, `exit 3, got ${r.code}`);
    check(r.err.includes(`${typo}:3:`) && r.err.includes('revisit'), `place and nearest key: ${r.err}`);
    const fr = run(['plan', typo, '--lang', 'fr']);
    check(fr.code === 3 && fr.err.includes(`${typo}:3:`) && /vouliez|clé/.test(fr.err), `in French: ${fr.err}`);
    const unit = run(['plan', file('unit.yaml', good.replace('depth: 300m', 'depth: 300')), '--lang', 'en']);
    check(unit.code === 3 && /unit|300/.test(unit.err), `a number without unit: ${unit.err}`);
    check(run(['plan', path.join(dir, 'none.yaml')]).code === 4, 'an absent file is exit 4');
    const json = run(['plan', typo, '--json']);
    check(JSON.parse(json.err).exit === 3, '--json errors are JSON');
  });

  await test('plan, check, and what the checker refuses', () => {
    const watch = file('post.yaml', good);
    const planFile = path.join(dir, 'plan.json');
    const r = run(['plan', watch, '-o', planFile, '--lang', 'en']);
    check(r.code === 0 && /Camp/.test(r.out), `table: ${r.out}${r.err}`);
    check(run(['check', planFile, watch]).code === 0, 'the plan holds');
    const plan = JSON.parse(fs.readFileSync(planFile, 'utf8'));
    check(plan.format === 'vigie-plan/1' && plan.sorties.length > 0, 'format');
    const broken = (name, change) => {
      const p = structuredClone(plan); change(p);
      const c = run(['check', file(`${name}.json`, JSON.stringify(p)), watch, '--json', '--lang', 'en']);
      return { code: c.code, ...(c.out ? JSON.parse(c.out) : { violation: c.err }) };
    };
    const lie = broken('lie', (p) => { p.worst_gap_s *= 0.5; for (const s of p.stretches) s.worst_gap_s *= 0.5; });
    check(lie.code === 1 && !lie.kept, `a lying worst gap: ${JSON.stringify(lie)}`);
    const gone = broken('gone', (p) => { p.stretches.pop(); });
    check(gone.code === 1, `a missing stretch: ${JSON.stringify(gone)}`);
    const long = broken('long', (p) => { const s = p.sorties[0]; s.land_s += 7200; s.track.at(-1)[0] += 7200; });
    check(long.code === 1 && long.violation.includes(plan.sorties[0].id), `a sortie too long: ${JSON.stringify(long)}`);
    check(run(['check', file('not.json', '{"format":'), watch]).code === 3, 'not JSON is exit 3');
  });

  await test('new: a starter that plans, also from a border', () => {
    for (const lang of ['fr', 'en']) {
      const d = path.join(dir, `new-${lang}`);
      const r = run(['new', d, '--lang', lang]);
      check(r.code === 0, `new: ${r.err}`);
      const p = run(['plan', path.join(d, 'watch.yaml'), '--lang', lang]);
      check(p.code === 0 || p.code === 1, `the starter plans: ${p.err}`);
      check(run(['new', d]).code === 3, 'nothing is overwritten');
    }
    const b = path.join(dir, 'border');
    const r = run(['new', b, '--border', 'ML-SN', '--lang', 'en']);
    check(r.code === 0, `border: ${r.err}`);
    const line = JSON.parse(fs.readFileSync(path.join(b, 'line.geojson'), 'utf8'));
    check(JSON.stringify(line).length > 1000, 'the border has points');
    const p = run(['plan', path.join(b, 'watch.yaml')]);
    check(p.code === 0 || p.code === 1, `the border plans: ${p.err}`);
    const none = run(['new', path.join(dir, 'x'), '--border', 'ML-FR', '--lang', 'en']);
    check(none.code === 3 && none.err.length > 20, `no such border: ${none.err}`);
  });
}
