// Cut a line out of a country outline (GeoJSON polygons), for the examples. Not needed to build Vigie.
//
//   node cut-outline.mjs OUTLINES.geojson ISO2 [--from LON,LAT --to LON,LAT] [--simplify METRES] [--name TEXT] > line.geojson
//
// The largest ring of the country is taken in the file's own order; --from and --to name its nearest vertices and the
// piece that runs forward from the first to the second is kept (over the ring's seam if need be). Without them the whole
// ring is kept, closed. --simplify is Douglas-Peucker in the local plane, so what is left out lies within METRES of the line.
import fs from 'node:fs';

const M_PER_DEG = 111195; // good to 0.5 %, enough to compare distances while cutting

function parseArgs(argv) {
    const opts = { rest: [] };
    for (let i = 0; i < argv.length; i++) {
        if (argv[i].startsWith('--')) opts[argv[i].slice(2)] = argv[++i];
        else opts.rest.push(argv[i]);
    }
    return opts;
}

function largestRing(file, iso2) {
    const doc = JSON.parse(fs.readFileSync(file, 'utf8'));
    const feature = doc.features.find((f) => f.properties.iso2 === iso2);
    if (!feature) throw new Error(`no country ${iso2} in ${file}`);
    const g = feature.geometry;
    const polygons = g.type === 'Polygon' ? [g.coordinates] : g.coordinates;
    return polygons.map((p) => p[0]).reduce((a, b) => (b.length > a.length ? b : a));
}

const toPlane = (p, lat0) => [p[0] * Math.cos((lat0 * Math.PI) / 180) * M_PER_DEG, p[1] * M_PER_DEG];

function nearestVertex(ring, text) {
    const want = text.split(',').map(Number);
    const [x, y] = toPlane(want, want[1]);
    let best = 0;
    let bestD = Infinity;
    ring.forEach((p, i) => {
        const [px, py] = toPlane(p, want[1]);
        const d = Math.hypot(px - x, py - y);
        if (d < bestD) [best, bestD] = [i, d];
    });
    return best;
}

function cut(ring, from, to) {
    const open = ring.slice(0, -1);
    const a = nearestVertex(open, from);
    const b = nearestVertex(open, to);
    return a <= b ? open.slice(a, b + 1) : [...open.slice(a), ...open.slice(0, b + 1)];
}

function distanceToChord(p, a, b) {
    const lat0 = (a[1] + b[1]) / 2;
    const [px, py] = toPlane(p, lat0);
    const [ax, ay] = toPlane(a, lat0);
    const [bx, by] = toPlane(b, lat0);
    const len2 = (bx - ax) ** 2 + (by - ay) ** 2;
    const t = len2 > 0 ? Math.min(1, Math.max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / len2)) : 0;
    return Math.hypot(px - ax - t * (bx - ax), py - ay - t * (by - ay));
}

function simplify(points, tolerance) {
    const keep = new Set([0, points.length - 1]);
    const todo = [[0, points.length - 1]];
    while (todo.length) {
        const [i, j] = todo.pop();
        let worst = -1;
        let worstD = tolerance;
        for (let k = i + 1; k < j; k++) {
            const d = distanceToChord(points[k], points[i], points[j]);
            if (d > worstD) [worst, worstD] = [k, d];
        }
        if (worst > 0) {
            keep.add(worst);
            todo.push([i, worst], [worst, j]);
        }
    }
    return points.filter((_, i) => keep.has(i));
}

const opts = parseArgs(process.argv.slice(2));
const [file, iso2] = opts.rest;
let line = largestRing(file, iso2);
if (opts.from) line = cut(line, opts.from, opts.to);
if (opts.simplify) line = simplify(line, Number(opts.simplify));
line = line.map((p) => [Number(p[0].toFixed(5)), Number(p[1].toFixed(5))]);
line = line.filter((p, i) => i === 0 || p[0] !== line[i - 1][0] || p[1] !== line[i - 1][1]);
const points = line.map((p) => JSON.stringify(p)).join(',\n');
const properties = JSON.stringify({ name: opts.name ?? iso2 });
process.stdout.write(
    `{"type":"FeatureCollection","features":[\n{"type":"Feature","properties":${properties},` +
        `"geometry":{"type":"LineString","coordinates":[\n${points}\n]}}]}\n`
);
