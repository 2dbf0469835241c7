// Exported sorties, read again by others. See run.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { createRequire } from 'node:module';
import { check, finish, run, scratch, station, test } from '../../station/harness.mjs';
import { readPlan } from './qgcplan.mjs';
import { ardupilotObjects, px4Objects } from './autopilots.mjs';

const require = createRequire(path.resolve('tests/peers/mavlink/') + '/');
const { MavLinkPacketSplitter, MavLinkPacketParser } = require('node-mavlink');
const { common } = require('mavlink-mappings');

const here = 'tests/peers/missions';
const dir = scratch();
const file = (name, text) => { const p = path.join(dir, name); fs.writeFileSync(p, text); return p; };
const tool = (name, args, input) => {
  const r = spawnSync(name, args, { encoding: 'utf8', input, maxBuffer: 1 << 28 });
  if (r.status !== 0) throw new Error(`${name} ${args.join(' ')}: ${r.stderr}`);
  return r.stdout;
};
// Any format that GDAL reads, by GDAL, as GeoJSON features of one layer.
const ogr = (input, layer) => JSON.parse(tool('ogr2ogr', ['-f', 'GeoJSON', '-lco', 'RFC7946=NO', '/vsistdout/', input, ...(layer ? [layer] : [])])).features;
const near = (a, b, tolerance) => Math.abs(a - b) <= tolerance;

const ZONES = { type: 'FeatureCollection', features: [
  ['geofence', 'Bounds', [[-11.6, 14.3], [-11.1, 14.3], [-11.1, 14.8], [-11.6, 14.8], [-11.6, 14.3]]],
  ['no-fly', 'Town', [[-11.30, 14.52], [-11.30, 14.54], [-11.28, 14.54], [-11.30, 14.52]]],
  ['privacy', 'Wells', [[-11.38, 14.52], [-11.37, 14.52], [-11.37, 14.53], [-11.38, 14.52]]],
].map(([kind, name, ring]) => ({ type: 'Feature', properties: { kind, name }, geometry: { type: 'Polygon', coordinates: [ring] } })) };
fs.writeFileSync(path.join(dir, 'zones.geojson'), JSON.stringify(ZONES));
const post = fs.readFileSync('tests/station/post.yaml', 'utf8');
const watches = [
  ['post', file('post.yaml', `${post}zones: zones.geojson\n`)],
  ['kayes', 'examples/kayes/watch.yaml'],
  ['brindabella', 'examples/brindabella/watch.yaml'],
];
const exported = (plan, watch, as, out, ...more) => {
  const r = run(['export', plan, '--watch', watch, '--as', as, '-o', path.join(dir, out), '--lang', 'en', ...more]);
  if (r.code !== 0) throw new Error(`export ${as}: ${r.err}`);
  const isFlat = !fs.readFileSync(watch, 'utf8').includes('terrain:');
  check(r.err.includes('take the ground to be at sea level') === isFlat, `a watch without elevation is told so: ${r.err}`);
  return path.join(dir, out);
};
const placed = (qgc) => qgc.mission.items.filter((i) => i.Altitude !== undefined);
for (const [name, watch] of watches) {
  const plan = path.join(dir, `${name}.json`);
  run(['plan', watch, '-o', plan]);
  const sorties = JSON.parse(fs.readFileSync(plan, 'utf8')).sorties;
  const qgc = new Map();

  await test(`${name}: each sortie is a plan of QGroundControl, read strictly`, () => {
    const folder = exported(plan, watch, 'qgc', `${name}-qgc`);
    check(fs.readdirSync(folder).length === sorties.length, `${fs.readdirSync(folder).length} files of ${sorties.length} sorties`);
    for (const s of sorties) {
      const p = readPlan(fs.readFileSync(path.join(folder, `${s.id}.plan`), 'utf8'));
      qgc.set(s.id, p);
      const commands = p.mission.items.map((i) => i.command);
      check(commands[0] === 22 && commands.includes(1000) && commands.at(-1) === 21 && commands.at(-2) === 31 && commands.at(-3) === 189, `${s.id}: take-off, gimbal, landing sequence: ${commands}`);
      // The plan's own points are the flight: each way point is one of them, at its height above the sea.
      const key = (lat, lon, alt) => `${lat.toFixed(5)} ${lon.toFixed(5)} ${alt.toFixed(1)}`;
      const track = s.track.map(([, lat, lon, alt]) => key(lat, lon, alt));
      const way = p.mission.items.filter((i) => i.command === 16);
      const strange = way.filter((i) => !track.includes(key(...i.params.slice(4))));
      check(way.length >= 2 && strange.length === 0, `${s.id}: ${strange.length} of ${way.length} way points are not of the plan`);
      // Recording goes on and off at way points that are passed before the first visit and after the last, and no earlier and later than need be.
      const times = (k, step) => {
        for (let i = k + step; ; i += step) if ([16, 31].includes(commands[i])) return s.track.filter((_, j) => track[j] === key(...p.mission.items[i].params.slice(4))).map(([t]) => t);
      };
      const [on, off] = [commands.indexOf(2500), commands.indexOf(2501)];
      const [t0, t1] = [Math.min(...s.visits.map((v) => v.t0_s)), Math.max(...s.visits.map((v) => v.t1_s))];
      check(on > 0 && off > on && commands.filter((c) => c === 2500 || c === 2501).length === 2, `${s.id}: recording ${commands}`);
      check(times(on, -1).some((t) => t <= t0) && times(on, 1).some((t) => t > t0), `${s.id}: recording from ${times(on, -1)}, first visit ${t0}`);
      check(times(off, -1).some((t) => t >= t1), `${s.id}: recording until ${times(off, -1)}, last visit ${t1}`);
      const home = p.mission.plannedHomePosition[2];
      check(ardupilotObjects(p.mission.items) === null, `${s.id}: ArduPilot objects: ${ardupilotObjects(p.mission.items)}`);
      check(/command 531/.test(px4Objects(p.mission.items, home)) === commands.includes(531), `${s.id}: PX4 objects to a zoom alone: ${px4Objects(p.mission.items, home)}`);
      check(px4Objects(p.mission.items.filter((v) => v.command !== 531), home) === null, `${s.id}: PX4 objects: ${px4Objects(p.mission.items.filter((v) => v.command !== 531), home)}`);
      const high = Math.max(...way.map((i) => i.params[6])) - p.mission.plannedHomePosition[2];
      check(p.rallyPoints.points.length > 0 && p.rallyPoints.points.every((r) => r[2] >= high - 0.011), `${s.id}: no drone comes home lower than it flew`);
    }
    const one = exported(plan, watch, 'qgc', `${name}-one.plan`, '--sortie', sorties[0].id);
    check(fs.readFileSync(one, 'utf8') === fs.readFileSync(path.join(dir, `${name}-qgc`, `${sorties[0].id}.plan`), 'utf8'), 'one sortie alone is the same file');
    const px4 = readPlan(fs.readFileSync(exported(plan, watch, 'qgc', `${name}-px4.plan`, '--sortie', sorties[0].id, '--autopilot', 'px4'), 'utf8'));
    check(px4.mission.firmwareType === 12 && px4Objects(px4.mission.items, px4.mission.plannedHomePosition[2]) === null, `PX4 objects: ${px4Objects(px4.mission.items, px4.mission.plannedHomePosition[2])}`);
    check(qgc.get(sorties[0].id).mission.firmwareType === 3, 'the other is for ArduPilot');
  });

  await test(`${name}: KML, GeoJSON and GPX by GDAL are the same flights`, () => {
    const kml = exported(plan, watch, 'kml', `${name}.kml`);
    const gpx = exported(plan, watch, 'gpx', `${name}.gpx`);
    const geojson = exported(plan, watch, 'geojson', `${name}.geojson`);
    tool('xmllint', ['--noout', '--relaxng', `${here}/kml22.rng`, kml]);
    tool('xmllint', ['--noout', '--relaxng', `${here}/gpx11.rng`, gpx]);
    const ours = ogr(geojson);
    const ways = {
      kml: ogr(kml, 'sorties').map((f) => [f.properties.Name, f.geometry.coordinates]),
      gpx: ogr(gpx, 'routes').map((f) => [f.properties.name, f.geometry.coordinates]),
      geojson: ours.filter((f) => f.properties.kind === 'sortie').map((f) => [f.properties.name, f.geometry.coordinates.map((c, i) => [...c, f.properties.alt_msl_m[i]])]),
    };
    const points = ogr(gpx, 'route_points').map((f) => f.properties.ele);
    ways.gpx = ways.gpx.map(([id, line]) => [id, line.map((c) => [c[0], c[1], points.shift()])]);
    for (const [as, list] of Object.entries(ways)) {
      check(list.length === sorties.length, `${as}: ${list.length} ways`);
      for (const [id, line] of list) {
        const home = qgc.get(id).mission.plannedHomePosition;
        const want = [[home[1], home[0], home[2]], ...placed(qgc.get(id)).map((i) => [i.params[5], i.params[4], i.params[6] + (i.frame === 3 ? home[2] : 0)])];
        const off = line.length === want.length ? Math.max(...line.map((c, k) => Math.max(Math.abs(c[0] - want[k][0]) * 1e5, Math.abs(c[1] - want[k][1]) * 1e5, Math.abs(c[2] - want[k][2])))) : NaN;
        check(off < 0.02, `${as}, ${id}: ${line.length} points, ${want.length} wanted, ${off} m off`);
      }
    }
    const zones = ours.filter((f) => f.geometry.type === 'Polygon');
    const fences = zones.filter((f) => ['geofence', 'no-fly'].includes(f.properties.kind));
    check(fences.length === [...qgc.values()][0].geoFence.polygons.length, `${fences.length} zones bound the flight`);
    for (const f of zones) { // RFC 7946: outer rings turn against the clock
      const r = f.geometry.coordinates[0];
      check(r.slice(1).reduce((s, c, i) => s + r[i][0] * c[1] - c[0] * r[i][1], 0) > 0, `${f.properties.name} turns against the clock`);
    }
  });
}

await test('zones are the fence, heights above the ground where asked for', () => {
  const [, watch] = watches[0], plan = path.join(dir, 'post.json');
  const p = readPlan(fs.readFileSync(path.join(dir, 'post-qgc', 'P1.1.plan'), 'utf8'));
  check(JSON.stringify(p.geoFence.polygons.map((x) => [x.inclusion, x.polygon.length])) === '[[true,4],[false,3]]', JSON.stringify(p.geoFence));
  const hills = path.join(dir, 'brindabella.json');
  const out = exported(hills, watches[2][1], 'qgc', 'terrain.plan', '--sortie', 'B1.1', '--heights', 'terrain');
  const above = readPlan(fs.readFileSync(out, 'utf8'));
  const sea = readPlan(fs.readFileSync(path.join(dir, 'brindabella-qgc', 'B1.1.plan'), 'utf8'));
  // The ground under each way point: between the four nearest cells' centres, read by gdallocationinfo.
  const way = above.mission.items.map((v, i) => [v, sea.mission.items[i]]).filter(([v]) => v.frame === 10);
  const dem = 'examples/brindabella/dem/S36E149_south_west.tif';
  const [x0, dx, , y0, , dy] = JSON.parse(tool('gdalinfo', ['-json', dem])).geoTransform;
  const cells = way.map(([v]) => [(v.params[5] - x0) / dx - 0.5, (v.params[4] - y0) / dy - 0.5]);
  const corners = cells.flatMap(([x, y]) => [[0, 0], [1, 0], [0, 1], [1, 1]].map(([i, j]) => `${Math.floor(x) + i} ${Math.floor(y) + j}`));
  const z = tool('gdallocationinfo', ['-valonly', dem], corners.join('\n') + '\n').trim().split('\n').map(Number);
  const ground = cells.map(([x, y], k) => {
    const [fx, fy] = [x % 1, y % 1], [a, b, c, d] = z.slice(4 * k, 4 * k + 4);
    return (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy;
  });
  const off = way.map(([v, s], i) => Math.abs(s.params[6] - v.params[6] - ground[i]));
  console.log(`        ${way.length} way points, ground differs from GDAL's by ${Math.max(...off).toFixed(2)} m at most`);
  check(way.length > 5 && Math.max(...off) < 0.3, `heights above the ground: ${off}`);
  const landing = above.mission.items.findIndex((v) => v.command === 189);
  const kept = above.mission.items.filter((v, i) => v.command === 22 || i >= landing);
  check(kept.length === 4 && kept.every((v) => v.frame !== 10), 'take-off and landing keep their heights');
  check(run(['check', plan, watch]).code === 0, 'the plan itself holds');
});

// Frames of a telemetry log: 8 bytes of time before each.
function frames(tlog) {
  const list = [];
  for (let at = 8; at + 12 <= tlog.length;) {
    const n = 12 + tlog[at + 1] + (tlog[at + 2] & 1 ? 13 : 0);
    list.push(tlog.subarray(at, at + n));
    at += n + 8;
  }
  return list;
}
async function decode(list) {
  const packets = [], input = new PassThrough();
  const parser = input.pipe(new MavLinkPacketSplitter()).pipe(new MavLinkPacketParser());
  parser.on('data', (p) => packets.push(p));
  for (const b of list) input.write(b);
  input.end();
  await new Promise((r) => parser.on('end', r).on('close', r));
  return packets;
}

await test('the mission in the file is the mission on the wire, decoded by node-mavlink', async () => {
  const [, watch] = watches[0], record = path.join(dir, 'wire.vigie');
  const s = await station([watch, '--sim', '--speed', '20', '--plan', path.join(dir, 'post.json'), '--record', record, '--port-base', '29300']);
  const snap = await s.until('a sortie in the air', (x) => x.sorties.some((o) => o.state === 'flying'), 60);
  const flying = snap.sorties.find((o) => o.state === 'flying');
  await s.stop();
  const logs = fs.readdirSync(`${record}.d`).filter((n) => n.endsWith('.tlog')).flatMap((n) => frames(fs.readFileSync(path.join(`${record}.d`, n))));
  const sysid = Number(/\d+/.exec(flying.drone)[0]); // P1, P2: by their place in the list
  const sent = (await decode(logs)).filter((p) => p.header.msgid === 73 && p.header.sysid === 255)
    .map((p) => p.protocol.data(p.payload, common.MissionItemInt)).filter((m) => m.targetSystem === sysid && m.missionType === 0);
  const items = [];
  for (const m of sent) items[m.seq] ??= m; // the first upload
  const plan = readPlan(fs.readFileSync(path.join(dir, 'post-qgc', `${flying.drone}.1.plan`), 'utf8'));
  check(items.length === plan.mission.items.length + 1, `${items.length} items on the wire, ${plan.mission.items.length} and home in the file`);
  const f = Math.fround;
  const same = (a, b) => (b === null ? Number.isNaN(a) : f(a) === f(b));
  plan.mission.items.forEach((v, i) => {
    const m = items[i + 1];
    const [x, y] = v.Altitude === undefined ? [v.params[4], v.params[5]] : [Math.round(v.params[4] * 1e7), Math.round(v.params[5] * 1e7)];
    check(m.command === v.command && m.frame === v.frame && m.x === x && m.y === y && same(m.z, v.params[6]) && [m.param1, m.param2, m.param3, m.param4].every((p, k) => same(p, v.params[k])),
      `item ${i + 1}: ${JSON.stringify(v)} on the wire ${JSON.stringify(m)}`);
  });
  const home = plan.mission.plannedHomePosition;
  check(items[0].x === Math.round(home[0] * 1e7) && items[0].y === Math.round(home[1] * 1e7) && near(items[0].z, home[2], 0.005), 'home is item 0');
});

await test('a plan that would release something is read for its geometry alone', () => {
  const simple = (command, params) => ({ type: 'SimpleItem', autoContinue: true, command, doJumpId: 1, frame: 3, params });
  const foreign = file('foreign.plan', JSON.stringify({ fileType: 'Plan', version: 1, groundStation: 'QGroundControl', geoFence: { version: 2, polygons: [], circles: [{ version: 1, inclusion: true, circle: { center: [14.54, -11.36], radius: 20000 } }] },
    mission: { version: 2, firmwareType: 3, vehicleType: 1, cruiseSpeed: 20, hoverSpeed: 5, globalPlanAltitudeMode: 1, plannedHomePosition: [14.49, -11.37, 0], items: [
      simple(22, [15, 0, 0, null, 14.49, -11.37, 50]), simple(16, [0, 0, 0, null, 14.5, -11.36, 50]), simple(183, [9, 1900, 0, 0, 0, 0, 0]),
      simple(211, [1, 0, 0, 0, 0, 0, 0]), simple(16, [0, 0, 0, null, 14.59, -11.36, 50]), simple(208, [2, 0, 0, 0, 0, 0, 0]), simple(20, [0, 0, 0, 0, 0, 0, 0])] },
    rallyPoints: { version: 2, points: [] } }));
  const watch = file('foreign.yaml', `${post.replace('points: [[14.50, -11.36], [14.59, -11.36]]', `file: ${path.basename(foreign)}`)}zones: foreign.plan\n`);
  const plan = path.join(dir, 'foreign.json');
  const r = run(['plan', watch, '-o', plan, '--lang', 'en']);
  check(r.code === 0 && r.err.includes('foreign.plan: only its geometry is read; left out, and never flown: MAV_CMD 183, MAV_CMD 211, MAV_CMD 208'), r.err);
  check(/^Post: 10 km of line/.test(r.out), r.out);
  check(run(['plan', watch, '--lang', 'fr']).err.includes('jamais volé : MAV_CMD 183'), 'in French');
  const folder = exported(plan, watch, 'qgc', 'foreign-qgc');
  for (const n of fs.readdirSync(folder)) {
    const p = readPlan(fs.readFileSync(path.join(folder, n), 'utf8')); // refuses 183, 211, 208
    check(p.geoFence.polygons.length === 1 && p.geoFence.polygons[0].polygon.length === 64, `${n}: the circle bounds it`);
  }
});

await test('what Vigie writes it reads: lines and zones from its own files', () => {
  const [, watch] = watches[0];
  const length = (yaml) => Number(/([\d,.]+) km of line/.exec(run(['plan', yaml, '--lang', 'en']).out)?.[1]);
  const lengths = ['P1.1.plan', 'post.kml', 'post.gpx'].map((n) => {
    const source = n.endsWith('.plan') ? path.join('post-qgc', n) : n;
    return length(file(`again-${n}.yaml`, `${post.replace('points: [[14.50, -11.36], [14.59, -11.36]]', `file: ${source}`)}zones: post.kml\n`));
  });
  check(lengths.every((l) => l > 10), `${lengths} km`);
  check(lengths[1] === lengths[2], `KML and GPX are the same lines: ${lengths}`);
  const back = exported(path.join(dir, 'post.json'), file('again.yaml', `${post}zones: post.kml\n`), 'geojson', 'again.geojson');
  const zones = (f) => ogr(f).filter((x) => x.geometry.type === 'Polygon').map((x) => JSON.stringify([x.properties.kind, x.properties.name, [...x.geometry.coordinates[0]].map((c) => c.join()).sort()])).sort();
  const want = zones(exported(path.join(dir, 'post.json'), watch, 'geojson', 'want.geojson'));
  check(want.length === 3 && JSON.stringify(zones(back)) === JSON.stringify(want), `${zones(back)}`);
});

await test('what cannot be exported is refused with words', () => {
  const [, watch] = watches[0], plan = path.join(dir, 'post.json');
  const out = path.join(dir, 'refused');
  const refused = (code, words, ...args) => {
    for (const lang of ['en', 'fr']) {
      const r = run(['export', ...args, '--lang', lang]);
      check(r.code === code && (lang === 'fr' || r.err.includes(words)), `${code} "${words}", got ${r.code} ${r.err}`);
    }
    check(!fs.existsSync(out), 'nothing was written');
  };
  refused(2, '--as takes geotiff (of a record)', plan, '--watch', watch, '--as', 'shp', '-o', out);
  refused(2, 'a record or a plan, --watch and -o are wanted', plan, '--as', 'qgc');
  refused(2, '--at and --gsd go with a record', plan, '--watch', watch, '--as', 'kml', '-o', out, '--gsd', '1');
  refused(2, '--autopilot takes ardupilot or px4', plan, '--watch', watch, '--as', 'qgc', '-o', out, '--autopilot', 'betaflight');
  refused(2, '--autopilot goes with --as qgc', plan, '--watch', watch, '--as', 'kml', '-o', out, '--autopilot', 'px4');
  refused(2, 'PX4 refuses heights above the terrain', plan, '--watch', watch, '--as', 'qgc', '-o', out, '--autopilot', 'px4', '--heights', 'terrain');
  refused(2, '--sortie, --heights and --autopilot go with a plan', plan, '--watch', watch, '--as', 'geotiff', '-o', out, '--sortie', 'P1.1');
  refused(2, '--heights takes msl or terrain', plan, '--watch', watch, '--as', 'qgc', '-o', out, '--heights', 'agl');
  refused(2, '--heights terrain goes with --as qgc', plan, '--watch', watch, '--as', 'gpx', '-o', out, '--heights', 'terrain');
  refused(3, 'has no sortie "P9.9"', plan, '--watch', watch, '--as', 'qgc', '-o', out, '--sortie', 'P9.9');
  refused(3, 'is a record; --as kml takes a plan', path.join(dir, 'wire.vigie'), '--watch', watch, '--as', 'kml', '-o', out);
  refused(3, 'is not a record of Vigie', plan, '--watch', watch, '--as', 'geotiff', '-o', out);
  refused(3, 'names a drone or base the watch does not have', path.join(dir, 'kayes.json'), '--watch', watch, '--as', 'qgc', '-o', out);
  refused(4, 'post.json', plan + '.none', '--watch', watch, '--as', 'qgc', '-o', out);
});

finish();
