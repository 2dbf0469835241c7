// vigie track as a user runs it: each kind of source into tracks, live pipes, bad lines, both languages.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { check, run, scratch, test, VIGIE } from './harness.mjs';

const LAT0 = 14.5, LON0 = -11.25;
// Metres to degrees near the origin by the radii of curvature of WGS 84 at 14.5 degrees north.
const deg = (x, y) => ({ lat: LAT0 + y / 110641.9, lon: LON0 + x / 107799.6 });
// Noise that is the same in every run (mulberry32, Box-Muller).
function noise(seed) {
  const unit = () => { seed = (seed + 0x6d2b79f5) | 0; let t = Math.imul(seed ^ (seed >>> 15), 1 | seed); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296; };
  return () => Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
}
const track = (lines, ...args) => {
  const r = run(['track', '-', ...args], { input: lines.map((x) => JSON.stringify(x) + '\n').join('') });
  return { ...r, lines: r.out.trim().split('\n').filter(Boolean).map(JSON.parse) };
};
const camera = (t, detections, more = {}) => ({ t, sensor: 'V1', footprint: [[-300, -300], [300, -300], [300, 300], [-300, 300]], pd: 0.9, clutter_density: 1e-7, detections, ...more });
const walk = (seconds, from = 0) => {
  const n = noise(7);
  return Array.from({ length: seconds }, (_, i) => { const t = from + i; return camera(t, [{ x: 1.5 * t + 3 * n(), y: 20 + 3 * n(), cov: [9, 0, 9] }]); });
};

export async function trackCommand() {
  const dir = scratch();

  await test('a camera in metres: one track, where the object is', () => {
    const r = track(walk(40), '--every', '1s');
    check(r.code === 0, r.err);
    check(r.lines.length === 40 && r.lines.every((l, i) => l.t === i), `a line a second: ${r.lines.length}`);
    const ids = new Set(r.lines.slice(5).flatMap((l) => l.tracks.map((k) => k.id)));
    check(ids.size === 1, `one id: ${[...ids]}`);
    const last = r.lines.at(-1).tracks[0];
    check(Math.hypot(last.x - 58.5, last.y - 20) < 5 && Math.abs(last.vx - 1.5) < 0.6, `near 58.5, 20 at 1.5 m/s: ${JSON.stringify(last)}`);
    check(last.p_exist > 0.95 && last.state === 'confirmed' && last.sensor === 'V1' && last.cov.length === 10 && last.lat === undefined, JSON.stringify(last));
    const each = track(walk(40));
    check(each.lines.every((l) => l.id === last.id && typeof l.t === 'number') && each.lines.length > 30, 'without --every a line a track and scan');
    check(track(walk(40), '--every', '1s').out === r.out, 'the same input, the same bytes');
    const shuffled = walk(40); [shuffled[20], shuffled[22]] = [shuffled[22], shuffled[20]];
    const late = track(shuffled, '--every', '1s', '--json');
    check(JSON.parse(late.err).late === 2 && late.lines.at(-1).tracks[0].id === last.id, `late scans are put in place: ${late.err}`);
    check(late.lines.at(-1).tracks.map((k) => k.x).join() === r.lines.at(-1).tracks.map((k) => k.x).join(), 'as if they had come in time');
  });

  await test('ships that say who they are (AIS), in degrees: two that cross keep their ids', () => {
    const lines = [];
    for (let t = 0; t <= 200; t += 2) for (const k of [-1, 1]) lines.push({ t: t + (k + 1) / 2, sensor: 'ais', detections: [{ ...deg(5 * (t - 100), k * (t - 100) * 0.5), sd: 10, speed: 5.02, class: 'vessel', source_id: 228000000 + k }] });
    const r = track(lines, '--every', '1s');
    check(r.code === 0, r.err);
    const at = (t) => r.lines.find((l) => l.t === t).tracks;
    check(at(60).length === 2 && at(200).length === 2, `two tracks: ${at(60).length}, ${at(200).length}`);
    const north = (t) => [...at(t)].sort((a, b) => b.lat - a.lat);
    check(north(40)[0].id === north(190)[1].id && north(40)[1].id === north(190)[0].id, 'ids change sides with the ships');
    const top = north(190)[0], want = deg(450, 45);
    check(Math.abs(top.lat - want.lat) * 110642 < 15 && Math.abs(top.lon - want.lon) * 107800 < 20 && top.class === 'vessel', JSON.stringify([top, want]));
    check(Math.abs(r.lines[0].origin[0] - lines[0].detections[0].lat) < 1e-6, 'the frame is told');
  });

  await test('a ground radar: range and bearing from where it stands', () => {
    const n = noise(3), lines = [], R = { x: -800, y: -600 };
    for (let t = 0; t < 60; t++) {
      const x = 8 * t - 200, y = 100, range = Math.hypot(x - R.x, y - R.y) + 5 * n(), bearing = (Math.atan2(x - R.x, y - R.y) * 180) / Math.PI + 0.4 * n();
      lines.push({ t, sensor: 'radar', at: R, footprint: [[-800, -600], [800, -600], [800, 800], [-800, 800]], pd: 0.9, clutter_density: 1e-8, detections: [{ range_m: range, range_sd_m: 5, bearing_deg: bearing, bearing_sd_deg: 0.4 }] });
    }
    const last = track(lines, '--every', '1s').lines.at(-1).tracks;
    check(last.length === 1 && Math.hypot(last[0].x - 272, last[0].y - 100) < 12 && Math.abs(last[0].vx - 8) < 1.5, JSON.stringify(last));
  });

  await test("a ranger's report by hand names what the camera only sees", () => {
    const plain = track(walk(40), '--every', '1s').lines.at(-1).tracks[0];
    const lines = [...walk(30), { t: 29.5, sensor: 'ranger', detections: [{ x: 80, y: -10, sd: 100, class: 'person' }] }, ...walk(10, 30)];
    const told = track(lines, '--every', '1s').lines.at(-1).tracks;
    check(plain.class === 'unknown' && told.length === 1 && told[0].class === 'person' && told[0].class_p > 0.6, JSON.stringify(told));
  });

  await test('bearings alone hold what the camera has left', () => {
    const masts = [['east', { x: 900, y: 0 }], ['north', { x: 0, y: 900 }]], gone = [];
    for (let t = 40; t < 100; t += 2) for (const [sensor, at] of masts) gone.push({ t: t + (sensor === 'north' ? 0.5 : 0), sensor, at, pd: 0.5, detections: [{ bearing_deg: (Math.atan2(1.5 * t - at.x, 20 - at.y) * 180) / Math.PI, bearing_sd_deg: 0.5 }] });
    const size = (lines) => { const k = track(lines, '--every', '1s', '--all').lines.at(-1).tracks.sort((a, b) => b.p_exist - a.p_exist)[0]; return { k, sd: Math.sqrt(k.cov[0] + k.cov[4]) }; };
    const held = size([...walk(40), ...gone]), blind = size([...walk(40), camera(99, [], { footprint: [[5000, 0], [5100, 0], [5100, 100]] })]);
    check(Math.hypot(held.k.x - 1.5 * 99, held.k.y - 20) < 12, JSON.stringify(held));
    check(held.sd < 12 && blind.sd > 4 * held.sd, `${held.sd} m with bearings, ${blind.sd} m without`);
  });

  await test('a live pipe: each line comes out before the next goes in; Ctrl-C ends well', async () => {
    const child = spawn(VIGIE, ['track', '-', '--lang', 'en'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '', err = '';
    child.stderr.on('data', (d) => { err += d; });
    const heard = new Promise((r) => child.stdout.on('data', (d) => { out += d; if (out.includes('"t":9.000')) r(); }));
    for (const l of walk(10)) child.stdin.write(JSON.stringify(l) + '\n');
    await heard;
    const ended = new Promise((r) => child.on('exit', (code, signal) => r({ code, signal })));
    child.stdin.write('{"t":10,"sensor"'); // half a line
    child.kill('SIGINT');
    const e = await ended;
    check(e.code === 0 && /10 scans, 10 measurements/.test(err), `${JSON.stringify(e)} ${err}`);
  });

  await test('bad lines: file, line, column, what was expected; exit 3', () => {
    const bad = path.join(dir, 'bad.jsonl'), out = path.join(dir, 'out.jsonl');
    const good = walk(12).map((x) => JSON.stringify(x)).join('\n');
    fs.writeFileSync(bad, `${good}\n{"t":12,"sensor":"V1","detections":[{"x":1,"y":2}]}\n{"t":13,]\n`);
    const r = run(['track', bad, '--lang', 'en', '-o', out, '--every', '1s']);
    check(r.code === 3 && r.err.includes(`${bad}:13:1: detection 1: "cov" must be [xx, xy, yy]`), r.err);
    check(fs.readFileSync(out, 'utf8').trim().split('\n').length >= 12, 'what came before is there');
    const fr = run(['track', bad, '--lang', 'fr']);
    check(fr.code === 3 && fr.err.includes('détection 1: « cov » doit être'), fr.err);
    const on = run(['track', bad, '--lang', 'en', '--keep-going']);
    check(on.code === 3 && on.err.includes(`${bad}:14:9: not JSON`) && on.err.includes('2 bad lines'), on.err);
    check(run(['track', path.join(dir, 'none')]).code === 4 && run(['track']).code === 2 && run(['track', bad, '--origin', '91,0']).code === 2, 'absent file, usage');
    check(run(['track', bad, '--keep-going', '-o', '/dev/full']).code === 4, 'a full disk is exit 4');
    const few = track(walk(5).map((l, i) => ({ ...l, detections: Array.from({ length: 40 }, (_, k) => ({ x: -290 + 14 * k, y: 10 * (i % 2), sd: 2 })) })), '--max-tracks', '10', '--every', '1s', '--all');
    check(few.lines.every((l) => l.tracks.length <= 10), '--max-tracks is kept');
  });
  fs.rmSync(dir, { recursive: true });
}
