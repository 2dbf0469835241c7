// Exchanges messages with Vigie's MAVLink codec both ways and compares every field.
// Usage: node check.js PATH_TO_mav_peer [SEED]. Prints "N passed, M failed"; exit 1 on a failure.
'use strict';
const { execFileSync } = require('child_process');
const { MavLinkProtocolV1, MavLinkProtocolV2, MavLinkPacketSignature } = require('node-mavlink');
const maps = require('mavlink-mappings');

const peer = process.argv[2];
const seed = Number(process.argv[3] || 1);
const ROUNDS = 12;
const DIALECTS = ['minimal', 'standard', 'common', 'ardupilotmega', 'uavionix', 'icarous', 'development'];
const NOW_MS = Date.UTC(2026, 0, 1);

let passed = 0;
let failed = 0;
function check(ok, what) {
  if (ok) { passed++; return; }
  failed++;
  if (failed <= 20) console.log(`FAILED ${what}`);
}

const run = (args, input) => execFileSync(peer, args, { input, maxBuffer: 1 << 28 })
  .toString('latin1').trim().split('\n').map((l) => JSON.parse(l));

const classes = new Map();
for (const d of DIALECTS) {
  for (const [id, c] of Object.entries(maps[d].REGISTRY)) if (!classes.has(+id)) classes.set(+id, c);
}
for (const c of require('./extra.js')) if (!classes.has(c.MSG_ID)) classes.set(c.MSG_ID, c);

// A small generator of our own, so that a seed gives the same run everywhere.
let state = BigInt(seed) * 6364136223846793005n + 1442695040888963407n;
function bits() {
  state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
  return state >> 33n;
}
const below = (n) => Number(bits() % BigInt(n));
const wide = () => BigInt.asUintN(64, (bits() << 42n) ^ (bits() << 21n) ^ bits());

// ---- values in both notations: JavaScript's and the peer's text.
const floatBuffer = Buffer.alloc(4);
function floatText(v) {
  floatBuffer.writeFloatLE(v);
  return `f${floatBuffer.readUInt32LE().toString(16).padStart(8, '0')}`;
}
const doubleBuffer = Buffer.alloc(8);
function doubleText(v) {
  doubleBuffer.writeDoubleLE(v);
  return `d${doubleBuffer.readBigUInt64LE().toString(16).padStart(16, '0')}`;
}
const isNanText = (t) => (t[0] === 'd'
  ? (BigInt(`0x${t.slice(1)}`) & 0x7fffffffffffffffn) > 0x7ff0000000000000n
  : (parseInt(t.slice(1), 16) & 0x7fffffff) > 0x7f800000);
function sameText(type, got, want) {
  const isReal = type === 'float' || type === 'double';
  if (isReal && isNanText(want)) return isNanText(got); // payloads of NaN are not kept
  return got === want;
}
const base = (type) => type.replace('[]', '').replace('_mavlink_version', '');
function text(type, v) {
  if (type === 'float') return floatText(v);
  if (type === 'double') return doubleText(v);
  if (type === 'char') return String(v.charCodeAt ? v.charCodeAt(0) || 0 : v);
  return BigInt(v).toString();
}
function fieldTexts(field, v) {
  if (field.type === 'char[]') return Buffer.from(v, 'latin1').toString('hex');
  const t = base(field.type);
  if (field.type.endsWith('[]')) return Array.from({ length: field.length }, (_, i) => text(t, v[i]));
  return text(t, v);
}
function sameField(field, got, want) {
  const t = base(field.type);
  if (Array.isArray(want)) {
    return Array.isArray(got) && got.length === want.length && want.every((w, i) => sameText(t, got[i], w));
  }
  return field.type === 'char[]' ? got === want : sameText(t, got, want);
}

// ---- random values of each wire type.
function randomNumber(type, zero) {
  if (type === 'char') return String.fromCharCode(zero ? 0 : below(256));
  if (zero) return type.includes('64') ? 0n : 0;
  if (type === 'double') return [0, -0, Infinity, NaN, 5e-324, -1.5, 1e300][below(7)];
  if (type === 'float') {
    const some = [0, -0, Infinity, -Infinity, NaN, 1e-45, 3.4028234663852886e38, -1];
    if (below(2)) return some[below(some.length)];
    floatBuffer.writeUInt32LE(Number(wide() & 0xffffffffn));
    return floatBuffer.readFloatLE();
  }
  const size = BigInt(type.match(/\d+/)[0]);
  const picks = [0n, (1n << size) - 1n, 1n << (size - 1n), 1n];
  const raw = below(3) === 0 ? picks[below(4)] : BigInt.asUintN(Number(size), wide());
  const v = type.startsWith('u') ? raw : BigInt.asIntN(Number(size), raw);
  return size === 64n ? v : Number(v);
}
function randomValue(field, zero) {
  if (field.type === 'char[]') {
    const n = zero ? 0 : below(field.length + 1);
    return String.fromCharCode(...Array.from({ length: n }, () => 1 + below(255)));
  }
  const t = base(field.type);
  if (field.type.endsWith('[]')) return Array.from({ length: field.length }, () => randomNumber(t, zero));
  return randomNumber(t, zero);
}
function randomMessage(c, zero) {
  const m = new c();
  for (const f of c.FIELDS) m[f.name] = randomValue(f, zero);
  return m;
}

function compare(c, line, m, what, member = 'fields') {
  for (const f of c.FIELDS) {
    const want = fieldTexts(f, m[f.name]);
    const got = line[member][f.source];
    check(sameField(f, got, want), `${what} ${c.MSG_NAME}.${f.source}: got ${got}, want ${want}`);
  }
}

// ---- 1. the table of messages.
const ours = run(['list']);
check(ours.length === classes.size, `${ours.length} messages known, ${classes.size} defined`);
for (const o of ours) {
  const c = classes.get(o.id);
  check(c && c.MSG_NAME === o.name && c.MAGIC_NUMBER === o.crc, `table entry ${o.id} ${o.name}`);
}

const endOf = (f) => f.offset + f.size * Math.max(1, f.length || 0);
for (const o of ours) {
  const c = classes.get(o.id);
  check(o.full === Math.max(...c.FIELDS.map(endOf)), `full length of ${o.name}`);
  check(o.min === Math.max(...c.FIELDS.filter((f) => !f.extension).map(endOf)), `least length of ${o.name}`);
}

// The table of fields: names, types, places and units, all of them and no others.
const rows = run(['fields']);
const told = new Map(rows.map((r) => [`${r.id} ${r.name}`, r]));
let nFields = 0;
for (const [id, c] of classes) {
  for (const f of c.FIELDS) {
    nFields++;
    const r = told.get(`${id} ${f.source}`);
    const isArray = f.type.endsWith('[]');
    check(r && r.type === base(f.type) && r.offset === f.offset && r.count === (isArray ? f.length : 0) &&
      r.extension === f.extension && r.unit === (f.units || ''), `field ${c.MSG_NAME}.${f.source}`);
  }
}
check(rows.length === nFields, `${rows.length} fields in the table, ${nFields} defined`);

// ---- 2. they read what we write.
const key = MavLinkPacketSignature.key('watch the line');
function readOurs(signed) {
  const lines = run(['encode', String(seed), String(ROUNDS), ...(signed ? [key.toString('hex')] : [])]);
  let lastStamp = 0;
  for (const line of lines) {
    const frame = Buffer.from(line.frame, 'hex');
    const protocol = new MavLinkProtocolV2();
    const header = protocol.header(frame);
    const c = classes.get(line.id);
    check(header.msgid === line.id && header.seq === line.seq && header.sysid === line.sysid &&
      header.compid === line.compid, `header of ${c.MSG_NAME}`);
    const trim = signed ? 15 : 2;
    check(protocol.crc(frame) === maps.x25crc(frame, 1, trim, c.MAGIC_NUMBER), `checksum of ${c.MSG_NAME}`);
    const m = protocol.data(protocol.payload(frame), c);
    compare(c, line, m, 'ours read by them:');
    if (signed) {
      const s = protocol.signature(frame, header);
      check(s && s.matches(key) && s.linkId === 9 && s.timestamp > lastStamp, `signature of ${c.MSG_NAME}`);
      check(s && !s.matches(MavLinkPacketSignature.key('another')), `foreign key on ${c.MSG_NAME}`);
      lastStamp = s ? s.timestamp : lastStamp;
    }
  }
  return new Set(lines.map((l) => l.id));
}
const typed = readOurs(false);
readOurs(true);

// Every message by the table of fields, in both versions.
function readTable(version, Protocol) {
  const ids = new Set();
  for (const line of run(['table', String(version), String(seed + 7), '4'])) {
    const frame = Buffer.from(line.frame, 'hex');
    const protocol = new Protocol();
    const c = classes.get(line.id);
    const header = protocol.header(frame);
    ids.add(line.id);
    check(header.msgid === line.id && header.seq === line.seq && header.sysid === line.sysid &&
      header.compid === line.compid, `header of ${c.MSG_NAME}, version ${version}`);
    check(protocol.crc(frame) === maps.x25crc(frame, 1, 2, c.MAGIC_NUMBER), `checksum of ${c.MSG_NAME}, version ${version}`);
    const m = protocol.data(protocol.payload(frame), c);
    for (const f of version === 1 ? c.FIELDS.filter((x) => x.extension) : []) m[f.name] ??= randomValue(f, true);
    compare(c, line, m, `table, version ${version}:`);
  }
  return ids.size;
}
const nTable = readTable(2, MavLinkProtocolV2);
const nTable1 = readTable(1, MavLinkProtocolV1);
check(nTable === classes.size, `${nTable} of ${classes.size} messages written by the table`);
check(nTable1 === [...classes.keys()].filter((id) => id < 256).length, `${nTable1} messages in version 1`);

// ---- 3. we read what they write, with noise between the frames.
function readTheirs(Protocol, ids) {
  const sent = [];
  const parts = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const id of ids) {
      const c = classes.get(id);
      const m = randomMessage(c, round === 0);
      const p = new Protocol(1 + below(255), 1 + below(255));
      parts.push(p.serialize(m, sent.length & 255));
      if (below(5) === 0) parts.push(Buffer.from(Array.from({ length: below(40) }, () => [0xfd, 0xfe, below(256)][below(3)])));
      sent.push([c, m, p]);
    }
  }
  const lines = run(['decode'], Buffer.concat(parts));
  const counts = lines.pop();
  check(counts.messages === sent.length, `${counts.messages} messages read of ${sent.length}`);
  lines.forEach((line, i) => {
    const [c, m, p] = sent[i];
    check(line.id === c.MSG_ID && line.seq === (i & 255) && line.sysid === p.sysid && line.compid === p.compid &&
      line.v1 === (Protocol === MavLinkProtocolV1), `envelope of ${c.MSG_NAME}`);
    if (line.id !== c.MSG_ID) return;
    if (typed.has(line.id)) compare(c, line, m, 'theirs read by us:');
    compare(c, line, m, 'theirs read by our table:', 'table');
  });
}
readTheirs(MavLinkProtocolV2, [...classes.keys()]);
readTheirs(MavLinkProtocolV1, [...classes.keys()].filter((id) => id < 256));

// ---- 4. we judge their signatures.
function signedFrame(seq, linkId, k, ms) {
  const p = new MavLinkProtocolV2(7, 1, MavLinkProtocolV2.IFLAG_SIGNED);
  return p.sign(p.serialize(randomMessage(classes.get(30), false), seq), linkId, k, ms);
}
{
  const frames = [];
  const good = [];
  for (let i = 0; i < 50; i++) { good.push(i); frames.push(signedFrame(i, 3, key, NOW_MS + i)); }
  const bad = [];
  bad.push(frames[10]); // replayed
  bad.push(signedFrame(90, 3, key, NOW_MS + 20)); // right key, clock gone back
  bad.push(signedFrame(91, 3, MavLinkPacketSignature.key('another'), NOW_MS + 500));
  bad.push(signedFrame(92, 4, key, NOW_MS - 61000)); // a new link, more than a minute old
  const flipped = signedFrame(93, 3, key, NOW_MS + 600);
  flipped[flipped.length - 1] ^= 1;
  bad.push(flipped);
  const stamped = signedFrame(94, 3, key, NOW_MS + 700);
  stamped[stamped.length - 12] ^= 1; // the time is signed too
  bad.push(stamped);
  bad.push(new MavLinkProtocolV2(7, 1).serialize(randomMessage(classes.get(30), false), 95)); // unsigned
  const last = signedFrame(96, 4, key, NOW_MS + 800);
  const radio = new MavLinkProtocolV2(51, 68).serialize(randomMessage(classes.get(109), false), 0);
  const lines = run(['decode', key.toString('hex')], Buffer.concat([...frames, ...bad, last, radio]));
  const counts = lines.pop();
  check(counts.bad_signature === bad.length, `${counts.bad_signature} of ${bad.length} bad signatures refused`);
  check(counts.messages === good.length + 2, `${counts.messages} of ${good.length + 2} good frames taken`);
  check(JSON.stringify(lines.map((l) => l.seq)) === JSON.stringify([...good, 96, 0]), 'which frames were taken');
}

console.log(`${typed.size} typed messages, ${ours.length} known, ${nFields} fields; ${nTable1} in version 1`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && typed.size > 40 ? 0 : 1);
