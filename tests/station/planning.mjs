// What-if planning over the station's interface: answered by the real planner, the same figures as the commands, and nothing that
// flies or is recorded changes.
import fs from 'node:fs';
import path from 'node:path';
import { check, run, scratch, sleep, station, test } from './harness.mjs';

const W = 'tests/station/post.yaml';

export async function planning() {
  await test('a question to the planner is answered and changes nothing', async () => {
    const s = await station([W, '--sim', '--ask', '--speed', '1', '--record', path.join(scratch(), 'plan.vigie'), '--port-base', '27840']);
    const ask = (q) => s.post('/api/plan', { asker: 'a', want: 'bound', ...q });
    const watch = (await s.get('/api/watch')).json;
    const base = watch.bases[0];
    const drones = (n) => [{ type: 'small', base: 'Camp', n }];

    const own = await ask({ want: 'plan' });
    check(own.status === 200, `a question is answered ${own.status}`);
    check(Math.abs(own.json.bound_s / watch.plan.bound_s - 1) < 0.02, `bound ${own.json.bound_s}, of the plan ${watch.plan.bound_s}`);
    check(own.json.plan.worst_gap_s >= own.json.bound_s, 'a timetable below the bound');
    check(own.json.plan.planned.length > 0 && own.json.plan.planned.every((p) => ['P1', 'P2'].includes(p.drone)), 'planned passes');
    check(own.json.reach_m === own.json.line_m && own.json.unreached.length === 0, 'all is within reach');

    // One base: the bound is inversely proportional to its drones.
    const one = (await ask({ drones: drones(1) })).json.bound_s;
    const four = (await ask({ drones: drones(4) })).json.bound_s;
    check(Math.abs(one / four - 4) < 0.02, `bounds of one and four drones: ${one} and ${four}`);
    const dealt = (await ask({ drones: [{ type: 'small', n: 3 }] })).json;
    check(JSON.stringify(dealt.drones) === JSON.stringify(drones(3)), `dealt ${JSON.stringify(dealt.drones)}`);

    // The watch file as it would have to be: the command promises for it what the station answers for the question.
    const moved = { bases: [{ ...base, lat: 14.5 }], drones: drones(3), promise_s: 2700 };
    const file = (await ask({ want: 'watch', ...moved })).json;
    const there = path.join(scratch(), 'changed.yaml');
    fs.writeFileSync(there, file.text ?? '');
    check(/^# A small watch for tests/.test(file.text) && /revisit: 45min/.test(file.text) && /14\.50000/.test(file.text), `the file: ${JSON.stringify(file)}`);
    const planned = JSON.parse(run(['--json', 'plan', there, '--moves', '1', '--time', '1s']).out);
    const bound = (await ask(moved)).json.bound_s;
    check(Math.abs(planned.bound_s / bound - 1) < 0.02, `bound of the changed file ${planned.bound_s}, answered ${bound}`);

    // 20 m/s for 90 min less 20 %: 86.4 km of flight at most. 60 km off nothing is within reach.
    const far = (await ask({ bases: [{ ...base, lat: base.lat - 60 / 111 }], lang: 'fr' })).json;
    check(typeof far.refused === 'string' && /base/.test(far.refused) && far.bound_s === undefined, `far off: ${JSON.stringify(far)}`);
    // 41 km south of the nearer end only that end is.
    const edge = (await ask({ bases: [{ ...base, lat: 14.5 - 38 / 110.6 }] })).json;
    check(edge.reach_m > 0 && edge.reach_m < edge.line_m && edge.unreached.length > 0 && edge.unreached[0].reason.length > 10, `at the edge: ${JSON.stringify(edge)}`);
    await s.stop();
  });

  await test('the curve of the interface is that of the command', async () => {
    const s = await station([W, '--sim', '--ask', '--record', path.join(scratch(), 'curve.vigie'), '--port-base', '27840']);
    const said = (await s.post('/api/plan', { asker: 'a', want: 'curve' })).json.curve;
    const svg = path.join(scratch(), 'curve.svg');
    const told = run(['--json', 'plan', W, '--curve', svg]);
    check(told.code === 0 && JSON.stringify(JSON.parse(told.out)) === JSON.stringify(said), `the command says ${told.out}${told.err}, the station ${JSON.stringify(said)}`);
    check(said.points.length >= 8 && said.points.every((p) => p.planned === null || (p.planned >= p.proven && p.worst_gap_s <= p.promise_s)), 'points of the curve');
    const french = run(['--lang', 'fr', 'plan', W, '--curve', svg]);
    check(/minimum prouvé/.test(french.out), 'the table in French');
    await s.stop();
  });

  await test('newer questions, many questions, bad questions', async () => {
    const s = await station([W, '--sim', '--ask', '--record', path.join(scratch(), 'many.vigie'), '--port-base', '27840']);
    const before = (await s.get('/status')).json;
    // A newer question of the same asker takes the place of the older ones; another asker's are left alone.
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, () => s.post('/api/plan', { asker: 'a', want: 'curve' })),
      s.post('/api/plan', { asker: 'b', want: 'bound' }),
    ]);
    const codes = answers.map((r) => r.status);
    check(codes.filter((c) => c === 409).length === 5 && codes.filter((c) => c === 200).length === 2, `answered ${codes}`);
    check(codes[6] === 200, 'another asker is not answered');
    // What is quick does not wait for somebody's curve.
    const order = [];
    await Promise.all([s.post('/api/plan', { asker: 'a', want: 'curve' }).then(() => order.push('curve')), sleep(10).then(() => s.post('/api/plan', { asker: 'b', want: 'price' })).then(() => order.push('price'))]);
    check(order.join() === 'price,curve', `answered first: ${order}`);
    const crowd = await Promise.all(Array.from({ length: 20 }, (_, k) => s.post('/api/plan', { asker: `c${k}`, want: 'curve' })));
    check(crowd.every((r) => r.status === 200 || r.status === 503) && crowd.some((r) => r.status === 503) && crowd.filter((r) => r.status === 200).length >= 8, `a crowd is answered ${crowd.map((r) => r.status)}`);
    for (const body of ['', 'x', '[]', '{}', '{"want":"plan"}', '{"want":"fly","asker":"a"}', '{"want":"plan","asker":"a","promise_s":-1}', '{"want":"plan","asker":"a","bases":[]}', '{"want":"plan","asker":"a","drones":[{"type":"small","n":1e9}]}']) {
      const r = await s.post('/api/plan', body);
      check((r.status === 400 || r.status === 411) && r.json.error, `"${body}" is answered ${r.status} ${JSON.stringify(r.json)}`);
    }
    const foreign = await s.post('/api/plan', { asker: 'a', want: 'bound' }, {});
    check(foreign.status === 403, `without X-Vigie ${foreign.status}`);
    const after = (await s.get('/status')).json;
    check(after.planning.waiting === 0 && after.planning.overtaken === 5, JSON.stringify(after.planning));
    const kinds = JSON.stringify((await s.snapshot()).alerts);
    check(kinds === '[]' && after.refused_commands === before.refused_commands, `alerts ${kinds}`);
    // Stopped while a question is under way: it ends in good order.
    const last = s.post('/api/plan', { asker: 'z', want: 'curve' }).catch(() => null);
    await sleep(300);
    const end = await s.stop();
    await last;
    check(end.code === 0, `the station ended ${JSON.stringify(end)}`);
  });
}
