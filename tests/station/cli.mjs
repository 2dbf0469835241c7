// The commands as a user types them: exit codes, errors with their place, both languages.
import dgram from 'node:dgram';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { check, run, scratch, test, VIGIE } from './harness.mjs';

export async function cli() {
  const dir = scratch();
  const file = (name, text) => { const p = path.join(dir, name); fs.writeFileSync(p, text); return p; };
  const good = fs.readFileSync('tests/station/post.yaml', 'utf8');

  await test('help and usage', () => {
    check(run([]).code === 2, 'no verb is a usage error');
    check(run(['help']).out.includes('plan'), 'help lists the verbs');
    for (const verb of ['new', 'plan', 'check', 'run', 'sim', 'verify', 'replay', 'export', 'terrain', 'tlog', 'klv', 'track', 'help']) {
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

  await test('drones without a base stand where the plan flies them from', async () => {
    const free = file('free.yaml', good.replace('bases:\n', 'bases:\n  - {name: Far, at: [14.60, -11.37]}\n').replaceAll(', base: Camp}', '}'));
    const plan = path.join(dir, 'free.json');
    run(['plan', free, '-o', plan]);
    // Another plan of the same watch: everybody from the other base than the planner chose.
    const other = JSON.parse(fs.readFileSync(plan, 'utf8'));
    for (const s of other.sorties) [s.base_from, s.base_to] = s.base_from === 'Far' ? ['Camp', 'Camp'] : ['Far', 'Far'];
    fs.writeFileSync(path.join(dir, 'other.json'), JSON.stringify(other));
    const LAT = { Camp: 14.49, Far: 14.60 };
    // The first GLOBAL_POSITION_INT (33) of each drone: latitude in 1e-7 degrees after four bytes of time.
    const stand = async (...args) => {
      const lat = {}, sockets = [];
      for (let i = 0; i < 2; i++) {
        const socket = dgram.createSocket('udp4');
        socket.on('message', (m) => {
          for (let at = 0; at + 12 <= m.length; at += 12 + m[at + 1]) if (m.readUIntLE(at + 7, 3) === 33) lat[`P${i + 1}`] ??= m.readInt32LE(at + 14) / 1e7;
        });
        await new Promise((r) => socket.bind(27870 + i, '127.0.0.1', r));
        sockets.push(socket);
      }
      const sim = spawn(VIGIE, ['sim', free, '--port-base', '27870', '--speed', '5', '--for', '3s', '--lang', 'en', ...args]);
      let err = '';
      sim.stderr.on('data', (d) => { err += d; });
      const code = await new Promise((r) => sim.on('exit', r));
      sockets.forEach((x) => x.close());
      check(code === 0 && Object.keys(lat).length === 2, `both drones tell their place: ${code} ${JSON.stringify(lat)} ${err}`);
      return { lat, err };
    };
    const at = (lat, list) => ['P1', 'P2'].every((id) => Math.abs(lat[id] - LAT[list.find((s) => s.drone === id).base_from]) < 0.002);
    const a = await stand('--plan', plan), b = await stand('--plan', path.join(dir, 'other.json')), c = await stand();
    check(at(a.lat, JSON.parse(fs.readFileSync(plan, 'utf8')).sorties) && a.err === '', `as planned: ${JSON.stringify(a)}`);
    check(at(b.lat, other.sorties), `as the other plan has it: ${JSON.stringify(b)}`);
    check(c.err.includes('--plan PLAN.json puts them'), `without a plan it says so: ${c.err}`);
  });

  await test('what cannot be planned says where and what would do, in both languages', () => {
    file('sea.geojson', JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', properties: { kind: 'no-fly', name: 'Sea' },
      geometry: { type: 'Polygon', coordinates: [[[-11.5, 14.4], [-11.3, 14.4], [-11.3, 14.495], [-11.5, 14.495], [-11.5, 14.4]]] } }] }));
    file('far.asc', `ncols 2\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 0.01\n5 5\n5 5\n`);
    file('far.prj', 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]');
    const points = '[[14.50, -11.36], [14.59, -11.36]]';
    const far = good.replace('[14.490, -11.370]', '[15.490, -11.370]');
    const cases = [ // name, watch, further arguments, place, English, French
      ['sea', `${good}zones: sea.geojson\n`, [], /:5:22: /, 'no-fly zone "Sea", 0.6 km from its edge', 'zone interdite de vol'],
      ['zero', good.replace('revisit: 1h', 'revisit: 0s'), [], /:3:61: /, 'must lie between 1min and 365d', 'entre 1min et 365d'],
      ['one', good.replace(points, '[[14.50, -11.36]]'), [], /:3:16: /, '2 to 100000 points', '2 à 100000 points'],
      ['same', good.replace(points, '[[14.50, -11.36], [14.50, -11.36]]'), [], /:3:16: /, 'no length', 'pas de longueur'],
      ['wind', good.replace('speed: 3 m/s', 'speed: 20 m/s'), [], /:13:7: /, 'a wind below that', 'un vent plus faible'],
      ['none', good.replace(/drones:\n.*\n.*\n/, 'drones: []\n'), [], /:10:9: /, 'at least one', 'au moins un'],
      ['twice', good.replace('id: P2', 'id: P1'), [], /:12:10: /, 'used twice', 'deux fois'],
      ['reach', far, [], /./, 'a base within 39 km of the line or at least 3 h 40 min of endurance', 'à moins de 39 km de la ligne ou une autonomie d\'au moins 3 h 40 min'],
      ['short', good.replace('endurance: 90min', 'endurance: 1min'), [], /./, 'at least 15 min 00 s of endurance', 'au moins 15 min 00 s'],
      ['ground', `${good}terrain: far.asc\n`, [], /ground\.yaml: /, 'cover none of the line', 'ne couvrent rien de la ligne'],
      ['promise', good, ['--least-drones', '10s'], /./, 'pads are too few', 'aires ne suffisent pas'],
    ];
    for (const [name, text, args, place, en, fr] of cases) {
      const watch = file(`${name}.yaml`, text);
      for (const [lang, words] of [['en', en], ['fr', fr]]) {
        const r = run(['plan', watch, '--time', '0s', '--lang', lang, ...args]);
        check(r.code === 3 && r.err.includes(words) && place.test(r.err), `${name} in ${lang}: ${r.code} ${r.err}`);
      }
    }
    check(run(['plan', file('nearer.yaml', far.replace('[15.490, -11.370]', '[14.855, -11.370]')), '--time', '0s']).code <= 1, 'within 30 km does');
    check(run(['plan', file('longer.yaml', far.replace('endurance: 90min', 'endurance: 3h 40min')), '--time', '0s']).code <= 1, 'that endurance does');
    check(run(['plan', file('enough.yaml', good.replace('endurance: 90min', 'endurance: 15min')), '--time', '0s']).code <= 1, 'so do 15 minutes');
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

  await test('terrain check: complete, tiles missing, voids, datums, bad files', () => {
    // An ASCII grid of cells of a hundredth of a degree; `hole(lat, lon)` says where it is void.
    const grid = (name, south, west, rows, cols, hole = () => false) => {
      let text = `ncols ${cols}\nnrows ${rows}\nxllcorner ${west}\nyllcorner ${south}\ncellsize 0.01\nNODATA_value -9999\n`;
      for (let r = 0; r < rows; r++) {
        const row = [];
        for (let c = 0; c < cols; c++) row.push(hole(south + (rows - r - 0.5) * 0.01, west + (c + 0.5) * 0.01) ? -9999 : 100 + r + c);
        text += row.join(' ') + '\n';
      }
      file(name.replace('.asc', '.prj'), 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]');
      return file(name, text);
    };
    const json = (terrain) => {
      const r = run(['terrain', 'check', file('terrain.yaml', `${good}terrain: ${terrain}\n`), '--json', '--lang', 'en']);
      return { ...r, report: r.out ? JSON.parse(r.out) : null };
    };
    grid('whole.asc', 14, -12, 100, 100);
    const whole = json('{file: whole.asc, datum: EGM96}');
    check(whole.code === 0 && whole.report.complete && whole.report.gaps.length === 0, `complete: ${whole.out}${whole.err}`);
    const s = whole.report.sources[0];
    check(s.datum === 'EGM96' && s.datum_from === 'stated' && s.rows === 100 && s.is_cached, `source: ${JSON.stringify(s)}`);
    check(Math.abs(s.bounds[0] + 12) < 1e-6 && Math.abs(s.bounds[3] - 15) < 1e-6 && s.void_share === 0, `bounds: ${s.bounds}`);
    // The line runs from 14.50 to 14.59 N; 8.3 km (0.075 degrees) are looked at around it. Ground ends at 14.64: heights lack
    // north of it, from the kilometre at 14.59 - (0.075 - 0.05) on.
    grid('south.asc', 14, -12, 64, 100);
    const south = json('south.asc');
    check(south.code === 1 && !south.report.complete, `not complete: ${south.out}`);
    check(south.report.missing_tiles.join() === 'N14W012' && south.report.void_tiles.length === 0, `tiles: ${south.report.missing_tiles}`);
    check(south.report.sources[0].datum_from === 'assumed', 'an ASCII grid names no datum');
    const last = south.report.gaps.at(-1);
    check(last.missing && Math.abs(last.to_km - 9.96) < 0.05, `the end of the line: ${JSON.stringify(last)}`);
    // A void of 0.04 x 0.04 degrees about 14.54 N on the line itself: 14.52 to 14.56 is km 2.2 to 6.6.
    grid('holed.asc', 14, -12, 100, 100, (lat, lon) => Math.abs(lat - 14.54) < 0.02 && Math.abs(lon + 11.36) < 0.02);
    const holed = json('holed.asc');
    check(holed.code === 1 && holed.report.void_tiles.join() === 'N14W012' && holed.report.missing_tiles.length === 0, `voids: ${holed.out}`);
    const gap = holed.report.gaps[0];
    check(gap.void && !gap.missing && gap.from_km > 1 && gap.from_km < 2.3 && gap.to_km > 6.5 && gap.to_km < 7.9, `where: ${JSON.stringify(gap)}`);
    check(Math.abs(holed.report.sources[0].void_share - 16 / 10000) < 1e-6, `share ${holed.report.sources[0].void_share}`);
    // Coarse ground under it fills the void.
    grid('wide.asc', 13, -13, 300, 300);
    check(json('[holed.asc, wide.asc]').code === 0, 'filled from the other file');
    const none = run(['terrain', 'check', file('none.yaml', good), '--lang', 'en']);
    check(none.code === 1 && none.out.includes('N14W012') && none.out.includes('flat'), `no elevation: ${none.out}`);
    const fr = run(['terrain', 'check', file('fr.yaml', `${good}terrain: holed.asc\n`), '--lang', 'fr']);
    check(fr.code === 1 && /Lacunes dans : N14W012/.test(fr.out) && /supposée/.test(fr.out), `in French: ${fr.out}`);
    const ground = run(['plan', file('plan.yaml', `${good}terrain: whole.asc\n`), '--lang', 'en']);
    check(ground.code === 0 && /assumed to be EGM96/.test(ground.err), `plan says what it assumes: ${ground.err}`);
    file('bad.tif', 'not an image');
    const bad = json('bad.tif');
    check(bad.code === 3 && bad.err.includes('bad.tif'), `a damaged file: ${bad.code} ${bad.err}`);
    const gone = json('gone-*.tif');
    check(gone.code === 3 && gone.err.includes('gone-'), `no such file: ${gone.code} ${gone.err}`);
    check(run(['terrain', 'look', 'x']).code === 2 && run(['terrain', 'check']).code === 2, 'usage');
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
