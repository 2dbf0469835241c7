// A person at the station: reads the pre-flight list, consents, lets the drone hold and go on, stops what the station announces,
// diverts it; while the wind turns, the battery drops and the link is cut.
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { check, scratch, sleep, station, test } from './harness.mjs';

const W = 'tests/station/two.yaml';
const FORT = { lat: 14.67, lon: -11.38 };

export async function fly() {
  await test('pre-flight, orders, a margin that falls, a stopped act, a diversion; all of it recorded', async () => {
    const record = path.join(scratch(), 'two.vigie');
    const faults = ['wind 4min 9m/s 200deg', 'P1 battery 9min 27%', 'P1 silent 11min 25s'].flatMap((f) => ['--fault', f]);
    const s = await station([W, '--sim', '--ask', '--speed', '12', '--record', record, '--port-base', '22300', ...faults]);
    const drone = (x) => x.drones.find((d) => d.id === 'P1');
    const status = async (lang = 'en') => (await s.get(`/api/drones/P1?lang=${lang}`)).json;
    const soon = async (what, holds, seconds = 60) => {
      for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
        const d = await status();
        if (holds(d)) return d;
      }
      throw new Error(`not within ${seconds} s: ${what}`);
    };
    const tell = (verb, body = {}) => s.post(`/api/drones/P1/${verb}`, { by: 'Awa', ...body });

    await s.until('the mission verified', (x) => drone(x).state === 'waiting', 60);
    const ready = await soon('a list that holds nothing', (d) => d.preflight.length > 0 && !d.preflight.some((p) => p.holds), 30);
    const point = (name) => ready.preflight.find((p) => p.point === name);
    check(ready.preflight.length === 14 && point('mission').state === 'good' && point('fix').reason.startsWith('16 satellites'), `the list: ${JSON.stringify(ready.preflight)}`);
    check(/^100 %; the flight needs \d+ % in this wind, the reserve is 20 %$/.test(point('battery').reason), `battery: ${point('battery').reason}`);
    check(ready.lost_link.reason === 'goes on with its mission', 'what it does without a link');
    check((await status('fr')).lost_link.reason === 'continue sa mission', 'the same in French');
    const sortie = encodeURIComponent(ready.sortie);
    check((await s.post(`/api/sorties/${sortie}/overrule`, { by: 'Awa', point: 'battery' })).status === 409, 'the reserve is not overruled');
    check((await s.post(`/api/sorties/${sortie}/overrule`, { by: 'Awa', point: 'place' })).status === 200, 'a place may be');
    check((await tell('hold')).status === 409, 'nothing on the ground can hold');
    check((await s.post(`/api/sorties/${sortie}/consent`, { by: 'Awa' })).status === 200, 'consent');

    const up = await soon('a flight', (d) => d.flight !== null);
    check(up.flight.margin > 0.4 && up.flight.base === 'Camp' && up.acts.includes('hold'), `a flight: ${JSON.stringify(up.flight)}`);
    check((await tell('dance')).status === 404 && (await tell('divert', { base: 'Nowhere' })).status === 404, 'no such act, no such base');
    check((await tell('hold')).status === 200, 'hold');
    await s.until('it holds', (x) => drone(x).mode === 'LOITER' && drone(x).phase === 'held', 20);
    check((await tell('continue')).status === 200, 'continue');
    await s.until('it goes on', (x) => drone(x).mode === 'AUTO', 20);

    const windy = await soon('the wind, as it measures it', (d) => d.flight?.wind_mps > 7.5);
    check(windy.flight.margin > 0 && windy.announced === null, 'still enough');
    const short = await soon('an announcement', (d) => d.announced !== null);
    check(short.flight.margin < 0 && ['return', 'divert'].includes(short.announced.act), `announced: ${JSON.stringify(short)}`);
    check((await tell('stop')).status === 200 && (await tell('stop')).status === 409, 'stopped, once');
    const stopped = await status();
    check(stopped.announced === null && stopped.stopped_by === 'Awa', 'who stopped it');
    check((await s.snapshot()).alerts.some((a) => a.kind === 'energy' && a.state !== 'closed'), 'the warning stays');

    check((await tell('divert', { base: 'Fort' })).status === 200, 'divert');
    await s.until('silent on its way', (x) => drone(x).link !== 'fresh', 60);
    const down = await s.until('landed', (x) => drone(x).state === 'turning', 150);
    const off_m = Math.hypot((drone(down).lat - FORT.lat) * 111000, (drone(down).lon - FORT.lon) * 107500);
    check(off_m < 600, `at Fort: ${off_m} m off`);
    check(down.sorties.some((x) => x.drone === 'P1' && x.state === 'aborted' && x.reason === 'diverted to another base'), 'why its sortie ended');
    await s.stop();

    const sql = (q) => spawnSync('sqlite3', [record, q], { encoding: 'utf8' }).stdout.trim().split('\n').map((l) => JSON.parse(l));
    const acts = sql("SELECT body FROM event WHERE kind='act' ORDER BY seq").map((a) => `${a.by} ${a.what}`).filter((a) => !/^vigie (geofence|rally points|mission) /.test(a)).join(', '); // what went up before
    check(acts === `Awa overrule place, Awa consent, Awa hold, Awa continue, vigie announce ${short.announced.act}, Awa stop ${short.announced.act}, Awa divert Fort`, `acts: ${acts}`);
    const seen = sql("SELECT body FROM event WHERE kind='preflight'");
    check(seen.length === 2 && seen.every((e) => e.drone === 'P1' && e.points.length === 14), 'what was seen at consent and at launch');
  });
}
