// A small ground station on node-mavlink: uploads a mission to the first drone of `vigie sim`, reads it back, is
// refused what must be refused, arms, starts, and waits until the drone has landed and disarmed itself.
// Usage: node gcs.js VIGIE PACKAGES WATCH. Prints "N passed, M failed"; exit 1 on a failure.
'use strict';
const [vigie, packages, watch] = process.argv.slice(2);
const load = (name) => require(require('path').resolve(packages, 'node_modules', name));
const { spawn } = require('child_process');
const dgram = require('dgram');
const { PassThrough } = require('stream');
const { MavLinkPacketSplitter, MavLinkPacketParser, MavLinkProtocolV2 } = load('node-mavlink');
const { minimal, standard, common, ardupilotmega } = load('mavlink-mappings');

const REGISTRY = { ...minimal.REGISTRY, ...standard.REGISTRY, ...common.REGISTRY, ...ardupilotmega.REGISTRY };
const LAT = 14.44693;
const LON = -11.44448;
// command, frame, latitude, longitude, altitude
const MISSION = [
  [16, 0, LAT, LON, 40],
  [22, 3, 0, 0, 60],
  [16, 3, LAT + 0.01, LON, 120],
  [16, 3, LAT + 0.02, LON + 0.01, 120],
  [16, 3, LAT + 0.01, LON + 0.02, 120],
  [21, 3, LAT, LON, 0],
];
const GIVE_UP_MS = 120000; // only so that a broken drone ends the run

let passed = 0;
let failed = 0;
function check(ok, what) {
  if (ok) { passed++; return; }
  failed++;
  console.log(`FAILED ${what}`);
}

const socket = dgram.createSocket('udp4');
const protocol = new MavLinkProtocolV2(255, 190);
let peer = null;
let seq = 0;
let sim = null;
let stage = 'wait';
let isUp = false;
let beats = 0;
const acks = {};
const reached = [];

const send = (msg) => socket.send(protocol.serialize(msg, seq++ & 255), peer.port, peer.address);
function to(msg, fields) {
  return Object.assign(msg, { targetSystem: 1, targetComponent: 1 }, fields);
}
function command(id, ...params) {
  const msg = to(new common.CommandLong(), { command: id });
  for (let i = 0; i < 7; i++) msg[`_param${i + 1}`] = params[i] || 0;
  send(msg);
}
function sendItem(i) {
  const [id, frame, lat, lon, z] = MISSION[i];
  send(to(new common.MissionItemInt(), {
    seq: i, command: id, frame, autocontinue: 1, x: Math.round(lat * 1e7), y: Math.round(lon * 1e7), z,
  }));
}

function end() {
  check(acks[183] === 3, 'DO_SET_SERVO answered UNSUPPORTED');
  check(acks[400] === 0 && acks[176] === 0, 'arm and AUTO accepted');
  check(reached.join() === '1,2,3,4', `items reached in order, got ${reached}`);
  check(stage === 'landed', `landed and disarmed, ended in stage "${stage}"`);
  console.log(`${passed} passed, ${failed} failed`);
  sim.kill();
  socket.close();
  process.exit(failed ? 1 : 0);
}

const on = {
  HEARTBEAT(d) {
    const isArmed = (d.baseMode & 128) !== 0;
    beats++;
    if (stage === 'wait' && beats === 21) { // it does not arm in its first 20 s
      check(d.type === 1 && d.autopilot === 3, 'a fixed wing under ArduPilot');
      stage = 'upload';
      send(to(new common.MissionCount(), { count: MISSION.length }));
    } else if (stage === 'fly' && isUp && !isArmed) {
      stage = 'landed';
      end();
    }
    isUp = isUp || (stage === 'fly' && isArmed);
  },
  MISSION_REQUEST_INT(d) { sendItem(d.seq); },
  MISSION_REQUEST(d) { sendItem(d.seq); }, // as ArduPilot asks; it wants the integer form all the same
  MISSION_ACK(d) {
    if (stage !== 'upload') return;
    check(d.type === 0, 'mission accepted');
    stage = 'read back';
    send(to(new common.MissionRequestList(), {}));
  },
  MISSION_COUNT(d) {
    check(d.count === MISSION.length, 'as many items back as sent');
    send(to(new common.MissionRequestInt(), { seq: 0 }));
  },
  MISSION_ITEM_INT(d) {
    const [id, frame, lat, lon, z] = MISSION[d.seq];
    check(d.command === id && d.frame === frame, `item ${d.seq}: command and frame`);
    if (d.seq > 0) { // item 0 is the drone's own home
      const isSame = d.x === Math.round(lat * 1e7) && d.y === Math.round(lon * 1e7) && d.z === z;
      check(isSame, `item ${d.seq}: place`);
    }
    if (d.seq + 1 < MISSION.length) {
      send(to(new common.MissionRequestInt(), { seq: d.seq + 1 }));
      return;
    }
    stage = 'fly';
    command(183, 1, 1500);
    command(400, 1);
    command(176, 1, 10);
  },
  COMMAND_ACK(d) { acks[d.command] = d.result; },
  MISSION_ITEM_REACHED(d) { reached.push(d.seq); },
};

const bytes = new PassThrough();
bytes.pipe(new MavLinkPacketSplitter()).pipe(new MavLinkPacketParser()).on('data', (packet) => {
  const type = REGISTRY[packet.header.msgid];
  if (!type) { check(false, `message ${packet.header.msgid} is in no dialect`); return; }
  if (packet.header.sysid === 1 && on[type.MSG_NAME]) {
    on[type.MSG_NAME](packet.protocol.data(packet.payload, type));
  }
});
socket.on('message', (data, from) => { peer = from; bytes.write(data); });
socket.bind(0, '127.0.0.1', () => {
  const port = String(socket.address().port);
  sim = spawn(vigie, ['sim', watch, '--speed', '40', '--port-base', port, '--with-parent'],
    { stdio: ['pipe', 'ignore', 'inherit'] });
  sim.on('exit', (code) => { if (stage !== 'landed') { check(false, `vigie sim ended with ${code}`); end(); } });
});
setTimeout(end, GIVE_UP_MS);
