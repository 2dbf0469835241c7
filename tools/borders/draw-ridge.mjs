// Draw a line along the ridges of an SRTM tile through given points, for the examples. Not needed to build Vigie.
//
//   node draw-ridge.mjs S36E149.hgt NAME LAT,LON LAT,LON ... > line.geojson     (first point again at the end: a closed line)
//
// Between two points it is the cheapest way over the tile's cells (Dijkstra, eight neighbours), where a metre costs less the higher the
// cell stands above the mean of the 1.6 km square round it. The way is then thinned (Douglas-Peucker, 40 m).
import fs from 'node:fs';

const N = 1201; // cells of a 3 arc-second tile, row 0 north, 16-bit big-endian metres
const M_PER_DEG = 111195;
const REACH = 9; // cells each way for the mean

const [file, name, ...pointTexts] = process.argv.slice(2);
const [, ns, lat0Text, ew, lon0Text] = /([NS])(\d\d)([EW])(\d\d\d)\.hgt$/.exec(file);
const lat0 = Number(lat0Text) * (ns === 'S' ? -1 : 1);
const lon0 = Number(lon0Text) * (ew === 'W' ? -1 : 1);
const raw = fs.readFileSync(file);
const height = new Float64Array(N * N);
for (let i = 0; i < N * N; i++) height[i] = raw.readInt16BE(2 * i);

// Sums over boxes through a summed-area table.
const sum = new Float64Array((N + 1) * (N + 1));
for (let r = 0; r < N; r++)
    for (let c = 0; c < N; c++)
        sum[(r + 1) * (N + 1) + c + 1] =
            height[r * N + c] + sum[r * (N + 1) + c + 1] + sum[(r + 1) * (N + 1) + c] - sum[r * (N + 1) + c];

function meanAround(r, c) {
    const [r0, r1] = [Math.max(0, r - REACH), Math.min(N, r + REACH + 1)];
    const [c0, c1] = [Math.max(0, c - REACH), Math.min(N, c + REACH + 1)];
    const s = sum[r1 * (N + 1) + c1] - sum[r0 * (N + 1) + c1] - sum[r1 * (N + 1) + c0] + sum[r0 * (N + 1) + c0];
    return s / ((r1 - r0) * (c1 - c0));
}

const weight = new Float64Array(N * N);
for (let r = 0; r < N; r++)
    for (let c = 0; c < N; c++) {
        const above = Math.max(-100, Math.min(100, height[r * N + c] - meanAround(r, c)));
        weight[r * N + c] = Math.exp(-above / 45);
    }

const cellOf = ([lat, lon]) => Math.round((lat0 + 1 - lat) * (N - 1)) * N + Math.round((lon - lon0) * (N - 1));
const pointOf = (i) => [lon0 + (i % N) / (N - 1), lat0 + 1 - Math.floor(i / N) / (N - 1)];
const dy = M_PER_DEG / (N - 1);
const dx = dy * Math.cos(((lat0 + 0.5) * Math.PI) / 180);

class Heap {
    constructor() {
        this.items = [];
    }
    push(key, value) {
        const a = this.items;
        let i = a.push([key, value]) - 1;
        while (i > 0 && a[(i - 1) >> 1][0] > a[i][0]) {
            [a[i], a[(i - 1) >> 1]] = [a[(i - 1) >> 1], a[i]];
            i = (i - 1) >> 1;
        }
    }
    pop() {
        const a = this.items;
        const top = a[0];
        const last = a.pop();
        if (a.length) {
            a[0] = last;
            for (let i = 0; ; ) {
                let k = i;
                for (const j of [2 * i + 1, 2 * i + 2]) if (j < a.length && a[j][0] < a[k][0]) k = j;
                if (k === i) break;
                [a[i], a[k]] = [a[k], a[i]];
                i = k;
            }
        }
        return top;
    }
}

function cheapestWay(from, to) {
    const cost = new Float64Array(N * N).fill(Infinity);
    const before = new Int32Array(N * N).fill(-1);
    const heap = new Heap();
    cost[from] = 0;
    heap.push(0, from);
    while (heap.items.length) {
        const [k, i] = heap.pop();
        if (i === to) break;
        if (k > cost[i]) continue;
        const [r, c] = [Math.floor(i / N), i % N];
        for (let dr = -1; dr <= 1; dr++)
            for (let dc = -1; dc <= 1; dc++) {
                const [rr, cc] = [r + dr, c + dc];
                if ((!dr && !dc) || rr < 0 || cc < 0 || rr >= N || cc >= N) continue;
                const j = rr * N + cc;
                const nk = k + (Math.hypot(dr * dy, dc * dx) * (weight[i] + weight[j])) / 2;
                if (nk < cost[j]) {
                    cost[j] = nk;
                    before[j] = i;
                    heap.push(nk, j);
                }
            }
    }
    const way = [];
    for (let i = to; i >= 0; i = before[i]) way.push(i);
    return way.reverse();
}

function thin(points, tolerance) {
    const far = (p, a, b) => {
        const [bx, by] = [((b[0] - a[0]) * dx) / dy, b[1] - a[1]];
        const [px, py] = [((p[0] - a[0]) * dx) / dy, p[1] - a[1]];
        const t = Math.max(0, Math.min(1, (px * bx + py * by) / (bx * bx + by * by || 1)));
        return Math.hypot(px - t * bx, py - t * by) * M_PER_DEG;
    };
    let worst = 0;
    let worstD = tolerance;
    for (let k = 1; k < points.length - 1; k++) {
        const d = far(points[k], points[0], points.at(-1));
        if (d > worstD) [worst, worstD] = [k, d];
    }
    if (!worst) return [points[0], points.at(-1)];
    return [...thin(points.slice(0, worst + 1), tolerance).slice(0, -1), ...thin(points.slice(worst), tolerance)];
}

const stops = pointTexts.map((t) => cellOf(t.split(',').map(Number)));
let line = [];
for (let k = 0; k + 1 < stops.length; k++) {
    const piece = thin(cheapestWay(stops[k], stops[k + 1]).map(pointOf), 40);
    line = line.concat(k ? piece.slice(1) : piece);
}
const points = line.map((p) => JSON.stringify(p.map((x) => Number(x.toFixed(5))))).join(',\n');
process.stdout.write(
    `{"type":"FeatureCollection","features":[\n{"type":"Feature","properties":{"name":${JSON.stringify(name)}},` +
        `"geometry":{"type":"LineString","coordinates":[\n${points}\n]}}]}\n`
);
