// Objects on the ground: from simulated intruders, other sensors and people to tracks, alerts and the record. What is true comes
// from the simulation's own file, which the station does not read.
import dgram from 'node:dgram';
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { check, scratch, sleep, station, test } from './harness.mjs';

const W = 'tests/station/post.yaml';
const M_PER_DEG = 111195;
const events = (record, kind) => spawnSync('sqlite3', [record, `SELECT json_object('t', t_us, 'b', json(body)) FROM event WHERE kind='${kind}' ORDER BY seq`], { encoding: 'utf8', maxBuffer: 1 << 28 })
  .stdout.trim().split('\n').filter(Boolean).map((l) => JSON.parse(l)).map(({ t, b }) => ({ t: t / 1e6, ...b }));

/** The truth at a time, between two of its lines. */
function truthOf(file) {
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter((l) => l.endsWith('}')).map(JSON.parse);
  const maps = lines.map((l) => new Map(l.objects.map((o) => [o.id, o])));
  return {
    lines, maps,
    at(t) {
      const i = lines.findIndex((l) => l.t > t) - 1;
      if (i < 0) return [];
      const f = (t - lines[i].t) / (lines[i + 1].t - lines[i].t);
      return [...maps[i].values()].filter((o) => maps[i + 1].has(o.id)).map((o) => {
        const p = maps[i + 1].get(o.id);
        return { ...o, lat: o.lat + (p.lat - o.lat) * f, lon: o.lon + (p.lon - o.lon) * f, side_m: o.side_m + (p.side_m - o.side_m) * f };
      });
    },
    /** When an object changed sides of the line, s. */
    crossings(id) {
      const out = [];
      let side = 0;
      maps.forEach((m, i) => {
        const now = Math.sign(m.get(id)?.side_m ?? 0);
        if (side && now && now !== side) out.push(lines[i].t);
        side = now || side;
      });
      return out;
    },
  };
}

/** Squared distance by the covariance, and metres, from a track to an object. */
function away(k, o) {
  const e = (o.lon - k.lon) * M_PER_DEG * Math.cos((k.lat * Math.PI) / 180), n = (o.lat - k.lat) * M_PER_DEG;
  const [xx, xy, yy] = k.cov;
  return { d2: (yy * e * e - 2 * xy * e * n + xx * n * n) / (xx * yy - xy * xy), m: Math.hypot(e, n) };
}

const nearest = (k, all) => all.map((o) => ({ ...o, ...away(k, o) })).sort((a, b) => a.m - b.m)[0];

export async function tracks() {
  const dir = scratch();
  const record = path.join(dir, 'tracks.vigie');
  const file = path.join(dir, 'truth.jsonl');
  const args = [W, '--sim', '--speed', '20', '--record', record, '--port-base', '28420', '--intruders', '20'];

  await test('intruders cross, are tracked and told of; places are as sure as they say; a killed station goes on', async () => {
    const s = await station([...args, '--truth', file]);
    await s.until('somebody crosses the line and it is said', (x) => x.tracks.length >= 20 && x.alerts.some((a) => a.kind === 'track' && a.params.what === 'crossed'), 150);
    await sleep(2000);
    s.child.kill('SIGKILL');
    await s.ended;
    const truth = truthOf(file);
    const told = events(record, 'track');
    let inside = 0, n = 0;
    const fits = new Map();
    for (const k of told.filter((x) => x.state === 'confirmed')) {
      const o = nearest(k, truth.at(k.t));
      if (!o) continue;
      const f = fits.get(k.id) ?? fits.set(k.id, { good: 0, all: 0, of: new Map() }).get(k.id);
      const good = o.m < 60 || o.d2 < 20;
      f.all++;
      f.good += good;
      if (!good) continue;
      f.of.set(o.id, (f.of.get(o.id) ?? 0) + 1);
      n++;
      inside += o.d2 < 5.991;
    }
    check(n > 100, `tracks told of near something true: ${n}`);
    // The nearest object is taken for the right one, which helps a little: hence up to all of them. Words of one track hang together.
    check(inside / n > 0.9, `in the 95 % ellipse: ${(100 * inside / n).toFixed(1)} % of ${n}`);
    const wrong = [...fits.values()].filter((f) => f.good < f.all / 2).length;
    check(wrong <= 0.1 * fits.size, `tracks of nothing: ${wrong} of ${fits.size}`);
    const crossed = events(record, 'alert').filter((a) => a.kind === 'track' && a.params.what === 'crossed');
    const first = [...new Map(crossed.map((a) => [a.id, a]).reverse()).values()];
    const late = first.map((a) => {
      const of = [...(fits.get(a.params.tracks[0])?.of ?? [])].map(([id]) => id);
      return Math.min(...of.flatMap((id) => truth.crossings(id)).map((t) => (a.t - t > -5 ? a.t - t : Infinity)));
    });
    check(late.some((d) => d < 40), `seconds from crossing to alert: ${late.map((d) => d.toFixed(0))}`);
    check(first.every((a) => a.params.by && a.params.error_m > 0 && a.params.km > 0), 'an alert says who, how surely and where');
    console.log(`        ${fits.size} tracks, ${wrong} of nothing, ${(100 * inside / n).toFixed(1)} % in the 95 % ellipse; crossing to alert: ${late.map((d) => d.toFixed(0)).join(', ')} s`);

    const again = await station(args);
    const snap = await again.snapshot();
    const open = new Map(told.map((k) => [k.id, k]));
    const left = [...open.values()].filter((k) => k.state !== 'ended');
    check(left.length > 0 && left.every((k) => snap.tracks.some((x) => x.id === k.id && Math.abs(x.lat - k.lat) < 1e-5)), `${left.length} tracks stand as they were told last`);
    const highest = Math.max(...told.map((k) => Number(k.id.slice(1))));
    const fresh = await again.until('a new track', (x) => x.tracks.some((k) => Number(k.id.slice(1)) > highest), 90);
    check(fresh.tracks.filter((k) => open.has(k.id)).every((k) => k.born_us === open.get(k.id).born_us), 'no id is used again');
    const moment = told[Math.floor(told.length / 2)];
    const past = (await again.get(`/api/at?t_us=${Math.round(moment.t * 1e6)}`)).json;
    check(past.tracks.some((k) => k.id === moment.id) && past.tracks.every((k) => k.t_us <= moment.t * 1e6), 'a past moment shows the tracks of then');
    await again.stop();
  });

  await test('a radar by UDP and a person by the page make tracks; privacy zones and bad lines make none', async () => {
    const watch = path.join(dir, 'radar.yaml');
    const own = path.join(dir, 'radar.vigie');
    const ring = (lon, lat) => [[lon - 0.002, lat - 0.002], [lon + 0.002, lat - 0.002], [lon + 0.002, lat + 0.002], [lon - 0.002, lat + 0.002], [lon - 0.002, lat - 0.002]];
    fs.writeFileSync(path.join(dir, 'zones.geojson'), JSON.stringify({ type: 'FeatureCollection', features: [['Home', 'privacy', ring(-11.358, 14.57)], ['Ford', 'alert', ring(-11.358, 14.56)]].map(([name, kind, r]) => ({ type: 'Feature', properties: { name, kind }, geometry: { type: 'Polygon', coordinates: [r] } })) }));
    fs.writeFileSync(watch, `${fs.readFileSync(W, 'utf8')}zones: zones.geojson\nmeasurements: "udpin:127.0.0.1:28440"\n`);
    const s = await station([watch, '--record', own, '--port-base', '28450']);
    const udp = dgram.createSocket('udp4');
    const say = (line) => udp.send(typeof line === 'string' ? line : JSON.stringify(line), 28440, '127.0.0.1');
    const corner = (lat, lon) => ({ lat, lon });
    const look = (lat, lon, t) => ({ t, sensor: 'radar', pd: 0.9, clutter_density: 1e-9, footprint: [corner(14.54, -11.37), corner(14.54, -11.35), corner(14.58, -11.35), corner(14.58, -11.37)], detections: [{ lat, lon, cov: [25, 0, 25], class: 'vehicle' }] });
    for (let i = 0; i < 12; i++) {
      const t = (await s.now()) / 1e6;
      say(look(14.55 + i * 2e-5, -11.3585, t)); // 2.2 m/s to the north
      say(look(14.57, -11.358, t + 0.01)); // in the privacy zone
      say('{"t":1,"sensor":"radar"}');
      say('nonsense');
      await sleep(1000);
    }
    const snap = await s.snapshot();
    check(snap.tracks.length === 1, `one track: ${JSON.stringify(snap.tracks.map((k) => [k.id, k.lat, k.lon]))}`);
    const k = snap.tracks[0];
    check(k && k.by === 'radar' && k.class === 'vehicle' && Math.hypot(k.ve, k.vn - 2.2) < 1, `the radar's: ${JSON.stringify(k)}`);
    check(k && Math.abs(k.lat - 14.5502) < 1e-3 && Math.abs(k.side_m - 160) < 30, 'in its place, 160 m east of the line');
    const st = (await s.get('/status')).json.tracking;
    check(st.bad === 24 && st.private === 12 && st.out_of_time === 0, `counted: ${JSON.stringify(st)}`);
    const seen = { by: 'Awa', lat: 14.56, lon: -11.358, class: 'person', error_m: 30, note: 'with a mule' };
    const answer = await s.post('/api/reports', seen);
    check(answer.status === 200 && answer.json.private === false, `reported: ${JSON.stringify(answer)}`);
    check((await s.post('/api/reports', { ...seen, lat: 14.57 })).json.private === true, 'in a privacy zone nothing is made of it');
    check((await s.post('/api/reports', { ...seen, lat: 14.52, error_m: 300 })).status === 200, 'a wide one');
    const wide = (await s.snapshot()).alerts.filter((a) => a.kind === 'report');
    check(wide.length === 1 && wide[0].params.by === 'Awa' && wide[0].params.note === 'with a mule' && Math.abs(wide[0].lat - 14.52) < 1e-4, `is an alert: ${JSON.stringify(wide)}`);
    check((await s.post('/api/reports', { ...seen, class: 'spy' })).status === 400, 'no such class');
    check((await s.post('/api/reports', { ...seen, lat: 140 })).status === 400, 'no such place');
    check((await s.post('/api/reports', seen, {})).status === 403, 'not without the header');
    const told = await s.until('the person is tracked, and told of: he is in an alert zone', (x) => x.tracks.some((o) => o.by === 'Awa') && x.alerts.some((a) => a.kind === 'track' && a.params.what === 'zone'), 15);
    const alert = told.alerts.find((a) => a.kind === 'track' && a.params.what === 'zone');
    check(alert.level === 'urgent' && alert.params.zone === 'Ford' && alert.params.by === 'Awa' && alert.params.class === 'person', `the alert: ${JSON.stringify(alert)}`);
    udp.close();
    await s.stop();
    const acts = events(own, 'act').filter((a) => a.what === 'report');
    check(acts.length >= 1 && acts[0].by === 'Awa' && acts[0].note === 'with a mule', 'the record says who reported what');
    check(events(own, 'track').every((o) => Math.abs(o.lat - 14.57) > 2e-3), 'nothing of the privacy zone is recorded');
  });
}
