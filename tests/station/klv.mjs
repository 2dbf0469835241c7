// vigie klv as a user runs it: raw KLV, MPEG-TS with both carriages of ST 1402 made here byte by byte, pipes, the network, damage.
import dgram from 'node:dgram';
import fs from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { check, run, scratch, sleep, test, VIGIE } from './harness.mjs';

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
