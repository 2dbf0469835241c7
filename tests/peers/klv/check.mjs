// Every item of a stream with nearly all tags of ST 0601, as `vigie klv` shows it, against what kwiver's reader (an implementation
// that shares nothing with ours) made of the same bytes: field by field, sets within sets.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { spawnSync } from 'node:child_process';

const data = 'tests/unit/look/data';
const vigie = path.join(process.argv[2] || 'build/release', 'src/app/vigie');
const theirs = JSON.parse(zlib.gunzipSync(fs.readFileSync(`${data}/h264_klv.expected.json.gz`)));
const r = spawnSync(vigie, ['klv', `${data}/h264_klv.ts`], { encoding: 'utf8', maxBuffer: 1 << 28 });
const ours = r.stdout.trim().split('\n').map((l) => JSON.parse(l));
let passed = 0, failed = 0;
const check = (ok, what) => { if (ok) passed++; else if (failed++ < 20) console.log(`FAILED  ${what}`); };

// Weapons and lasers stay bytes with us; what kwiver names in ST 1002, 1206 and 1601 (and inside ST 0806) we hand on as bytes.
const NEVER = new Set([60, 61, 62, 140]);
const near = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
const rest = (o, ...names) => Object.fromEntries(Object.entries(o).filter(([k]) => !names.includes(k)));
const hex = (b64) => Buffer.from(b64, 'base64').toString('hex');

// A value of theirs in our form; undefined: nothing to compare with.
function convert(v) {
  if (v === null || typeof v !== 'object') return v;
  if (Array.isArray(v)) return v.map(convert);
  if ('length' in v && 'value' in v) return v.value; // a number with the bytes it took
  if ('integer' in v && 'string' in v) return v.integer;
  if ('numerator' in v) return v.numerator / v.denominator;
  if ('hex' in v && 'bytes' in v) return hex(v.bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, convert(x)]));
}
const place = (p) => p && { lat: p.latitude, lon: p.longitude, alt_ell_m: p.altitude };
const KIND = ['none', 'managed', 'virtual', 'physical'];
// Packs whose parts have other names with us.
const PACKS = {
  'Image Horizon Pixel Pack': (v) => ({ start_x_percent: v.x0, start_y_percent: v.y0, end_x_percent: v.x1, end_y_percent: v.y1 }),
  'Control Command': (v) => ({ id: v.id, text: v.string, t_us: v.timestamp }),
  'Country Codes': (v) => ({ coding: v['coding-method'], overflight: v['overflight-country'], operator: v['operator-country'], manufacture: v['country-of-manufacture'] }),
  'Airbase Locations': (v) => ({ take_off: place(v['take-off-location']), recovery: place(v['recovery-location']) }),
  'Waypoint List': (v, raw) => v.map((w, i) => ({ id: w.id, order: w.order, automated: !raw[i].info.some((b) => b.integer === 0),
    ad_hoc: raw[i].info.some((b) => b.integer === 1), ...place(w.location) })),
  'View Domain': (v, raw) => Object.fromEntries(['azimuth', 'elevation', 'roll'].filter((k) => raw[k]).map((k) => [k, rest(v[k], 'semi-length')])),
  'MIIS Core Identifier': (v) => ({ version: v.version, sensor_kind: KIND[v['sensor-id-type']], platform_kind: KIND[v['platform-id-type']],
    sensor: v['sensor-id'], platform: v['platform-id'], window: v['window-id'], minor: v['minor-id'] }),
  'SDCC-FLP': (v) => ({ sigma: v.sigma, rho: v.rho }),
  'Track History Series': (v) => v.map((p) => place(p)),
  'Bitmask Series': (v) => v.map((x) => ({ from: x.index, n: x.length })),
  'Velocity': (v) => rest(v, 'sigma', 'rho'),
  'Acceleration': (v) => rest(v, 'sigma', 'rho'),
};
const bits = (v) => Array.isArray(v) && v.length > 0 && v.every((x) => x && typeof x === 'object' && 'integer' in x && 'string' in x);

function same(a, b, where) {
  if (typeof b === 'number') return check(typeof a === 'number' && near(a, b), `${where}: ${a}, theirs ${b}`);
  if (b === null || b === undefined) return check(a === null || a === undefined, `${where}: ${JSON.stringify(a)}, theirs nothing`);
  if (Array.isArray(b)) {
    check(Array.isArray(a) && a.length === b.length, `${where}: ${JSON.stringify(a)}, theirs ${JSON.stringify(b)}`);
    return b.forEach((x, i) => same(a?.[i], x, `${where}[${i}]`));
  }
  if (typeof b === 'object') return Object.entries(b).forEach(([k, x]) => same(a?.[k], x, `${where}.${k}`));
  // Some texts are UTF-16 by mistake; we leave the NULs out.
  return check(a === (typeof b === 'string' ? b.replaceAll('\0', '') : b), `${where}: ${JSON.stringify(a)}, theirs ${JSON.stringify(b)}`);
}

const tags = new Set();
function items(a, b, where) {
  const byTag = new Map(a.map((x) => [x.tag, x]));
  for (const t of b) {
    const tag = t.key.integer, x = byTag.get(tag), here = `${where}/${tag} ${t.key.string}`;
    if (where.endsWith("/")) tags.add(tag);
    check(x !== undefined, `${here}: not there`);
    if (x === undefined) continue;
    byTag.delete(tag);
    if (where.endsWith("/") && NEVER.has(tag)) { check(t.value === null || t.value.length === 0 ? x.value === null : /^[0-9a-f]+$/.test(x.hex) && !("value" in x), `${here}: only bytes`); continue; }
    if (t['value-unparsed-bytes']) { check(x.hex === hex(t['value-unparsed-bytes']), `${here}: bytes`); continue; }
    if (x.key === undefined) { check(/^[0-9a-f]*$/.test(x.hex), `${here}: bytes`); continue; } // a set whose tags have no rows
    if (t.value === null) { check(x.value === null, `${here}: ${JSON.stringify(x)}, theirs nothing`); continue; }
    if (x.items) { items(x.items, t.value, here); continue; }
    if (x.targets) { t.value.forEach((v, i) => { check(x.targets[i].id === v.id, `${here}: id`); items(x.targets[i].items, v.set, `${here}/${i}`); }); continue; }
    if (x.sets) { t.value.forEach((v, i) => items(x.sets[i], v, `${here}/${i}`)); continue; }
    if (x.on) { same(x.on, t.value.map((v) => v.string), here); continue; }
    if (bits(t.value)) { same(x.value, t.value.map((v) => v.integer), here); continue; }
    if (x.meaning) same(x.meaning, t.value.string, here);
    const v = convert(t.value);
    same(x.value, PACKS[t.key.string] ? PACKS[t.key.string](v, t.value) : v, here);
  }
  for (const x of byTag.values()) if (x.key !== 'checksum') check(false, `${where}: tag ${x.tag} is not theirs`);
}

check(r.status === 0 && ours.length === theirs.length && ours.length === 30, `30 packets: ${ours.length}, theirs ${theirs.length} ${r.stderr}`);
ours.forEach((p, i) => {
  check(p.checksum === 'good' && !p.errors, `packet ${i}: checksum and errors`);
  items(p.items, theirs[i].value, `packet ${i}/`);
});
check(tags.size === 139, `139 tags of ST 0601 were compared: ${tags.size}`);

// The installed library, from a C program of somebody else: written, found again, read.
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigie-klv-'));
const tool = (name, args) => {
  const t = spawnSync(name, args, { encoding: 'utf8' });
  check(t.status === 0, `${name} ${args.join(' ')}: ${t.stdout}${t.stderr}`);
  return t.stdout;
};
tool('cmake', ['--install', process.argv[2] || 'build/release', '--prefix', dir, '--component', 'klv']);
const pc = fs.readdirSync(dir, { recursive: true }).map((n) => path.join(dir, n)).find((n) => n.endsWith('vigie-klv.pc'));
process.env.PKG_CONFIG_PATH = path.dirname(pc);
const flags = tool('pkg-config', ['--cflags', '--libs', 'vigie-klv']).trim().split(/\s+/);
const exe = path.join(dir, 'example');
tool('gcc', ['-std=c17', '-Wall', '-Wextra', '-Werror', '-x', 'c', 'tests/peers/klv/somebody.c.in', '-x', 'none', '-o', exe, ...flags]);
const said = JSON.parse(tool(exe, []));
check(said.standard === 'ST 0601' && said.checksum === 'good' && Math.abs(said.items.find((i) => i.tag === 13).value - 14.5) < 2.1e-8, JSON.stringify(said));
fs.rmSync(dir, { recursive: true });

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
