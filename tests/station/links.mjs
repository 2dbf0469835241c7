// Several links to one drone, and routers beside them: the real station and its simulated fleet, a relay between them that carries
// the same drone over UDP and TCP and is cut, and another ground station (node-mavlink) at the router.
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { check, scratch, sleep, station, test, whenBroken } from './harness.mjs';

const require = createRequire(path.resolve('tests/peers/mavlink/') + '/');
const { MavLinkPacketSplitter, MavLinkPacketParser, MavLinkProtocolV2 } = require('node-mavlink');
const { common, minimal, ardupilotmega } = require('mavlink-mappings');
const REGISTRY = { ...minimal.REGISTRY, ...common.REGISTRY, ...ardupilotmega.REGISTRY };

const PORT = 21400;
const drone = (snap, id) => snap.drones.find((d) => d.id === id);
const link = (snap, to) => drone(snap, 'P1').links.find((l) => l.to.includes(to));

const WATCH = (routers) => `name: Links
line: {points: [[14.50, -11.36], [14.59, -11.36]], revisit: 1h, depth: 300m}
bases:
  - {name: Camp, at: [14.490, -11.370], pads: 4}
cameras:
  eo: {pixels: [1920, 1080], hfov: [6deg, 60deg], gimbal: 3-axis}
types:
  small: {cruise: 20 m/s, endurance: 90min, reserve: 20%, turnaround: 10min, climb: 3 m/s, camera: eo, agl: 120m}
drones:
  - id: P1
    type: small
    base: Camp
    link: ["udp:${PORT}", {to: "tcp:127.0.0.1:${PORT + 1}", cost: 2s}]
wind: {from: 60deg, speed: 3 m/s}
${routers}`;

// The drone at simPort, reached by UDP at the station's port and by TCP at ours. Each way can be cut.
async function relay(simPort) {
  const r = { udp: true, tcp: true, client: null, sent: { udp: 0, tcp: 0 }, over_tcp: new PassThrough() };
  const sim = dgram.createSocket('udp4'), toStation = dgram.createSocket('udp4');
  let peer = null;
  await new Promise((ok) => sim.bind(simPort, '127.0.0.1', ok));
  await new Promise((ok) => toStation.bind(0, '127.0.0.1', ok));
  sim.on('message', (m, from) => {
    peer = from;
    if (r.udp) toStation.send(m, PORT, '127.0.0.1');
    if (r.tcp && r.client) r.client.write(m);
  });
  const up = (way) => (m) => { if (r[way]) { r.sent[way] += m.length; if (peer) sim.send(m, peer.port, peer.address); } };
  toStation.on('message', up('udp'));
  const server = net.createServer((c) => {
    r.client = c;
    c.on('data', up('tcp'));
    c.on('data', (m) => r.over_tcp.write(m));
    c.on('error', () => {});
    c.on('close', () => { if (r.client === c) r.client = null; });
  });
  await new Promise((ok) => server.listen(PORT + 1, '127.0.0.1', ok));
  r.close = () => { sim.close(); toStation.close(); server.close(); r.client?.destroy(); };
  whenBroken(r.close);
  return r;
}

function parse(input) {
  const packets = [];
  input.pipe(new MavLinkPacketSplitter()).pipe(new MavLinkPacketParser()).on('data', (p) => packets.push(p));
  return packets;
}

// Another ground station at a router.
async function guest(port, sysid, compid = 190) {
  const socket = net.connect(port, '127.0.0.1');
  await new Promise((ok, no) => socket.on('connect', ok).on('error', no));
  const protocol = new MavLinkProtocolV2(sysid, compid);
  const packets = parse(socket);
  let seq = 0;
  const send = (m) => socket.write(protocol.serialize(m, seq++));
  const beat = () => send(Object.assign(new minimal.Heartbeat(), { type: 6, autopilot: 8, systemStatus: 4, mavlinkVersion: 3 }));
  const command = (id, params = [], target = 1) => {
    const c = Object.assign(new common.CommandLong(), { command: id, targetSystem: target, targetComponent: 1, confirmation: 0 });
    params.forEach((p, i) => { c[`_param${i + 1}`] = p; });
    send(c);
  };
  return { socket, packets, send, beat, command, acks: (id) => packets.filter((p) => p.header.msgid === 77 && p.protocol.data(p.payload, REGISTRY[77]).command === id) };
}

const events = (record, kind) => spawnSync('sqlite3', [record, `SELECT body FROM event WHERE kind='${kind}' ORDER BY seq`], { encoding: 'utf8' }).stdout.trim().split('\n').filter(Boolean).map((x) => JSON.parse(x));

export async function links() {
  const dir = scratch();

  await test('two links to one drone: the other is used within a second when one is cut, both are logged', async () => {
    const w = path.join(dir, 'links.yaml'), record = path.join(dir, 'links.vigie');
    fs.writeFileSync(w, WATCH(''));
    const r = await relay(PORT + 50);
    const s = await station([w, '--sim', '--ask', '--record', record, '--sim-ports', String(PORT + 50)]);
    await s.until('both up, UDP in use', (x) => link(x, 'udp')?.state === 'up' && link(x, 'tcp')?.state === 'up' && link(x, 'udp').used, 20);
    await sleep(1500);
    const before = r.sent.tcp;
    r.udp = false;
    const cut = Date.now();
    // Our heartbeats go over both; what shows the change is that the station says so.
    await s.until('TCP in use', (x) => link(x, 'tcp').used, 5);
    const told_ms = Date.now() - cut;
    check(told_ms < 2500, `told after ${told_ms} ms`);
    check(drone(await s.snapshot(), 'P1').link === 'fresh', 'the drone itself was never stale');
    check(r.sent.tcp > before, 'something goes over TCP');
    r.udp = true;
    await s.until('UDP again', (x) => link(x, 'udp').used, 15);
    r.client.destroy();
    r.client = null;
    for (let i = 0; i < 100 && !r.client; i++) await sleep(100);
    const back = await s.until('TCP called again', (x) => link(x, 'tcp').state === 'up', 15);
    check(link(back, 'udp').delay_ms !== null && link(back, 'udp').loss < 0.2, `figures: ${JSON.stringify(link(back, 'udp'))}`);
    check(drone(back, 'P1').signed === 'unsigned', 'unsigned, as it has no key');
    await s.stop();
    r.close();
    const logs = fs.readdirSync(`${record}.d`).filter((f) => f.endsWith('.tlog'));
    check(logs.length === 2, `one log a link: ${logs}`);
    const sealed = events(record, 'segment');
    for (const f of logs) {
      const bytes = fs.readFileSync(path.join(`${record}.d`, f));
      const seal = sealed.find((x) => x.file === f);
      check(seal?.sha256 === crypto.createHash('sha256').update(bytes).digest('hex'), `${f}: sealed`);
      // Read as MAVProxy and Mission Planner do: 8 bytes of time, then a frame.
      const senders = new Map(), frames = new PassThrough(), packets = parse(frames);
      let n_records = 0;
      let at = 0, bad = 0, last = 0;
      while (at + 20 < bytes.length) {
        const t_us = Number(bytes.readBigUInt64BE(at)), n = bytes[at + 9] + 12 + (bytes[at + 10] & 1 ? 13 : 0);
        if (bytes[at + 8] !== 0xfd || t_us < last - 1e6 || Math.abs(t_us / 1e6 - Date.now() / 1e3) > 600) bad++;
        last = t_us;
        senders.set(bytes[at + 8 + 5], (senders.get(bytes[at + 8 + 5]) || 0) + 1);
        frames.write(bytes.subarray(at + 8, at + 8 + n));
        n_records++;
        at += 8 + n;
      }
      await sleep(200);
      check(packets.length === n_records, `${f}: node-mavlink reads ${packets.length} of ${n_records} frames`);
      check(bad === 0 && at === bytes.length, `${f}: whole, times in order`);
      check(senders.get(1) > 50 && senders.get(255) > 5, `${f}: both ways: ${JSON.stringify([...senders])}`);
    }
    const came = events(record, 'link').filter((x) => x.link.startsWith('tcp'));
    check(came.filter((x) => x.state === 'open').length >= 2 && came.some((x) => x.state === 'closed'), `comings and goings: ${JSON.stringify(came)}`);
  });

  await test('signed: each drone by its own key, and times that never go back', async () => {
    const w = path.join(dir, 'signed.yaml'), record = path.join(dir, 'signed.vigie');
    const key = crypto.randomBytes(32);
    fs.writeFileSync(path.join(dir, 'k1'), key.toString('hex'));
    fs.writeFileSync(w, WATCH('').replace('base: Camp\n    link', 'base: Camp\n    key: k1\n    link'));
    // What a start finds from before: 20 minutes ahead of the clock, as after a clock that was set back.
    const ahead = Math.round((Date.now() - Date.UTC(2015, 0, 1)) * 100) + 20 * 60 * 100000;
    fs.writeFileSync(`${record}.sign`, `P1 ${ahead}\n`);
    const r = await relay(PORT + 50);
    const s = await station([w, '--sim', '--ask', '--record', record, '--sim-ports', String(PORT + 50)]);
    await s.until('signed, both up', (x) => drone(x, 'P1').link === 'fresh' && drone(x, 'P1').signed === 'signed' && link(x, 'udp')?.state === 'up' && link(x, 'tcp')?.state === 'up', 20);
    await sleep(1500);
    await s.stop();
    r.close();
    const stamps = new Map();
    for (const f of fs.readdirSync(`${record}.d`).filter((x) => x.endsWith('.tlog'))) {
      const b = fs.readFileSync(path.join(`${record}.d`, f));
      for (let at = 0; at + 20 < b.length;) {
        const n = b[at + 9] + 12 + (b[at + 10] & 1 ? 13 : 0), frame = b.subarray(at + 8, at + 8 + n);
        if (frame[5] === 255) {
          check((frame[2] & 1) === 1, 'every frame of ours is signed');
          const tail = frame.subarray(n - 13);
          const own = crypto.createHash('sha256').update(key).update(frame.subarray(0, n - 6)).digest().subarray(0, 6);
          check(own.equals(tail.subarray(7)), 'with the key');
          stamps.set(tail[0], [...(stamps.get(tail[0]) || []), Number(tail.readUIntLE(1, 6))]);
        }
        at += 8 + n;
      }
    }
    check([1, 2].every((id) => stamps.has(id)), `a signing link id for each link: ${[...stamps.keys()]}`);
    check([...stamps.values()].every((list) => list.every((t, i) => t > ahead && (i === 0 || t > list[i - 1]))), 'later than before the start, and rising');
    const unsigned = dgram.createSocket('udp4'), protocol = new MavLinkProtocolV2(1, 1);
    const real = await station([w, '--record', path.join(dir, 'unsigned.vigie')]);
    for (let i = 0; i < 15; i++) {
      unsigned.send(protocol.serialize(Object.assign(new minimal.Heartbeat(), { type: 1, autopilot: 3, systemStatus: 4, mavlinkVersion: 3 }), i), PORT, '127.0.0.1');
      await sleep(200);
    }
    const refused = drone(await real.snapshot(), 'P1');
    check(refused.signed === 'refused' && refused.link === 'never', `what is not signed is refused, and said: ${refused.signed}, ${refused.link}`);
    await real.stop();
    unsigned.close();
    const kept = Number(fs.readFileSync(`${record}.sign`, 'utf8').split(' ')[1]);
    check(kept >= Math.max(...[...stamps.values()].flat()), 'and kept for the next');
  });

  await test('a satellite is used when nothing else is heard, and is spoken to as little as can be', async () => {
    const w = path.join(dir, 'satellite.yaml');
    fs.writeFileSync(w, WATCH('').replace('cost: 2s', 'satellite: yes'));
    const r = await relay(PORT + 50), packets = parse(r.over_tcp);
    const s = await station([w, '--sim', '--ask', '--record', path.join(dir, 'satellite.vigie'), '--sim-ports', String(PORT + 50)]);
    await s.until('UDP in use', (x) => link(x, 'udp')?.state === 'up' && link(x, 'udp').used, 20);
    await sleep(3000);
    check(r.sent.tcp === 0, `nothing goes over the satellite meanwhile: ${r.sent.tcp} bytes`);
    r.udp = false;
    await s.until('satellite in use', (x) => link(x, 'tcp').used, 10);
    await sleep(2500);
    const reports = () => packets.filter((p) => p.header.msgid === 76).map((p) => p.protocol.data(p.payload, REGISTRY[76])).filter((c) => c.command === 2600);
    check(reports().length > 0 && reports().every((c) => c._param1 === 1), `reports are asked for: ${JSON.stringify(packets.map((p) => p.header.msgid))}`);
    check(!packets.some((p) => p.header.msgid === 0 || p.header.msgid === 111), 'no heartbeats, no probes');
    check(r.sent.tcp < 60 * 6 + 280, `within its budget: ${r.sent.tcp} bytes`);
    r.udp = true;
    await s.until('UDP again', (x) => link(x, 'udp').used, 15);
    await s.stop();
    r.close();
  });

  await test('a router lets others watch; only where it says so, and only what is allowed, do they command', async () => {
    const w = path.join(dir, 'router.yaml'), record = path.join(dir, 'router.vigie');
    fs.writeFileSync(w, WATCH(`router: ["tcp-listen:${PORT + 10}", {to: "tcp-listen:${PORT + 11}", commands: yes}, "udp:127.0.0.1:${PORT + 12}"]`));
    const udp = dgram.createSocket('udp4');
    const heard = new PassThrough(), heardPackets = parse(heard);
    await new Promise((ok) => udp.bind(PORT + 12, '127.0.0.1', ok));
    udp.on('message', (m) => heard.write(m));
    const r = await relay(PORT + 50);
    const s = await station([w, '--sim', '--ask', '--record', record, '--sim-ports', String(PORT + 50)]);
    await s.until('heard', (x) => link(x, 'udp')?.state === 'up', 20);
    const watcher = await guest(PORT + 10, 250), pilot = await guest(PORT + 11, 251), impostor = await guest(PORT + 11, 255);
    for (const g of [watcher, pilot, impostor]) g.beat();
    await sleep(1500);
    for (const [g, name] of [[watcher, 'watcher'], [pilot, 'pilot'], [{ packets: heardPackets }, 'udp']]) {
      const ids = new Set(g.packets.map((p) => p.header.msgid));
      check(ids.has(0) && ids.has(33), `${name} sees heartbeats and positions: ${[...ids]}`);
      check(g.packets.every((p) => p.header.sysid === 1), `${name} sees the drone only`);
    }
    watcher.command(512, [148]);
    impostor.command(512, [148]);
    pilot.command(512, [148]); // REQUEST_MESSAGE, AUTOPILOT_VERSION
    pilot.command(183, [9, 1500]); // a servo
    pilot.command(193, [1]); // pause / continue
    pilot.send(Object.assign(new common.MissionCount(), { targetSystem: 1, targetComponent: 1, count: 3 }));
    await sleep(1500);
    check(pilot.acks(512).length === 1 && pilot.acks(193).length === 1, 'what is allowed reached the drone and is answered');
    check(pilot.acks(183).length === 0, 'a servo does not');
    check(!pilot.packets.some((p) => [40, 47, 51].includes(p.header.msgid)), 'nor does a mission');
    check(watcher.acks(512).length === 0 && impostor.acks(512).length === 0, 'a watcher only watches; nobody passes for us');
    const acts = () => events(record, 'act').map((x) => `${x.by} | ${x.what} | ${x.target}`);
    await s.stop();
    r.close(); udp.close();
    for (const g of [watcher, pilot, impostor]) g.socket.destroy();
    const said = acts();
    check(said.some((x) => /system 251.*\| COMMAND_LONG 193 \| P1/.test(x)), `recorded: ${said.join('\n')}`);
    check(said.some((x) => /system 251.*refused: COMMAND_LONG 183.*allow-list/.test(x)), 'the servo too, and why not');
    check(said.some((x) => /system 251.*refused: MISSION_COUNT/.test(x)), 'the mission too');
    check(said.some((x) => /system 250.*only watches/.test(x)) && said.some((x) => /system 255.*own ids/.test(x)), 'the others too');
  });
}
