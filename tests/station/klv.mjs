// vigie klv as a user runs it: raw KLV, MPEG-TS with both carriages of ST 1402 made here byte by byte, pipes, the network, damage.
import dgram from 'node:dgram';
import fs from 'node:fs';
import path from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { check, run, scratch, sleep, test, VIGIE } from './harness.mjs';

const peer = createRequire(path.resolve('tests/peers/mavlink/check.js'));
const { MavLinkProtocolV2 } = peer('node-mavlink');
const { common, minimal, standard } = peer('mavlink-mappings');

const DATA = 'tests/unit/look/data';
const lines = (text) => text.trim().split('\n').filter(Boolean).map((l) => JSON.parse(l));
const value = (p, key) => p.items.find((i) => i.key === key)?.value;

// CRC-32 of ISO/IEC 13818-1 annex A.
function crc32(b) {
  let c = 0xffffffff;
  for (const x of b) { c ^= x << 24; for (let i = 0; i < 8; i++) c = c & 0x80000000 ? (c << 1) ^ 0x04c11db7 : c << 1; }
  return c >>> 0;
}
const be = (v, n) => Buffer.from(Array.from({ length: n }, (_, i) => Number(BigInt(v) >> BigInt(8 * (n - 1 - i)) & 255n)));

// MPEG-TS with one KLV stream: packs { pts, packets } into PES packets, the access unit header before each packet when `sync`.
function transportStream(units, sync) {
  const count = {};
  const ts = (pid, start, body, pad) => {
    const cc = count[pid] = ((count[pid] ?? -1) + 1) & 15;
    const room = 184 - body.length;
    const head = Buffer.from([0x47, (start ? 0x40 : 0) | pid >> 8, pid & 255, (room && !pad ? 0x30 : 0x10) | cc]);
    if (pad) return Buffer.concat([head, body, Buffer.alloc(room, 255)]);
    const adaptation = room === 0 ? Buffer.alloc(0) : room === 1 ? Buffer.from([0]) : Buffer.concat([Buffer.from([room - 1, 0]), Buffer.alloc(room - 2, 255)]);
    return Buffer.concat([head, adaptation, body]);
  };
  const section = (pid, table, id, body) => {
    const b = Buffer.concat([Buffer.from([table]), be(0xb000 | body.length + 9, 2), be(id, 2), Buffer.from([0xc1, 0, 0]), body]);
    return ts(pid, true, Buffer.concat([Buffer.from([0]), b, be(crc32(b), 4)]), true);
  };
  // ST 1402: registration "KLVA" (0x05); for the synchronous kind the metadata descriptor (0x26) as well.
  const descriptors = sync ? Buffer.from([0x26, 9, 1, 0, 255, 75, 76, 86, 65, 0, 0x0f, 0x27, 9, 0xc0, 0, 0, 0xc0, 0, 0, 0xc0, 0, 0]) : Buffer.from([5, 4, 75, 76, 86, 65]);
  const tables = () => [section(0, 0, 1, be(0x0001e100, 4)),
    section(0x100, 2, 1, Buffer.concat([be(0xe101f000, 4), Buffer.from([sync ? 0x15 : 6]), be(0xe101, 2), be(0xf000 | descriptors.length, 2), descriptors]))];
  const out = [...tables()];
  let au = 0;
  for (const { pts, packets } of units) {
    const cells = packets.map((p) => (sync ? Buffer.concat([Buffer.from([0, au++ & 255, 0xdf]), be(p.length, 2), p]) : p));
    const t = BigInt(Math.round(pts * 90000));
    const stamp = Buffer.from([0x21 | Number(t >> 29n & 14n), Number(t >> 22n & 255n), Number(t >> 14n & 254n) | 1, Number(t >> 7n & 255n), Number(t << 1n & 254n) | 1]);
    const payload = Buffer.concat(cells);
    const pes = Buffer.concat([Buffer.from([0, 0, 1, sync ? 0xfc : 0xbd]), be(payload.length + 8, 2), Buffer.from([0x84, 0x80, 5]), stamp, payload]);
    for (let i = 0; i < pes.length; i += 184) out.push(ts(0x101, i === 0, pes.subarray(i, i + 184), false));
    out.push(...tables());
  }
  return Buffer.concat(out);
}

// The packets of a raw file, cut at their keys.
function packetsOf(raw) {
  const key = Buffer.from('060e2b34020b0101', 'hex');
  const at = [];
  for (let i = raw.indexOf(key); i >= 0; i = raw.indexOf(key, i + 1)) at.push(i);
  return at.map((a, i) => raw.subarray(a, at[i + 1] ?? raw.length));
}

export async function klv() {
  const dir = scratch();
  const raw = fs.readFileSync(`${DATA}/truck_st0601.klv`);
  const packets = packetsOf(raw);
  const file = (name, bytes) => { const p = path.join(dir, name); fs.writeFileSync(p, bytes); return p; };

  await test('a raw stream, from file and pipe', () => {
    const r = run(['klv', `${DATA}/truck_st0601.klv`, '--lang', 'en']);
    const all = lines(r.out);
    check(r.code === 0 && all.length === 711 && packets.length === 711, `711 packets: ${r.code} ${all.length} ${packets.length}`);
    check(all.every((p) => p.checksum === 'good' && !p.errors), 'all are sound');
    let at = 0;
    check(all.every((p, i) => { const ok = p.offset === at; at += packets[i].length; return ok; }), 'offsets are those of the packets');
    check(all[0].t === '2012-09-19T20:50:26.484970Z' && all[0].standard === 'ST 0601', `first: ${all[0].t}`);
    // 41.0957, -104.8702: near Cheyenne, where the file's flight was.
    check(Math.abs(value(all[0], 'sensor_latitude') - 41.0957) < 1e-3 && Math.abs(value(all[0], 'sensor_longitude') + 104.8702) < 1e-3, 'place');
    check(r.err.includes('711 packets, 0 of them with errors; 0 bytes'), `summary: ${r.err}`);
    check(run(['klv', '-'], { input: raw }).out === r.out, 'the same through a pipe');
    check(run(['klv', `${DATA}/truck_st0601.klv`, '--lang', 'fr']).err.includes('711 paquets, dont 0 avec des erreurs'), 'in French');
  });

  await test('both carriages of MPEG-TS give the same packets, with their times', () => {
    const units = [];
    for (let i = 0; i < 60; i += 2) units.push({ pts: 10 + i / 5, packets: packets.slice(i, i + 2) });
    const want = lines(run(['klv', `${DATA}/truck_st0601.klv`]).out).slice(0, 60).map((p) => JSON.stringify(p.items));
    for (const sync of [false, true]) {
      const name = sync ? 'synchronous (0x15)' : 'asynchronous (0x06)';
      const p = file(`${sync}.ts`, transportStream(units, sync));
      const r = run(['klv', p]);
      const got = lines(r.out);
      check(r.code === 0 && got.length === 60 && got.every((x) => x.checksum === 'good' && x.stream === 0), `${name}: ${r.code} ${got.length} ${r.err}`);
      check(got.every((x, i) => JSON.stringify(x.items) === want[i]), `${name}: the same items`);
      check(got.every((x, i) => Math.abs(x.pts_s - units[i >> 1].pts) < 1e-4), `${name}: times ${got.slice(0, 3).map((x) => x.pts_s)}`);
      check(run(['klv', '-'], { input: fs.readFileSync(p) }).out.split('\n').length === 61, `${name}: through a pipe`);
    }
  });

  await test('damage is told with cause and place, and costs what it hit', () => {
    const bad = Buffer.from(raw.subarray(0, 3000));
    const second = packets[0].length;
    bad[second + 60] ^= 1; // a value
    bad.fill(0x55, second + packets[1].length, second + packets[1].length + 16); // a key
    const p = file('bad.klv', bad);
    for (const [lang, words] of [['en', ['the checksum is wrong', 'bytes that begin no packet', 'the packet is cut off']], ['fr', ['la somme de contrôle est fausse', 'des octets qui ne commencent aucun paquet', 'le paquet est coupé']]]) {
      const r = run(['klv', p, '--lang', lang]);
      const all = lines(r.out);
      const sound = all.filter((x) => x.checksum === 'good').length;
      const wrong = all.find((x) => x.checksum === 'bad'), skipped = all.find((x) => x.error === 'no_key'), cut = all.find((x) => x.error === 'cut');
      check(r.code === 0 && sound === Math.floor(3000 / 259) - 2, `${sound} sound ones`);
      check(wrong?.errors[0].text === words[0] && wrong.offset === second && wrong.errors[0].offset === second + packets[1].length - 4, `${JSON.stringify(wrong?.errors)}`);
      check(skipped?.text === words[1] && skipped.offset === second + packets[1].length && skipped.bytes === packets[2].length, JSON.stringify(skipped));
      check(cut?.text === words[2] && cut.offset + cut.bytes === 3000, JSON.stringify(cut));
    }
  });

  await test('what has no metadata says so, exit 3; usage 2; absent 4', () => {
    const empty = file('empty.ts', transportStream([], false));
    const cases = [
      [[file('text.txt', 'words, words\n'.repeat(99))], 3, /neither raw KLV nor a video|no metadata packet/],
      [[file('nothing', '')], 3, /raw KLV|06 0E 2B 34/],
      [[empty], 3, /no metadata packet/],
      [[path.join(dir, 'absent.ts')], 4, 'absent.ts'],
      [[], 2, 'udp://127.0.0.1:5600'],
      [['a', 'b'], 2, 'one argument too many'],
    ];
    for (const [args, code, words] of cases) {
      const r = run(['klv', ...args, '--lang', 'en']);
      check(r.code === code && (words instanceof RegExp ? words.test(r.err) : r.err.includes(words)), `${args}: ${r.code} ${r.err}`);
      if (code !== 2) check(run(['klv', ...args, '--lang', 'fr']).err !== r.err, `${args} in French`);
    }
  });

  await test('metadata made from telemetry, beside the untouched video', () => {
    const video = path.join(dir, 'camera.mp4');
    const made = spawnSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=25', '-t', '4', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', video]);
    check(made.status === 0, `ffmpeg: ${made.stderr}`);
    // A flight of ten seconds: ten positions a second, 50 attitudes and gimbal angles, each at its own time, turning and rolling; the gimbal stays put.
    const T0 = Date.UTC(2026, 7, 1, 14, 5) * 1000;
    const truth = (t) => ({ lat: 14 + 1e-4 * t, lon: -11 + 2e-4 * t, alt: 300 + t, heading: (350 + 5 * t) % 360, roll: 10 * Math.sin(t), pitch: 3 });
    const proto = new MavLinkProtocolV2(7, 1);
    const records = [];
    let seq = 0;
    const put = (t, msg) => records.push([T0 + Math.round(t * 1e6), proto.serialize(msg, seq++ & 255)]);
    const R = Math.PI / 180;
    for (let k = 0; k <= 500; k++) {
      const t = k / 50;
      if (k % 50 === 0) put(t, Object.assign(new minimal.Heartbeat(), { autopilot: 3, type: 1, baseMode: 0, customMode: 0, systemStatus: 4, mavlinkVersion: 3 }));
      if (k % 5 === 0) put(t + 0.0011, Object.assign(new standard.GlobalPositionInt(), { timeBootMs: k * 20, lat: Math.round(truth(t + 0.0011).lat * 1e7), lon: Math.round(truth(t + 0.0011).lon * 1e7),
        alt: Math.round(truth(t + 0.0011).alt * 1e3), relativeAlt: 0, vx: 0, vy: 0, vz: 0, hdg: 0 }));
      put(t + 0.0023, Object.assign(new common.GimbalDeviceAttitudeStatus(), { targetSystem: 0, targetComponent: 0, timeBootMs: k * 20, flags: 64, failureFlags: 0,
        q: [[45, -30]].map(([y, p]) => [Math.cos(y / 2 * R) * Math.cos(p / 2 * R), -Math.sin(y / 2 * R) * Math.sin(p / 2 * R), Math.cos(y / 2 * R) * Math.sin(p / 2 * R), Math.sin(y / 2 * R) * Math.cos(p / 2 * R)])[0] }));
      put(t + 0.0031, Object.assign(new common.Attitude(), { timeBootMs: k * 20, roll: truth(t + 0.0031).roll * R, pitch: 3 * R, yaw: truth(t + 0.0031).heading * R, rollspeed: 0, pitchspeed: 0, yawspeed: 0 }));
    }
    const tlog = file('flight.tlog', Buffer.concat(records.map(([us, f]) => Buffer.concat([be(us, 8), f]))));
    const out = path.join(dir, 'with.ts');
    const start = '2026-08-01T14:05:02Z';
    const r = run(['klv', video, '--add', tlog, '--start', start, '-o', out, '--lang', 'en']);
    check(r.code === 0 && /^40 packets beside 100 pictures; 0 times without/.test(r.err), `${r.code} ${r.err}`);
    const got = lines(run(['klv', out]).out);
    const near = (a, b, by) => Math.abs(a - b) <= by;
    const forward = (yaw, pitch) => [Math.cos(yaw * R) * Math.cos(pitch * R), Math.sin(yaw * R) * Math.cos(pitch * R), -Math.sin(pitch * R)];
    const turned = ([x, y, z], yaw, pitch, roll) => { // about x, then y, then z
      [y, z] = [y * Math.cos(roll * R) - z * Math.sin(roll * R), y * Math.sin(roll * R) + z * Math.cos(roll * R)];
      [x, z] = [x * Math.cos(pitch * R) + z * Math.sin(pitch * R), -x * Math.sin(pitch * R) + z * Math.cos(pitch * R)];
      return [x * Math.cos(yaw * R) - y * Math.sin(yaw * R), x * Math.sin(yaw * R) + y * Math.cos(yaw * R), z];
    };
    check(got.length === 40 && got.every((p) => {
      const t = (p.t_us - T0) / 1e6, x = truth(t);
      const v = (k) => value(p, k);
      const eye = turned(forward(v('sensor_relative_azimuth_angle'), v('sensor_relative_elevation_angle')), v('platform_heading_angle'), v('platform_pitch_angle_full'), v('platform_roll_angle_full'));
      const want = forward(45, -30);
      return near(v('sensor_latitude'), x.lat, 2e-7) && near(v('sensor_longitude'), x.lon, 2e-7) && near(v('sensor_true_altitude'), x.alt, 0.2) && near(v('platform_heading_angle'), x.heading, 0.01)
        && near(v('platform_roll_angle_full'), x.roll, 0.01) && eye.every((e, i) => near(e, want[i], 4e-4));
    }), `places, attitude and where the camera points: ${JSON.stringify(got[7]?.items)}`);
    check(got.every((p, i) => near((p.t_us - T0) / 1e6 - 2, p.pts_s - got[0].pts_s, 1e-4) && near(p.pts_s - got[0].pts_s, i / 10, 0.021)), 'ten a second, at the times of their pictures');
    // From 8 s on, of ten: 8.0 to 10.0 are told, 10.1 to 11.9 are not. Then what is wrong.
    const half = run(['klv', video, '--add', tlog, '--start', '2026-08-01T14:05:08Z', '-o', out, '--lang', 'en']);
    check(half.code === 0 && /^21 packets beside 100 pictures; 19 times without/.test(half.err), `half of it: ${half.err}`);
    for (const [args, code, en, fr] of [
      [['--add', tlog, '--start', '2026-08-02T14:05:02Z', '-o', out], 3, 'not the time of the video', 'pas le temps de la vidéo'],
      [['--add', tlog, '--start', 'noon', '-o', out], 3, /./, /./],
      [['--add', `${DATA}/truck_st0601.klv`, '--start', start, '-o', out], 3, 'nobody tells a place', "personne n'y dit"],
      [['--add', path.join(dir, 'no.tlog'), '--start', start, '-o', out], 4, 'no.tlog', 'no.tlog'],
      [['--add', tlog, '-o', out], 2, 'go together', 'vont ensemble'],
    ]) {
      for (const [lang, words] of [['en', en], ['fr', fr]]) {
        const x = run(['klv', video, ...args, '--lang', lang]);
        check(x.code === code && (words instanceof RegExp ? words.test(x.err) : x.err.includes(words)), `${args.slice(2)} in ${lang}: ${x.code} ${x.err}`);
      }
    }
  });

  await test('live over UDP: MPEG-TS and raw packets, each line at once', async () => {
    for (const [port, name, pieces] of [
      [28500, 'MPEG-TS', (() => { const ts = transportStream(packets.slice(0, 40).map((p, i) => ({ pts: 1 + i / 5, packets: [p] })), true); return Array.from({ length: Math.ceil(ts.length / 1316) }, (_, i) => ts.subarray(i * 1316, i * 1316 + 1316)); })()],
      [28501, 'raw', packets.slice(0, 40)],
    ]) {
      const child = spawn(VIGIE, ['klv', `udp://127.0.0.1:${port}`]);
      let out = '';
      child.stdout.on('data', (d) => { out += d; });
      const ended = new Promise((r) => child.on('exit', r));
      await sleep(500);
      const socket = dgram.createSocket('udp4');
      for (const p of pieces) { socket.send(p, port, '127.0.0.1'); await sleep(10); }
      for (let i = 0; i < 50 && out.split('\n').length < 36; i++) await sleep(100);
      socket.close();
      child.kill('SIGTERM');
      await ended;
      const got = lines(out.slice(0, out.lastIndexOf('\n') + 1));
      check(got.length >= 35 && got.every((p) => p.checksum === 'good'), `${name}: ${got.length} lines while it runs`);
    }
  });
}
