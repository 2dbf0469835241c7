// What leaves the station, seen on the wire by a decoder that is not ours, while every act of the page's interface is tried.
// A relay stands between the station and its simulated fleet and keeps each datagram that goes to a drone.
import dgram from 'node:dgram';
import path from 'node:path';
import { createRequire } from 'node:module';
import { check, scratch, sleep, station, test } from './harness.mjs';

const require = createRequire(path.resolve('tests/peers/mavlink/') + '/');
const { MavLinkPacketSplitter, MavLinkPacketParser } = require('node-mavlink');
const { PassThrough } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { common, ardupilotmega, minimal } = require('mavlink-mappings');

// Written for this test from design.md ("observes and warns; unarmed"), not from link/allow.c.
const MESSAGES = new Set([0, 4, 20, 21, 23, 43, 44, 45, 47, 51, 40, 73, 41, 66, 75, 76, 111, 11]);
const COMMANDS = new Set([400, 176, 300, 20, 511, 512, 520, 521, 224, 193, 1000]);
const ITEMS = new Set([16, 21, 22, 31, 189, 531, 1000, 2500, 2501]);

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

export async function wire() {
  await test('only what is allowed leaves the station, whatever is asked of it', async () => {
    const sent = [[], []];
    const close = await relay(27700, 27750, 2, (i, m) => sent[i].push(m));
    const s = await station(['tests/station/post.yaml', '--sim', '--ask', '--speed', '20', '--record', path.join(scratch(), 'wire.vigie'), '--port-base', '27700', '--sim-ports', '27750']);
    const ids = ['P1', 'P2'];
    const acts = ['return', 'drop', 'release', 'servo', 'arm', 'command', 'mission', 'target', 'laser'];
    for (let round = 0; round < 25; round++) {
      const snap = await s.snapshot();
      for (const x of snap.sorties || []) {
        await s.post(`/api/sorties/${encodeURIComponent(x.id)}/${round % 5 === 3 && x.drone === 'P2' ? 'refuse' : 'consent'}`, { by: 'wire' });
      }
      for (const id of ids) {
        for (const act of acts) if (act !== 'return' || round > 18) await s.post(`/api/drones/${id}/${act}`, { by: 'wire', command: 183, param1: 9, params: [1, 2, 3], item: { command: 184 } });
        await s.post(`/api/drones/${id}`, { by: 'wire', command: 42600 });
      }
      for (const a of snap.alerts || []) { await s.post(`/api/alerts/${a.id}/take`, { by: 'wire' }); await s.post(`/api/alerts/${a.id}/close`, { by: 'wire' }); }
      for (const p of ['/api/command', '/api/mission', '/api/send', '/api/mavlink', '/api/watch', '/api/live', '/status']) await s.post(p, { by: 'wire', command: 183 });
      for (const p of ['/api/about', '/api/watch', '/status', '/api/mission/none', '/tiles/dem/3/3/3.png']) await s.get(p);
      await sleep(600);
    }
    const status = (await s.get('/status')).json;
    await s.stop();
    close();
    const packets = [...await decode(sent[0]), ...await decode(sent[1])];
    const count = new Map();
    let bad = 0;
    const complain = (what) => { bad++; if (bad < 10) check(false, what); };
    const R = { ...minimal.REGISTRY, ...common.REGISTRY, ...ardupilotmega.REGISTRY };
    for (const p of packets) {
      const id = p.header.msgid;
      count.set(id, (count.get(id) || 0) + 1);
      if (!MESSAGES.has(id)) complain(`message ${id} on the wire`);
      const m = R[id] ? p.protocol.data(p.payload, R[id]) : null;
      if (id === 76 || id === 75) {
        if (!COMMANDS.has(m.command)) complain(`command ${m.command} on the wire`);
        if (m.command === 400 && m._param2 === 21196) complain('forced arming on the wire');
      }
      if (id === 73 && !ITEMS.has(m.command)) complain(`mission item ${m.command} on the wire`);
      if (id === 73 && p.header.sysid !== 255) complain(`sent as system ${p.header.sysid}`);
    }
    check(bad === 0, `${bad} forbidden`);
    check(packets.length > 300 && count.get(73) > 10 && count.get(76) > 5 && count.get(0) > 100, `the wire was really seen: ${JSON.stringify([...count])}`);
    check(status.refused_commands === 0, 'nothing even reached the door that had to be held back');
  });
}
