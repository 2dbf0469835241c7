// The station with 100 simulated drones in the air over the border of Mali, in real time: processor time and memory of the station alone
// (the simulator is another process), and how long a new page waits for its first snapshot.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { VIGIE, run, sleep, station } from '../station/harness.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigie-bench-'));
const N = 100, BASES = 25;
const geo = JSON.parse(fs.readFileSync('examples/mali/line.geojson', 'utf8'));
const features = geo.features || [geo];
const points = features.flatMap((f) => (f.geometry || f).type === 'LineString' ? (f.geometry || f).coordinates : (f.geometry || f).coordinates.flat());
fs.copyFileSync('examples/mali/line.geojson', path.join(dir, 'line.geojson'));
const dem = fs.readdirSync('examples/mali/dem')[0];
fs.copyFileSync(path.join('examples/mali/dem', dem), path.join(dir, dem));
let yaml = `name: Bench\nline: {file: line.geojson, revisit: 4h, depth: 2km}\nterrain: [${dem}]\nbases:\n`;
for (let i = 0; i < BASES; i++) {
  const [lon, lat] = points[Math.floor((i + 0.5) * points.length / BASES)];
  yaml += `  - {name: B${i}, at: [${lat.toFixed(5)}, ${lon.toFixed(5)}], pads: 4}\n`;
}
yaml += 'cameras:\n  eo: {pixels: [1920, 1080], hfov: [6deg, 60deg], gimbal: 3-axis}\ntypes:\n' +
  '  wing: {cruise: 25 m/s, endurance: 6h, reserve: 15%, turnaround: 45min, climb: 3 m/s, camera: eo, agl: 300m}\ndrones:\n';
for (let i = 0; i < N; i++) yaml += `  - {id: D${i}, type: wing, base: B${i % BASES}}\n`;
const watch = path.join(dir, 'watch.yaml');
fs.writeFileSync(watch, yaml);

let t0 = performance.now();
const planned = run(['plan', watch, '-o', path.join(dir, 'plan.json'), '--json']);
if (planned.code > 1) { console.log(planned.err); process.exit(1); }
console.log(`plan with ${N} drones: ${((performance.now() - t0) / 1000).toFixed(2)} s`);
// Everybody takes off within the first ten seconds: not a plan to keep, but one that puts all of them in the air at once.
const plan = JSON.parse(fs.readFileSync(path.join(dir, 'plan.json'), 'utf8'));
const seen = new Set();
plan.sorties = plan.sorties.filter((s) => !seen.has(s.drone) && seen.add(s.drone));
plan.sorties.forEach((s, i) => {
  const shift = (i % 10) - s.takeoff_s;
  s.takeoff_s += shift; s.land_s += shift;
  s.track.forEach((p) => { p[0] += shift; });
  s.visits.forEach((v) => { v.t0_s += shift; v.t1_s += shift; });
});
fs.writeFileSync(path.join(dir, 'all.json'), JSON.stringify(plan));

const record = path.join(dir, 'bench.vigie');
const s = await station([watch, '--sim', '--plan', path.join(dir, 'all.json'), '--record', record, '--port-base', '28000']);
const ticks = () => { const f = fs.readFileSync(`/proc/${s.child.pid}/stat`, 'utf8').split(') ')[1].split(' '); return (+f[11] + +f[12]) / 100; };
const rss = () => +fs.readFileSync(`/proc/${s.child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1] / 1024;
const flying = await s.until('most of them in the air', (x) => x.drones.filter((d) => d.state === 'flying').length >= N * 0.9, 150);
console.log(`in the air: ${flying.drones.filter((d) => d.state === 'flying').length} of ${N}`);
await sleep(5000);
const before = (await s.get('/status')).json, c0 = ticks(), w0 = performance.now();
await sleep(30000);
const after = (await s.get('/status')).json, c1 = ticks(), w1 = performance.now();
const messages = (x) => x.links.reduce((a, l) => a + l.messages, 0);
const wall = (w1 - w0) / 1000;
console.log(`station: ${(100 * (c1 - c0) / wall).toFixed(1)} % of one core (to reach: under 15 %)`);
console.log(`station: ${rss().toFixed(0)} MB resident (to reach: under 200 MB)`);
console.log(`messages: ${((messages(after) - messages(before)) / wall).toFixed(0)} /s in; events ${((after.events - before.events) / wall).toFixed(0)} /s; camera frames ${((after.frames - before.frames) / wall).toFixed(0)} /s; longest tick ${(after.loop_max_us / 1000).toFixed(1)} ms`);
// the snapshot as a new browser gets it: WebSocket hello
const times = [];
let bytes = 0;
for (let i = 0; i < 20; i++) {
  await sleep(150);
  const a = performance.now();
  bytes = await hello(s.url);
  times.push(performance.now() - a);
}
times.sort((a, b) => a - b);
console.log(`snapshot to a new page: p50 ${times[10].toFixed(1)} ms, worst ${times[19].toFixed(1)} ms, ${(bytes / 1024).toFixed(0)} kB (to reach: under 100 ms)`);
a: { const a = performance.now(); await s.get('/api/watch'); console.log(`static description: ${(performance.now() - a).toFixed(1)} ms`); }
await s.stop();
fs.rmSync(dir, { recursive: true });
process.exit(0);

// A WebSocket handshake by hand, so that nothing but node is needed: resolves with the length of the first message.
async function hello(url) {
  const net = await import('node:net');
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const c = net.connect(+port, hostname, () => c.write(`GET /api/live HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`));
    let buf = Buffer.alloc(0), total = 0;
    c.on('error', reject);
    c.on('data', (d) => {
      buf = Buffer.concat([buf, d]);
      const end = buf.indexOf('\r\n\r\n');
      if (end < 0) return;
      let at = end + 4, length = 0;
      for (;;) { // frames, maybe a fragmented message
        if (buf.length < at + 2) return;
        let n = buf[at + 1] & 127, head = 2;
        if (n === 126) { if (buf.length < at + 4) return; n = buf.readUInt16BE(at + 2); head = 4; }
        if (n === 127) { if (buf.length < at + 10) return; n = Number(buf.readBigUInt64BE(at + 2)); head = 10; }
        if (buf.length < at + head + n) return;
        length += n;
        const isFinal = buf[at] & 128;
        at += head + n;
        if (isFinal) { c.destroy(); resolve(length); return; }
      }
    });
  });
}
