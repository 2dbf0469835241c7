// The station with its simulated fleet: it flies, sees, warns, answers people, and keeps what it said.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { check, run, scratch, sleep, station, test } from './harness.mjs';

const W = 'tests/station/post.yaml';
const drone = (snap, id) => snap.drones.find((d) => d.id === id);
const alerts = (snap, kind) => snap.alerts.filter((a) => a.kind === kind);

export async function watch() {
  const dir = scratch();

  await test('the plan flown lies beside the record, and a restart goes on with it', async () => {
    const record = path.join(scratch(), 'kept.vigie');
    for (let k = 0; k < 2; k++) {
      const s = await station([W, '--sim', '--ask', '--time', '1s', '--record', record, '--port-base', '27650']);
      await s.stop();
    }
    const sha = crypto.createHash('sha256').update(fs.readFileSync(`${record}.plan.json`)).digest('hex');
    const starts = spawnSync('sqlite3', [record, "SELECT body FROM event WHERE kind='start'"], { encoding: 'utf8' }).stdout.trim().split('\n').map(JSON.parse);
    check(starts.length === 2 && starts.every((x) => x.flown_sha256 === sha), `starts: ${JSON.stringify(starts)}`);
    check(starts[0].epoch_us === starts[1].epoch_us, 'its periods go on');
  });

  await test('flies, sees, records; the chain holds by sqlite3 and sha256sum alone', async () => {
    const record = path.join(dir, 'fly.vigie');
    const s = await station([W, '--sim', '--speed', '20', '--record', record, '--port-base', '27100']);
    const flying = await s.until('a drone in the air', (x) => drone(x, 'P1').state === 'flying', 60);
    check(flying.sim === true && flying.speed === 20, 'says that it is a simulation');
    const seen = await s.until('ground seen', (x) => x.bins.filter((b) => b > 0).length >= 3, 90);
    check(drone(seen, 'P1').footprint.length > 3, 'a footprint');
    const chart = (await s.get(`/api/chart?from_us=${seen.start_us}&to_us=${seen.t_us + 7200e6}`)).json;
    check(chart.flown.length > 0 && chart.seen.length > 0 && chart.planned.length > 0, 'the chart has past and future');
    const w = (await s.get('/api/watch')).json;
    check(w.lines.length === 1 && Math.abs(w.lines[0].length_m - 9958) < 30, `line of 9.96 km: ${w.lines[0].length_m}`);
    check((await s.get('/api/mission/' + encodeURIComponent(drone(seen, 'P1').sortie))).json.coordinates.length > 3, 'the way');
    check((await s.get('/tiles/dem/9/239/235.png')).status === 200, 'an elevation tile');
    check((await s.get('/nothing')).status === 404, 'nothing is 404');
    check((await s.get('/api/at')).status === 400, 'a moment needs a time');
    await s.stop();
    const summary = JSON.parse(s.out.trim().split('\n').pop());
    check(summary.sorties_flown >= 1 && summary.km_seen > 1 && summary.refused_commands === 0, `summary ${JSON.stringify(summary)}`);
    const v = run(['verify', record, '--json']);
    check(v.code === 0, `verify: ${v.out}${v.err}`);
    check(run(['verify', record, '--key', record + '.key.pub']).code === 0, 'verify with the public key');
    const doc = fs.readFileSync('docs/record.md', 'utf8').match(/```sh\n([\s\S]*?)```/)[1];
    const work = path.join(dir, 'chain'); fs.mkdirSync(work);
    const sh = spawnSync('sh', ['-c', doc], { env: { ...process.env, R: record, D: work, PUB: record + '.key.pub' }, encoding: 'utf8' });
    check(sh.status === 0 && sh.stdout.includes('chain: whole'), `docs/record.md by hand: ${sh.stdout}${sh.stderr}`);
    // each telemetry log's hash is in the record
    const rows = spawnSync('sqlite3', [record, "SELECT body FROM event WHERE kind='segment'"], { encoding: 'utf8' }).stdout.trim().split('\n').map(JSON.parse);
    check(rows.length === 2, 'two links, two logs');
    for (const r of rows) {
      const sum = spawnSync('sha256sum', [path.join(record + '.d', r.file)], { encoding: 'utf8' }).stdout.slice(0, 64);
      check(sum === r.sha256 && r.bytes > 1000, `sealed ${r.file}`);
    }
    // an edited event is found
    const forged = path.join(dir, 'forged.vigie');
    fs.copyFileSync(record, forged);
    spawnSync('sqlite3', [forged, "UPDATE event SET body = replace(body, '14.5', '14.6') WHERE seq = (SELECT max(seq) FROM event WHERE kind='pose')"]);
    const f = run(['verify', forged, '--lang', 'en']);
    check(f.code === 1 && /edited|not .* says/i.test(f.out), `a forged event: ${f.out}`);
  });

  await test('a silent drone: stale at 3 s, lost at 10 s, alert with its kilometres, found again', async () => {
    const s = await station([W, '--sim', '--speed', '10', '--record', path.join(dir, 'lost.vigie'), '--port-base', '27200', '--fault', 'P1 silent 300s 120s']);
    const lost = await s.until('lost, and said', (x) => drone(x, 'P1').state === 'lost' && alerts(x, 'lost').length > 0, 60);
    const a = alerts(lost, 'lost')[0];
    check(a && a.params.drone === 'P1' && a.state === 'open' && a.level === 'urgent', `alert ${JSON.stringify(a)}`);
    check(a && a.params.to_km > a.params.from_km, 'names what it was to sweep');
    const back = await s.until('heard again', (x) => drone(x, 'P1').link === 'fresh', 60);
    check(alerts(back, 'lost').every((x) => x.state === 'closed') || (await s.until('closed', (x) => alerts(x, 'lost').every((y) => y.state === 'closed'), 10)), 'closed by itself');
    await s.stop();
  });

  await test('a drone gone for long: a new timetable without it, and with it again once it is back', async () => {
    const record = path.join(dir, 'change.vigie'), plan = record + '.plan.json';
    const s = await station([W, '--sim', '--speed', '20', '--record', record, '--port-base', '27250', '--fault', 'P1 silent 300s 900s']);
    const said = await s.until('a new timetable', (x) => alerts(x, 'replanned').length > 0, 60);
    const p = alerts(said, 'replanned')[0].params;
    check(JSON.stringify(p.out) === '["P1"]' && p.back.length === 0, `for whom: ${JSON.stringify(p)}`);
    check(p.with.gap_s > 0 && p.with.gap_s <= p.without.gap_s, `no worse than before: ${p.with.gap_s} s, ${p.without.gap_s} s`);
    const written = JSON.parse(fs.readFileSync(plan, 'utf8'));
    check(written.sorties.length > 0 && written.sorties.every((x) => x.drone === 'P2'), 'the plan beside the record flies P2 alone');
    // P2 alone can do no better than go on, turn for turn.
    check(p.bases === 0 && written.sorties.every((x) => /^P2\.[0-9]+$/.test(x.id)), `as planned: ${p.bases} bases, ${written.sorties.map((x) => x.id)}`);
    const alone = path.join(dir, 'alone.yaml');
    fs.writeFileSync(alone, fs.readFileSync(W, 'utf8').replace(/ *- {id: P1.*\n/, ''));
    const verdict = run(['check', plan, alone, '--lang', 'en']);
    check(verdict.code === 0 || verdict.code === 1, `vigie check has no fault with it: ${verdict.out}${verdict.err}`);
    check(!/does not hold/.test(verdict.out), verdict.out);
    const back = await s.until('counted on again', (x) => alerts(x, 'replanned').some((y) => y.params.back.includes('P1')), 90);
    check(back.drones.length === 2, 'both drones');
    await s.stop();
    const kinds = run(['verify', record, '--lang', 'en']);
    check(kinds.code === 0, `the record holds: ${kinds.out}`);
  });

  await test('a flight called home: what it leaves unseen is made good by another timetable', async () => {
    const tight = path.join(dir, 'tight.yaml'), record = path.join(dir, 'short.vigie');
    fs.writeFileSync(tight, fs.readFileSync(W, 'utf8').replace('revisit: 1h', 'revisit: 16min'));
    const s = await station([tight, '--sim', '--speed', '20', '--record', record, '--port-base', '27270']);
    await s.until('in the air', (x) => drone(x, 'P1').state === 'flying', 60);
    check((await s.post('/api/drones/P1/return', { by: 'Awa' })).status === 200, 'called home');
    const said = await s.until('a new timetable', (x) => alerts(x, 'replanned').length > 0, 60);
    const p = alerts(said, 'replanned')[0].params;
    check(p.cause === 'promise' && p.out.length === 0 && p.back.length === 0, `for the promise's sake: ${JSON.stringify(p)}`);
    check(p.without.gap_s > 960 * 1.05, `without it broken: ${p.without.gap_s} s`);
    check(p.with.gap_s <= p.without.gap_s - 960 * 0.05, `clearly better: ${p.with.gap_s} s, ${p.without.gap_s} s`);
    const verdict = run(['check', record + '.plan.json', tight, '--lang', 'en']);
    check(verdict.code === 0, `vigie check: ${verdict.out}${verdict.err}`);
    await s.until('flown', (x) => x.sorties.some((y) => /b#[0-9]+$/.test(y.id) && y.state === 'flying'), 60);
    await s.stop();
    const kinds = run(['verify', record, '--lang', 'en']);
    check(kinds.code === 0, `the record holds: ${kinds.out}`);
  });

  await test('another wind: a new timetable made for it', async () => {
    const record = path.join(dir, 'wind.vigie'), plan = record + '.plan.json';
    const s = await station([W, '--sim', '--speed', '20', '--record', record, '--port-base', '27280', '--fault', 'wind 200s 12m/s 150deg']);
    const said = await s.until('a new timetable', (x) => alerts(x, 'replanned').length > 0, 90);
    const p = alerts(said, 'replanned')[0].params;
    check(p.cause === 'wind' && p.out.length === 0 && p.back.length === 0, `for the wind's sake: ${JSON.stringify(p)}`);
    check(Math.abs(p.wind.from_deg - 150) < 20 && Math.abs(p.wind.speed_mps - 12) < 3, `the wind it met: ${JSON.stringify(p.wind)}`);
    const written = JSON.parse(fs.readFileSync(plan, 'utf8'));
    check(written.wind[0] === p.wind.from_deg && written.wind[1] === p.wind.speed_mps, `the plan says for which: ${written.wind}`);
    const verdict = run(['check', plan, W, '--lang', 'en']);
    check(verdict.code === 0 && /made for wind from/.test(verdict.out), `vigie check: ${verdict.out}${verdict.err}`);
    delete written.wind;
    fs.writeFileSync(plan, JSON.stringify(written));
    check(run(['check', plan, W, '--lang', 'en']).code === 1, 'in the wind of the watch it could not be flown');
    await s.stop();
  });

  await test('consent is asked for, refusals and acts are recorded with who', async () => {
    const record = path.join(dir, 'ask.vigie');
    const s = await station([W, '--sim', '--ask', '--speed', '20', '--record', record, '--port-base', '27300']);
    const due = await s.until('a verified sortie', (x) => x.sorties.some((y) => y.state === 'verified'), 40);
    const id = encodeURIComponent(due.sorties.find((y) => y.state === 'verified').id);
    await sleep(2500); // past the take-off time
    check(drone(await s.snapshot(), 'P1').state === 'waiting', 'does not fly without consent');
    check((await s.post(`/api/sorties/${id}/consent`, { by: 'Awa' }, {})).status === 403, 'an act needs the header');
    check((await s.post(`/api/sorties/${id}/consent`, { by: 'Awa' }, { 'X-Vigie': '1', Origin: 'http://evil.example' })).status === 403, 'a foreign origin is refused');
    check((await s.post(`/api/sorties/${id}/consent`, { by: '' })).status === 400, 'who?');
    check((await s.post(`/api/sorties/${id}/consent`, '{')).status === 400, 'not JSON');
    check((await s.post('/api/sorties/none/consent', { by: 'Awa' })).status === 404, 'no such sortie');
    check((await s.post('/api/drones/P1/return', { by: 'Awa' })).status === 409, 'not in the air');
    check((await s.post('/api/drones/P9/return', { by: 'Awa' })).status === 404, 'no such drone');
    check((await s.post('/api/drones/P1/drop', { by: 'Awa' })).status === 404, 'no such act');
    const ok = await s.post(`/api/sorties/${id}/consent`, { by: 'Awa' });
    check(ok.status === 200 && ok.json.consent === 'given', `consent ${JSON.stringify(ok)}`);
    await s.until('in the air', (x) => drone(x, 'P1').state === 'flying', 40);
    check((await s.post('/api/drones/P1/return', { by: 'Awa' })).status === 200, 'called home');
    await s.until('home', (x) => drone(x, 'P1').state === 'turning', 60);
    await s.stop();
    const acts = spawnSync('sqlite3', [record, "SELECT body FROM event WHERE kind='act'"], { encoding: 'utf8' }).stdout.trim().split('\n').map(JSON.parse).filter((a) => !/^(geofence|rally points|mission) /.test(a.what)); // what went up before
    check(acts.length === 2 && acts.every((a) => a.by === 'Awa') && acts[0].what === 'consent' && acts[1].what === 'return', `acts ${JSON.stringify(acts)}`);
  });

  await test('ground unseen beyond the promise is said, taken, closed', async () => {
    // nobody consents, so nothing is seen: one hour passes in 30 s at 120 times
    const s = await station([W, '--sim', '--ask', '--speed', '120', '--record', path.join(dir, 'unseen.vigie'), '--port-base', '27400']);
    const broken = await s.until('promise broken', (x) => x.promise.state === 'broken' && alerts(x, 'unseen').length > 0, 60);
    const a = alerts(broken, 'unseen')[0];
    check(a.params.cause === 'no_drone' && a.params.from_km === 0, `cause ${JSON.stringify(a.params)}`);
    const taken = await s.post(`/api/alerts/${a.id}/take`, { by: 'Awa' });
    check(taken.status === 200 && taken.json.state === 'taken' && taken.json.by === 'Awa', 'taken');
    check((await s.post(`/api/alerts/${a.id}/close`, { by: 'Awa' })).status === 200, 'closed');
    check((await s.post(`/api/alerts/${a.id}/close`, { by: 'Awa' })).status === 409, 'closed once');
    await s.stop();
  });
}
