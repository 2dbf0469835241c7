// What the station says of lines and ground, read again with ogrinfo, gdalwarp and gdallocationinfo.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { check, finish, run, scratch, station, test } from '../../station/harness.mjs';

const dir = scratch();
const tool = (name, args, input) => {
  const r = spawnSync(name, args, { encoding: 'utf8', input, maxBuffer: 1 << 28 });
  if (r.status !== 0) throw new Error(`${name} ${args.join(' ')}: ${r.stderr}`);
  return r.stdout;
};

// Length on the WGS 84 ellipsoid, segments straight in longitude and latitude as RFC 7946 has them: SpatiaLite through GDAL.
function geodesic_m(file) {
  const layer = /^\d+: (.+?)(?: \(|$)/m.exec(tool('ogrinfo', ['-ro', '-q', file]))[1];
  const out = tool('ogrinfo', ['-ro', '-q', file, '-dialect', 'sqlite', '-sql',
    `select sum(st_length(st_segmentize(geometry, 0.002), 1)) as m from "${layer}"`]);
  return Number(/m \(Real\) = ([\d.]+)/.exec(out)[1]);
}

const geojson = (name, coordinates) => {
  const file = path.join(dir, `${name}.geojson`);
  fs.writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates } }] }));
  return file;
};

const raw_bytes = (file, bands) => {
  const raw = path.join(dir, 'bytes.raw');
  tool('gdal_translate', ['-q', '-of', 'ENVI', '-co', 'INTERLEAVE=BSQ', ...bands.flatMap((b) => ['-b', String(b)]), file, raw]);
  return fs.readFileSync(raw);
};
// Slope (degrees) and shade (1 to 255) of the same square by gdaldem, with the map's scale at the latitude taken out.
function gdaldem(kind, dem, z, x, y, lat) {
  const half = 20037508.342789244, side = (2 * half) / 2 ** z, px = side / 256;
  const warped = path.join(dir, 'rim.tif'), out = path.join(dir, `${kind}.tif`);
  tool('gdalwarp', ['-q', '-overwrite', '-t_srs', 'EPSG:3857', '-te', ...[x * side - half - px, half - (y + 1) * side - px, (x + 1) * side - half + px, half - y * side + px].map(String),
    '-ts', '258', '258', '-r', 'bilinear', '-wo', 'XSCALE=1', '-wo', 'YSCALE=1', '-et', '0', '-ot', 'Float32', dem, warped]);
  tool('gdaldem', [kind, warped, out, '-q', '-s', String(Math.cos((lat * Math.PI) / 180)), ...(kind === 'hillshade' ? ['-az', '315', '-alt', '45', '-z', String(Math.max(1, 2 ** (0.3 * (15 - z))))] : [])]);
  const raw = path.join(dir, 'dem.raw');
  tool('gdal_translate', ['-q', '-of', 'ENVI', '-ot', 'Float32', '-srcwin', '1', '1', '256', '256', out, raw]);
  const b = fs.readFileSync(raw);
  return Float32Array.from({ length: 65536 }, (_, i) => b.readFloatLE(4 * i));
}

// Our tile as metres, and gdalwarp's of the same square (a scale of 1: sampled, not averaged, where the tile is coarser).
function tile_heights(png) {
  const raw = path.join(dir, 'tile.raw');
  tool('gdal_translate', ['-q', '-of', 'ENVI', '-co', 'INTERLEAVE=BIP', png, raw]);
  const b = fs.readFileSync(raw);
  return Float64Array.from({ length: 65536 }, (_, i) => b[3 * i] * 256 + b[3 * i + 1] + b[3 * i + 2] / 256 - 32768);
}
function warped_heights(dem, z, x, y) {
  const half = 20037508.342789244, side = (2 * half) / 2 ** z;
  const raw = path.join(dir, 'warp.raw');
  tool('gdalwarp', ['-q', '-overwrite', '-t_srs', 'EPSG:3857', '-te', ...[x * side - half, half - (y + 1) * side, (x + 1) * side - half, half - y * side].map(String),
    '-ts', '256', '256', '-r', 'bilinear', '-wo', 'XSCALE=1', '-wo', 'YSCALE=1', '-et', '0', '-ot', 'Float32', '-dstnodata', '-32768', '-of', 'ENVI', dem, raw]);
  const b = fs.readFileSync(raw);
  return Float32Array.from({ length: 65536 }, (_, i) => b.readFloatLE(4 * i));
}
const tile_of = (lon, lat, z) => {
  const phi = (lat * Math.PI) / 180;
  return [Math.floor(((lon + 180) / 360) * 2 ** z), Math.floor(((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2) * 2 ** z)];
};

await test('borders of vigie new: GDAL reads them and measures what vigie plan says', async () => {
  for (const border of ['ML-SN', 'FR-ES', 'NP-IN']) {
    const at = path.join(dir, border);
    check(run(['new', at, '--border', border]).code === 0, `vigie new --border ${border}`);
    const file = fs.readdirSync(at).map((n) => path.join(at, n)).find((n) => n.endsWith('json'));
    const want = geodesic_m(file);
    const said = /([\d,.]+) km of line/.exec(run(['plan', path.join(at, 'watch.yaml'), '-o', path.join(at, 'plan.json'), '--lang', 'en']).out);
    check(said && Math.abs(Number(said[1]) - want / 1000) <= 0.51, `${border}: ${said?.[1]} km, GDAL ${(want / 1000).toFixed(3)} km`);
  }
});

for (const [name, watch, dem, port] of [
  ['kayes', 'examples/kayes/watch.yaml', 'examples/kayes/dem/kayes_etopo5.tif', '29100'],
  ['brindabella', 'examples/brindabella/watch.yaml', 'examples/brindabella/dem/S36E149_south_west.tif', '29200'],
]) {
  await test(`${name}: line, way and tiles of the running station`, async () => {
    const s = await station([watch, '--sim', '--speed', '20', '--record', path.join(dir, `${name}.vigie`), '--port-base', port]);
    const w = (await s.get('/api/watch')).json;
    for (const [i, line] of w.lines.entries()) {
      const want = geodesic_m(geojson(`${name}-${i}`, line.coordinates));
      // The page's line is thinned for drawing: a little shorter.
      check(line.length_m >= want - 1 && line.length_m - want < want / 50, `${line.name}: ${line.length_m} m, drawn ${want} m`);
      check(Math.abs(line.s_m.at(-1) - line.length_m) < 1, 's_m ends at the end of the line');
    }
    const snap = await s.until('a sortie with a way', (x) => x.sorties.some((o) => o.state === 'flying'), 60);
    const sortie = snap.sorties.find((o) => o.state === 'flying').id;
    const way = (await s.get('/api/mission/' + encodeURIComponent(sortie))).json.coordinates;
    const info = tool('ogrinfo', ['-ro', '-al', '-so', geojson(`${name}-way`, way)]);
    check(/Geometry: 3D Line String/.test(info) && /Feature Count: 1/.test(info), 'the way of a sortie is a line with heights');
    // Heights under the way, as gdallocationinfo reads them: the way is above the ground but for its ends.
    const places = way.slice(1, -1);
    const ground = tool('gdallocationinfo', ['-wgs84', '-valonly', dem], places.map((p) => `${p[0]} ${p[1]}`).join('\n') + '\n').split('\n').map(Number);
    const low = places.filter((p, i) => p[2] < ground[i] - 5).length;
    check(low === 0, `${low} of ${places.length} points of the way lie under the ground`);
    let worst = 0, pixels = 0;
    const [lon, lat] = w.lines[0].coordinates[Math.floor(w.lines[0].coordinates.length / 2)];
    for (const z of [w.terrain.maxzoom, w.terrain.maxzoom - 1]) {
      const [tx, ty] = tile_of(lon, lat, z);
      const png = path.join(dir, 'tile.png');
      const answer = await s.get(`/tiles/dem/${z}/${tx}/${ty}.png`);
      check(answer.status === 200, `tile ${z}/${tx}/${ty}`);
      fs.writeFileSync(png, Buffer.from(answer.json));
      const ours = tile_heights(png), theirs = warped_heights(dem, z, tx, ty);
      for (let i = 0; i < 65536; i++) {
        if (theirs[i] <= -32000) continue;
        pixels++;
        worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
      }
    }
    console.log(`        ${pixels} pixels, worst difference ${worst.toFixed(3)} m`);
    check(pixels > 5000 && worst <= 0.1, `tiles: worst ${worst} m over ${pixels} pixels`);
    if (name === 'brindabella') {
      const z = w.terrain.maxzoom, [tx, ty] = tile_of(lon, lat, z);
      for (const [kind, dem_kind] of [['slope', 'slope'], ['shade', 'hillshade']]) {
        const png = path.join(dir, `${kind}.png`);
        fs.writeFileSync(png, Buffer.from((await s.get(`/tiles/relief/${kind}/${z}/${tx}/${ty}.png`)).json));
        const ours = raw_bytes(png, [1, 4]), theirs = gdaldem(dem_kind, dem, z, tx, ty, lat);
        let sum = 0, n = 0, far = 0;
        for (let i = 0; i < 65536; i++) {
          if (kind === 'shade' && theirs[i] === 0 && ours[65536 + i] === 0) continue; // no ground
          const alpha = ours[65536 + i] / 190, flat = Math.SQRT1_2;
          const mine = kind === 'slope' ? 3 + 42 * alpha : 1 + 254 * (ours[i] === 0 ? flat * (1 - alpha) : flat + (1 - flat) * alpha);
          if (kind === 'slope' && (alpha <= 0 || alpha >= 0.99)) continue;
          const off = Math.abs(mine - theirs[i]) / (kind === 'slope' ? 1 : 2.55);
          sum += off; n++; far = Math.max(far, off);
        }
        console.log(`        ${kind}: ${n} pixels, ${(sum / n).toFixed(3)} off in the mean, ${far.toFixed(2)} at most (degrees; percent of light)`);
        check(n > 20000 && sum / n < 0.3 && far < 2, `${kind} as gdaldem has it: mean ${sum / n}, worst ${far}`);
      }
      check((await s.get('/tiles/relief/contour/11/0/0.png')).status === 200 && (await s.get('/tiles/relief/other/11/0/0.png')).status === 404, 'contours; no other kind');
    }
    await s.stop();
  });
}

await test('what is seen from a point: gdal_viewshed on the same ground', async () => {
  const dem = 'examples/brindabella/dem/S36E149_south_west.tif';
  for (const [at, target] of [['-35.60,149.15,30', '2'], ['-35.75,149.20,100', '5']]) {
    const ours = path.join(dir, 'from.tif'), warped = path.join(dir, 'aeqd.tif'), theirs = path.join(dir, 'shed.tif');
    const r = run(['--json', 'sight', dem, '--at', at, '--target', target, '--range', '15km', '--cell', '90m', '-o', ours]);
    check(r.code === 0, `vigie sight: ${r.err}`);
    const told = JSON.parse(r.out);
    const [lat, lon, high] = at.split(',');
    const n = Number(/Size is (\d+), \1/.exec(tool('gdalinfo', [ours]))[1]), half = ((n - 1) / 2 + 0.5) * 90;
    tool('gdalwarp', ['-q', '-overwrite', '-t_srs', `+proj=aeqd +lat_0=${lat} +lon_0=${lon} +datum=WGS84 +units=m`, '-te', ...[-half, -half, half, half].map(String),
      '-tr', '90', '90', '-r', 'bilinear', '-wo', 'XSCALE=1', '-wo', 'YSCALE=1', '-et', '0', '-ot', 'Float32', dem, warped]);
    tool('gdal_viewshed', ['-q', '-ox', '0', '-oy', '0', '-oz', high, '-tz', target, '-md', '15000', '-cc', '0.85714', warped, theirs]);
    const flat = (file) => { tool('gdal_translate', ['-q', '-of', 'ENVI', file, path.join(dir, 'shed.raw')]); return fs.readFileSync(path.join(dir, 'shed.raw')); };
    const a = flat(ours), g = flat(theirs), m = Math.sqrt(g.length);
    let same = 0, all = 0, seen = 0;
    for (let row = 1; row < n - 1; row++) for (let col = 1; col < n - 1; col++) {
      const mine = a[row * n + col], off = (n - m) / 2;
      if (mine > 1 || row < off || col < off || row >= n - off || col >= n - off) continue;
      all++;
      seen += mine;
      same += (mine === 1) === (g[(row - off) * m + col - off] === 255);
    }
    console.log(`        from ${at}: ${seen} of ${all} cells seen, ${((100 * same) / all).toFixed(2)} % as gdal_viewshed`);
    // gdal_viewshed itself is wrong in 0.3 to 2.3 % of the cells (its interpolation of rings).
    check(all > 60000 && same / all > 0.97 && Math.abs(told.visible - seen) <= all / 50, `agreement ${same / all}`);
  }
  check(run(['sight', dem, '--at', '10,10,5']).code !== 0 && run(['sight', dem, '--at', 'x']).code === 3 && run(['sight', dem]).code === 2, 'no ground there; bad place; no question');
});

await test('the seen ground as a GeoTIFF: GDAL reads what the station says of each cell', async () => {
  const record = path.join(dir, 'post.vigie');
  const s = await station(['tests/station/post.yaml', '--sim', '--speed', '20', '--record', record, '--port-base', '29300']);
  await s.until('ground seen', (x) => x.bins.filter((b) => b > 0).length >= 6, 90);
  const w = (await s.get('/api/watch')).json;
  const [a, b] = [w.lines[0].coordinates[0], w.lines[0].coordinates.at(-1)];
  const asked = [];
  for (let i = 0; i < 120; i++) {
    const f = (i + 0.5) / 120, lon = a[0] + f * (b[0] - a[0]) + ((i % 5) - 2) * 0.001, lat = a[1] + f * (b[1] - a[1]);
    const c = await s.get(`/api/cell?lat=${lat.toFixed(6)}&lon=${lon.toFixed(6)}`);
    check(c.status === 200 && Math.abs(c.json.side_m) < 300, `a cell at ${lat}, ${lon}`);
    asked.push({ lon, lat, ...c.json });
  }
  check((await s.get('/api/cell?lat=0&lon=0')).status === 404 && (await s.get('/api/cell?lat=x&lon=0')).status === 400, 'no cell there; no such place');
  await s.stop();
  const tif = path.join(dir, 'seen.tif');
  const r = run(['export', record, '--as', 'geotiff', '--watch', 'tests/station/post.yaml', '-o', tif]);
  check(r.code === 0, `vigie export: ${r.err}`);
  check(!fs.existsSync(`${tif}.part`) && /Band 3 Block=256x256 Type=UInt32/.test(tool('gdalinfo', [tif])), 'three bands of whole numbers');
  const points = asked.map((p) => `${p.lon} ${p.lat}`).join('\n') + '\n';
  const values = tool('gdallocationinfo', ['-wgs84', '-valonly', tif], points).trim().split('\n').map(Number);
  check(values.length === 3 * asked.length, 'every place lies in the raster');
  let same = 0;
  const seen = asked.filter((p) => p.seen_s > 0).length;
  asked.forEach((p, i) => { same += values[3 * i] === p.seen_s && values[3 * i + 1] === p.looks; });
  console.log(`        ${asked.length} cells asked, ${seen} of them seen, ${same} the same in the raster`);
  // Some are seen again before the station stops; where pixels cover two cells the older one shows.
  check(seen > 20 && same > asked.length * 0.7, `${same} of ${asked.length} the same`);
  const fine = path.join(dir, 'fine.tif');
  check(run(['export', record, '--as', 'geotiff', '--watch', 'tests/station/post.yaml', '--gsd', '0.2', '-o', fine]).code === 0, 'only fine looks');
  const finer = tool('gdallocationinfo', ['-wgs84', '-valonly', fine], points).trim().split('\n').map(Number);
  check(asked.every((_, i) => finer[3 * i] <= Math.max(values[3 * i], 0) && (finer[3 * i] === 0 || finer[3 * i + 2] <= 20)), 'fine looks are a part of all');
  check(run(['export', record, '--as', 'geotiff', '--watch', 'examples/kayes/watch.yaml', '-o', fine]).code === 3, 'another line is refused');
  check(run(['export', record, '--as', 'geotiff', '--watch', 'tests/station/post.yaml', '--gsd', '0.01', '-o', fine]).code === 2, 'finer than looks are told apart is refused');

  // A moment half way through the sightings, as the replay says it and as the export has it; all looks, and those fine enough for a person.
  const replay = await station([record], { verb: 'replay' });
  const times = asked.map((p) => p.seen_s).filter((t) => t > 0).sort((u, v) => u - v);
  const then_s = times[times.length >> 1];
  for (const [query, gsd] of [['', []], ['&target=person', ['--gsd', '0.4']]]) {
    const out = path.join(dir, `then${gsd.length}.tif`);
    const done = run(['export', record, '--as', 'geotiff', '--watch', 'tests/station/post.yaml', '--at', new Date(then_s * 1000).toISOString(), ...gsd, '-o', out]);
    check(done.code === 0, `vigie export --at: ${done.err}`);
    const was = tool('gdallocationinfo', ['-wgs84', '-valonly', out], points).trim().split('\n').map(Number);
    let agree = 0, later = 0, n_seen = 0;
    for (const [i, p] of asked.entries()) {
      const c = (await replay.get(`/api/cell?lat=${p.lat.toFixed(6)}&lon=${p.lon.toFixed(6)}&t_us=${then_s * 1000000}${query}`)).json;
      agree += c.seen_s === was[3 * i] && c.looks === was[3 * i + 1];
      later += c.seen_s > then_s;
      n_seen += c.seen_s > 0;
    }
    console.log(`        half way${query}: ${n_seen} of ${asked.length} cells seen, ${agree} the same in the raster`);
    check(agree > asked.length * 0.7 && later === 0 && n_seen < seen && (gsd.length || n_seen > 10), `half way${query}: ${agree} the same, ${later} later, ${n_seen} of ${seen} seen`);
  }
  const z = 12, tx = Math.floor(((a[0] + 180) / 360) * 2 ** z), ty = Math.floor(((1 - Math.asinh(Math.tan((a[1] * Math.PI) / 180)) / Math.PI) / 2) * 2 ** z);
  const tileOf = async (q) => replay.get(`/tiles/seen/${z}/${tx}/${ty}.png${q}`);
  check((await tileOf(`?t_us=${then_s * 1000000}`)).status === 200 && (await tileOf('')).status === 200, 'tiles of then and of the end');
  check((await tileOf('?t_us=1')).status === 404 && (await tileOf('?gsd_m=x')).status === 400 && (await tileOf('?target=tank')).status === 400, 'before the record; not a number; no such target');
  await replay.stop();
});
await test('the installed library, from a C program of somebody else', async () => {
  const dem = 'examples/brindabella/dem/S36E149_south_west.tif', prefix = path.join(dir, 'usr');
  tool('cmake', ['--install', process.argv[2] ?? 'build/release', '--prefix', prefix]);
  const pc = fs.readdirSync(prefix, { recursive: true }).map((n) => path.join(prefix, n)).find((n) => n.endsWith('vigie-terrain.pc'));
  process.env.PKG_CONFIG_PATH = path.dirname(pc);
  const flags = tool('pkg-config', ['--cflags', '--libs', 'vigie-terrain']).trim().split(/\s+/);
  const exe = path.join(dir, 'example');
  tool('gcc', ['-std=c17', '-Wall', '-Wextra', '-Werror', '-x', 'c', 'tests/peers/gdal/somebody.c.in', '-x', 'none', '-o', exe, ...flags]);
  const [height, visible] = tool(exe, [dem, '-35.6', '149.15']).split(' ').map(Number);
  // A cell of 3 arc-seconds: the four centres around the point, by gdallocationinfo, hold the height between them.
  const around = tool('gdallocationinfo', ['-wgs84', '-valonly', dem], [-1, 1].flatMap((a) => [-1, 1].map((b) => `${149.15 + a / 2400} ${-35.6 + b / 2400}`)).join('\n') + '\n').trim().split('\n').map(Number);
  check(height >= Math.min(...around) - 1 && height <= Math.max(...around) + 1, `${height} m within ${around}`);
  const same = JSON.parse(run(['--json', 'sight', dem, '--at', '-35.6,149.15,30', '--range', '5km']).out);
  check(visible === same.visible && visible > 50, `${visible} cells seen, vigie sight says ${same.visible}`);
});

fs.rmSync(dir, { recursive: true });
finish();
