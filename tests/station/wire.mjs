// What leaves the station, seen on the wire by a decoder that is not ours, while every act of the page's interface is tried.
// A relay stands between the station and its simulated fleet and keeps each datagram that goes to a drone.
import dgram from 'node:dgram';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { check, scratch, sleep, station, test } from './harness.mjs';

const require = createRequire(path.resolve('tests/peers/mavlink/') + '/');
const { MavLinkPacketSplitter, MavLinkPacketParser } = require('node-mavlink');
const { PassThrough } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { common, ardupilotmega, minimal } = require('mavlink-mappings');

// What docs/allow-list.md promises (tools/checks/allow holds it against the code), by table of the page.
function promised() {
  const tables = fs.readFileSync('docs/allow-list.md', 'utf8').split(/^\| --- .*$/m).slice(1)
    .map((t) => new Set([...t.split(/\n\n/)[0].matchAll(/^\| (\d+) \|/gm)].map((m) => +m[1])));
  return { messages: new Set([...tables[0], ...tables[1]]), commands: tables[2], items: tables.slice(3, 6), files: tables[6] };
}
// Whatever the page says: servos, relays, parachute, gripper, winch, payload, actuators, motor test, termination, camera trigger, sticks, raw outputs, serial, keys.
const NEVER_COMMANDS = new Set([181, 182, 183, 184, 185, 187, 94, 203, 206, 208, 209, 211, 212, 216, 246, 310, 30001, 30002, 31010, 42000, 42001, 42600]);
const NEVER_MESSAGES = new Set([11, 69, 70, 82, 84, 86, 126, 139, 140, 248, 256]);

// Numbers by seed (mulberry32), so that a run can be had again: SEED=7.
const SEED = Number(process.env.SEED) || (Date.now() & 0xffff);
let dice = SEED;
function random() {
  dice = (dice + 0x6d2b79f5) | 0;
  let t = Math.imul(dice ^ (dice >>> 15), 1 | dice);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const pick = (a) => a[Math.floor(random() * a.length)];

const NASTY = () => pick([null, true, -1, 0, 1e308, -0.5, 2 ** 53, 183, 42600, '', 'a', 'x'.repeat(5000), '../../etc/passwd', '\u0000', '\ud800', '%s%n', "';--", [], {}, [[[[[[]]]]]], { __proto__: 1 },
  Array(300).fill(183), { command: 183, param1: 9, param2: 1900 }]);
const FIELDS = ['by', 'command', 'param1', 'params', 'item', 'message', 'target', 'mode', 'bases', 'drones', 'revisit', 'speed', 'id', 'verb', 'servo', 'payload', 'release', 'frame', 'yaw', 'pitch', 'force'];
const body = () => {
  const kind = random();
  if (kind < 0.12) return pick(['', '{', '[]', '"', 'null', '{"by":', '\u0000\u0001\u0002', '\ufeff{}', '{"by":"wire"}{}', '['.repeat(3000), `{"by":"${'x'.repeat(70000)}"}`]);
  const o = random() < 0.7 ? { by: random() < 0.8 ? 'wire' : NASTY() } : {};
  for (let i = Math.floor(random() * 4); i > 0; i--) o[pick(FIELDS)] = NASTY();
  return JSON.stringify(o);
};
const VERBS = ['return', 'drop', 'release', 'servo', 'arm', 'disarm', 'command', 'mission', 'target', 'laser', 'consent', 'refuse', 'take', 'close', 'hold', 'divert', 'land', 'resume', 'camera', 'param', 'output', ''];
const route = (ids) => pick([
  () => `/api/drones/${pick(ids.drones)}/${pick(VERBS)}`,
  () => `/api/sorties/${encodeURIComponent(pick(ids.sorties))}/${pick(VERBS)}`,
  () => `/api/alerts/${pick(ids.alerts)}/${pick(VERBS)}`,
  () => pick(['/api/plan', '/api/watch', '/api/at', '/api/command', '/api/mission', '/api/send', '/api/mavlink', '/api/live', '/api/params', '/api/fence', '/status', '/', '/api', '/api/drones//return', '/api/drones/%00/return']),
  () => `/api/${'x'.repeat(Math.floor(random() * 3000))}`,
])();

async function relay(stationBase, simBase, n, keep) {
  const sockets = [];
  for (let i = 0; i < n; i++) {
    const fromSim = dgram.createSocket('udp4'); // the simulated drone sends here
    const toStation = dgram.createSocket('udp4');
    let simPeer = null;
    await new Promise((r) => fromSim.bind(simBase + i, '127.0.0.1', r));
    await new Promise((r) => toStation.bind(0, '127.0.0.1', r));
    fromSim.on('message', (m, peer) => { simPeer = peer; toStation.send(m, stationBase + i, '127.0.0.1'); });
    toStation.on('message', (m) => { keep(i, Buffer.from(m)); if (simPeer) fromSim.send(m, simPeer.port, simPeer.address); });
    sockets.push(fromSim, toStation);
  }
  return () => sockets.forEach((s) => s.close());
}

async function decode(bytes) {
  const packets = [];
  const input = new PassThrough();
  const parser = input.pipe(new MavLinkPacketSplitter()).pipe(new MavLinkPacketParser());
  parser.on('data', (p) => packets.push(p));
  for (const b of bytes) input.write(b);
  input.end();
  await new Promise((r) => parser.on('end', r).on('close', r));
  return packets;
}

// The page itself, pressed at random for some seconds. Everything it can be brought to send goes through the same interface.
async function press(url, seconds) {
  const { browser } = await import('../page/browser.mjs');
  const b = await browser();
  let presses = 0;
  try {
    const page = await b.newPage();
    page.on('dialog', (d) => d.accept('wire').catch(() => {}));
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    await page.waitForSelector('button', { timeout: 30000 });
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      const n = await page.evaluate((r) => {
        const all = [...document.querySelectorAll('button, a[href^="#"], input, select, [role=button], [role=tab], li, summary')].filter((e) => e.offsetParent !== null);
        const e = all[Math.floor(r * all.length)];
        if (!e) return 0;
        if (e.matches('input, textarea')) { e.value = 'wire'; e.dispatchEvent(new Event('input', { bubbles: true })); e.dispatchEvent(new Event('change', { bubbles: true })); }
        e.click();
        return all.length;
      }, random()).catch(() => 0);
      presses += n > 0 ? 1 : 0;
      if (random() < 0.3) await page.keyboard.press(pick(['Enter', 'Escape', 'Tab', 'r', 't', 'c', 'a', 'l', ' ', 'ArrowLeft', 'End'])).catch(() => {});
      await sleep(40);
    }
  } finally {
    await b.close();
  }
  return presses;
}

function judge(packets) {
  const may = promised();
  const R = { ...minimal.REGISTRY, ...common.REGISTRY, ...ardupilotmega.REGISTRY };
  const messages = new Map(), commands = new Map();
  const bad = [];
  const add = (map, k) => map.set(k, (map.get(k) || 0) + 1);
  for (const p of packets) {
    const id = p.header.msgid;
    add(messages, id);
    if (!may.messages.has(id) || NEVER_MESSAGES.has(id)) bad.push(`message ${id}`);
    if (p.header.sysid !== 255) bad.push(`sent as system ${p.header.sysid}`);
    const m = R[id] ? p.protocol.data(p.payload, R[id]) : null;
    if (id === 76 || id === 75) {
      add(commands, m.command);
      if (!may.commands.has(m.command) || NEVER_COMMANDS.has(m.command)) bad.push(`command ${m.command}`);
      if (m.targetSystem === 0) bad.push(`command ${m.command} to everybody`);
      if (m.command === 400 && m._param2 !== 0) bad.push('forced arming');
      if (m.command === 207 && m._param1 !== 1) bad.push('fence off');
    }
    if (id === 73 || id === 39) {
      if (!may.items[m.missionType || 0]?.has(m.command) || NEVER_COMMANDS.has(m.command)) bad.push(`mission item ${m.command}`);
    }
    if (id === 110 && !may.files.has(p.payload[3 + 3])) bad.push(`file operation ${p.payload[6]}`);
  }
  return { messages, commands, bad };
}

export async function wire() {
  await test('only what is allowed leaves the station, whatever is asked of it', async () => {
    const sent = [[], []];
    const close = await relay(24700, 24750, 2, (i, m) => sent[i].push(m));
    const s = await station(['tests/station/post.yaml', '--sim', '--ask', '--speed', '20', '--record', path.join(scratch(), 'wire.vigie'), '--port-base', '24700', '--sim-ports', '24750']);
    const answers = new Map();
    const end = Date.now() + 15000;
    while (Date.now() < end) {
      const snap = await s.snapshot();
      const ids = { drones: ['P1', 'P2', 'P3', 'all'], sorties: [...(snap.sorties || []).map((x) => x.id), 'none'], alerts: [...(snap.alerts || []).map((x) => x.id), '999'] };
      for (const x of snap.sorties || []) await s.post(`/api/sorties/${encodeURIComponent(x.id)}/consent`, { by: 'wire' });
      for (let k = 0; k < 40; k++) {
        const headers = random() < 0.9 ? { 'X-Vigie': '1' } : pick([{}, { 'X-Vigie': '2' }, { 'X-Vigie': '1', Origin: 'http://evil.example' }]);
        const path_ = route(ids);
        if (/\/(return)$/.test(path_) && Date.now() < end - 6000) continue; // let them fly first
        const r = await s.post(path_, body(), headers).catch(() => ({ status: 'cut' }));
        answers.set(r.status, (answers.get(r.status) || 0) + 1);
      }
      await sleep(50);
    }
    const presses = process.env.VIGIE_NO_BROWSER ? 0 : await press(s.url, 12);
    const status = (await s.get('/status')).json;
    const { code } = await s.stop();
    close();
    const { messages, commands, bad } = judge([...await decode(sent[0]), ...await decode(sent[1])]);
    const n = [...messages.values()].reduce((a, b) => a + b, 0);
    console.log(`        seed ${SEED}: ${[...answers.values()].reduce((a, b) => a + b, 0)} posts (${[...answers].map(([k, v]) => `${k}: ${v}`).join(', ')}), ${presses} presses; ${n} messages left: ${JSON.stringify([...messages].sort((a, b) => a[0] - b[0]))}; commands ${JSON.stringify([...commands].sort((a, b) => a[0] - b[0]))}`);
    for (const what of new Set(bad)) check(false, `${what} on the wire (SEED=${SEED})`);
    check(bad.length === 0, `${bad.length} forbidden (SEED=${SEED})`);
    check(n > 300 && messages.get(73) > 10 && messages.get(76) > 5 && messages.get(0) > 100, `the wire was really seen: ${JSON.stringify([...messages])}`);
    check(!process.env.VIGIE_NO_BROWSER ? presses > 20 : true, `the page was really pressed: ${presses}`);
    check(code === 0, `the station came through (${code})`);
    check(status.refused_commands === 0, 'nothing even reached the door that had to be held back');
  });
}
