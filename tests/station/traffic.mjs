// Other aircraft and ships at the station: feeds on real sockets, what comes near is told, recorded, and sent to the autopilot.
import fs from 'node:fs';
import net from 'node:net';
import dgram from 'node:dgram';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { check, run, scratch, sleep, station, test } from './harness.mjs';

const peer = createRequire(path.resolve('tests/peers/mavlink/check.js'));
const { MavLinkProtocolV2 } = peer('node-mavlink');
const { AdsbVehicle, OpenDroneIdBasicId } = peer('mavlink-mappings').common;

const SBS = 23011, AIS = 23012;
const open = (snap, kind) => snap.alerts.find((a) => a.kind === kind && a.state === 'open');

// A receiver's port 30003: whoever is connected gets every line.
function receiver(port) {
  const clients = new Set();
  const server = net.createServer((c) => { clients.add(c); c.on('close', () => clients.delete(c)); c.on('error', () => {}); });
  server.listen(port, '127.0.0.1');
  return {
    say: (line) => { for (const c of clients) c.write(line + '\r\n'); },
    close: () => { for (const c of clients) c.destroy(); server.close(); },
  };
}

const sbs = (id, callsign, alt_ft, speed, track, lat, lon) =>
  [`MSG,1,1,1,${id},1,d,t,d,t,${callsign},,,,,,,,,,,`, `MSG,3,1,1,${id},1,d,t,d,t,,${alt_ft},${speed},${track},${lat.toFixed(5)},${lon.toFixed(5)},0,,,,,0`];

export async function traffic() {
  const dir = scratch();
  const watch = path.join(dir, 'post.yaml');
  const record = path.join(dir, 'post.vigie');
  fs.writeFileSync(watch, fs.readFileSync('tests/station/post.yaml', 'utf8') + `
traffic:
  feeds:
    - {sbs: "tcp:127.0.0.1:${SBS}"}
    - {ais: "udpin:127.0.0.1:${AIS}"}
  tell-autopilots: 5km
  ours: [ABCDEF]
`);

  await test('an aircraft that comes near a drone is told, recorded, and sent to its autopilot', async () => {
    let adsb = receiver(SBS);
    const udp = dgram.createSocket('udp4');
    const s = await station([watch, '--sim', '--speed', '10', '--record', record, '--port-base', '23100']);
    try {
      const flying = await s.until('a drone in the air', (x) => x.drones.some((d) => d.state === 'flying' && d.agl_m > 60), 90);
      const id = flying.drones.find((d) => d.state === 'flying' && d.agl_m > 60).id;
      const place = async (east_m, up_m) => {
        const d = (await s.snapshot()).drones.find((x) => x.id === id);
        const lon = d.lon + east_m / (111320 * Math.cos(d.lat * Math.PI / 180));
        for (const line of sbs('4CA2D6', 'EIN123', Math.round((d.alt_msl_m + up_m) / 0.3048), 10, 0, d.lat, lon)) adsb.say(line);
        for (const line of sbs('ABCDEF', 'OURS', Math.round(d.alt_msl_m / 0.3048), 10, 0, d.lat, d.lon)) adsb.say(line);
        // A ship on the same spot, from gpsd's test data but for its place: it alarms nobody.
        udp.send('!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\r\n', AIS, '127.0.0.1');
        await sleep(100);
      };
      const until = async (what, east_m, holds) => {
        for (let i = 0; i < 200; i++) {
          await place(east_m, 30);
          const snap = await s.snapshot();
          if (holds(snap)) return snap;
        }
        throw new Error(`never: ${what}`);
      };
      check((await s.get('/api/about')).json.traffic === true, 'the page is told that there is traffic');
      const near = await until('near', 1500, (x) => open(x, 'traffic'));
      const a = open(near, 'traffic');
      check(a.level === 'warning' && a.params.drone === id && a.params.contact.name === 'EIN123', `alert ${JSON.stringify(a)}`);
      check(Math.abs(a.params.distance_m - 1500) < 400, `1,500 m away: ${a.params.distance_m}`);
      const now = (await s.get('/api/traffic')).json;
      check(now.contacts.some((c) => c.id === '4CA2D6' && c.alt_source === 'standard' && c.alt_error_p95_m >= 200), 'a height that says how wrong it may be');
      check(now.contacts.some((c) => c.id === '477553000' && c.kind === 'ship'), 'a ship');
      check(!now.contacts.some((c) => c.id === 'ABCDEF'), 'ours are left out');
      check(now.alarms.length === 1 && now.alarms[0].level === 'near' && now.alarms[0].advice !== undefined, `alarms ${JSON.stringify(now.alarms)}`);
      check(now.feeds.length === 2 && now.feeds.every((f) => f.state === 'ok'), `feeds ${JSON.stringify(now.feeds)}`);
      // What the drone's own receiver hears comes by its link; its own Remote ID says which serial number is ours.
      const heard = Object.assign(new AdsbVehicle(), { ICAOAddress: 0x123456, lat: 145000000, lon: -112000000, altitude: 900000, flags: 19, altitudeType: 1, callsign: 'ONBOARD', emitterType: 7, tslc: 1 });
      const ours = Object.assign(new OpenDroneIdBasicId(), { idType: 1, uaType: 2, uasId: [...Buffer.from('OURSERIAL1')] });
      const bytes = (m, seq) => new MavLinkProtocolV2(1, 156).serialize(m, seq);
      udp.send(bytes(heard, 0), 23100, '127.0.0.1');
      udp.send(bytes(ours, 1), 23100, '127.0.0.1');
      await sleep(200);
      const onboard = (await s.get('/api/traffic')).json.contacts.find((c) => c.id === '123456');
      check(onboard?.kind === 'helicopter' && onboard.name === 'ONBOARD' && onboard.feeds === 2 ** 31, `heard by the drone: ${JSON.stringify(onboard)}`);
      const conflict = await until('conflict', 200, (x) => open(x, 'conflict'));
      check(open(conflict, 'conflict').level === 'urgent' && !open(conflict, 'traffic'), 'a conflict in place of it');
      await s.until('nobody near any more', (x) => !open(x, 'conflict') && !open(x, 'traffic'), 30);
      adsb.close();
      const lost = await s.until('the feed is lost', (x) => open(x, 'feed'), 30);
      check(open(lost, 'feed').params.feeds[0].kind === 'sbs' && open(lost, 'feed').params.feeds[0].state === 'lost', `feed ${JSON.stringify(open(lost, 'feed'))}`);
      adsb = receiver(SBS);
      await s.until('the feed is back', (x) => !open(x, 'feed'), 30);
    } finally {
      await s.stop();
      adsb.close();
      udp.close();
    }
    const rows = spawnSync('sqlite3', [record, "SELECT body FROM event WHERE kind='traffic'"], { encoding: 'utf8' }).stdout.trim().split('\n').map(JSON.parse);
    check(rows.length > 0 && rows.every((r) => r.contact.id === '4CA2D6'), `${rows.length} events of that aircraft alone`);
    const sent = fs.readdirSync(record + '.d').filter((f) => f.endsWith('.tlog')).flatMap((f) =>
      run(['tlog', path.join(record + '.d', f), '--json']).out.trim().split('\n').map(JSON.parse).filter((m) => m.name === 'ADSB_VEHICLE' && m.sysid === 255));
    check(sent.length > 0 && sent.every((m) => (m.fields.ICAO_address ?? m.fields.icao_address) === 0x4CA2D6), `${sent.length} sent: ${JSON.stringify(sent[0])}`);
    check(run(['verify', record]).code === 0, 'the record verifies');
  });

  await test('vigie traffic shows what a receiver says', async () => {
    const data = 'tests/unit/traffic/data/';
    for (const [kind, file, n, id, name] of [['beast', 'adsb.beast', 1, '4D2023', 'AMC421'], ['avr', 'adsb.avr', 1, '4D2023', 'AMC421'], ['sbs', 'adsb.sbs', 1, '4D2023', 'AMC421'],
      ['ais', 'ais.nmea', 30, '244660274', undefined], ['remote-id', 'remote-id.pcap', 1, 'MFG1A0123456789', undefined]]) {
      const r = run(['traffic', data + file, '--as', kind, '--sky']);
      const sky = r.out.trim().split('\n').map(JSON.parse);
      const c = sky.find((x) => x.id === id);
      check(r.code === 0 && sky.length === n && c && c.name === name && c.lat !== undefined, `${kind}: ${sky.length} contacts, ${JSON.stringify(c)} ${r.err}`);
    }
    check(run(['traffic', data + 'SOURCES.md', '--as', 'beast']).code === 1, 'no message in it: 1');
    check(run(['traffic', data + 'adsb.avr', '--as', 'beats']).code === 2, 'no such kind: 2');
    check(run(['traffic', 'nowhere', '--as', 'ais']).code === 4, 'no such file: 4');
  });

  await test('a feed that cannot be is refused at its place', async () => {
    const bad = path.join(dir, 'bad.yaml');
    fs.writeFileSync(bad, fs.readFileSync('tests/station/post.yaml', 'utf8') + 'traffic: {feeds: [{beast: "tpc:127.0.0.1:30005"}]}\n');
    const r = run(['run', bad, '--sim', '--for', '1s', '--time', '0s', '--listen', '127.0.0.1:0', '--port-base', '23200', '--record', path.join(dir, 'bad.vigie')]);
    check(r.code === 3 && r.err.includes(`${bad}:14:`), `exit ${r.code}: ${r.err}`);
  });
}
