#!/usr/bin/env node
// Writes the planner's bench instances beside this file: lines cut from the border of Mali as Natural Earth draws it
// (examples/mali/natural-earth.geojson, public domain), each with equal revisits, with three classes and with smooth ones.
//   node tests/bench/plan/make-instances.mjs
// Bases are towns with coordinates to a hundredth of a degree. Crossings are places where a road meets the border, to some kilometres:
// made-up work, realistic in shape only.
import fs from 'node:fs';
import path from 'node:path';

const here = path.dirname(new URL(import.meta.url).pathname);
const out = path.join(here, 'instances');
const source = path.join(here, '../../../examples/mali/natural-earth.geojson');
const ring = JSON.parse(fs.readFileSync(source, 'utf8')).features[0].geometry.coordinates;

const BASES = { // lon, lat
  Kayes: [-11.44, 14.43], Nioro: [-9.58, 15.24], Nara: [-7.29, 15.17], Kenieba: [-11.25, 12.83], Bougouni: [-7.52, 11.45],
  Sikasso: [-5.80, 11.60], Koro: [-3.08, 14.07], Ansongo: [0.50, 15.66], Menaka: [2.40, 15.92], Tessalit: [0.98, 20.24],
  Taoudenni: [-3.98, 22.68], Lere: [-4.91, 15.71],
};
const CROSSINGS = [[-12.21, 14.46], [-9.35, 15.60], [-8.78, 11.95], [-5.65, 10.49], [-5.37, 11.13], [-4.90, 12.20], [-4.35, 13.10],
  [-2.90, 13.80], [0.70, 14.96], [3.02, 15.43], [2.97, 19.95], [0.95, 21.3], [-5.5, 15.5], [-7.45, 10.47], [-11.35, 12.5],
  [-7.05, 15.5], [-12.2, 14.8]];
const INSTANCES = {
  a: { what: '300 km about the Senegal river, 1 base, 3 drones', bases: ['Kayes'], drones: 3, middle: [-12.2, 14.8], km: 300 },
  b: { what: '1,500 km of the west, 4 bases, 15 drones', bases: ['Kenieba', 'Kayes', 'Nioro', 'Nara'], drones: 15, start: [-10.6, 12.3], km: 1500 },
  c: { what: 'the whole border, 12 bases, 80 drones', bases: Object.keys(BASES), drones: 80 },
};

const rad = Math.PI / 180;
function distanceKm([x1, y1], [x2, y2]) {
  const h = Math.sin((y2 - y1) * rad / 2) ** 2 + Math.cos(y1 * rad) * Math.cos(y2 * rad) * Math.sin((x2 - x1) * rad / 2) ** 2;
  return 2 * 6371.0088 * Math.asin(Math.sqrt(h));
}
const nearest = (p, to) => Math.min(...to.map((q) => distanceKm(p, q)));

// Vertices from vertex i on, forwards or backwards round the ring, for so many kilometres.
function piece(i, step, km) {
  const n = ring.length - 1;
  const points = [ring[((i % n) + n) % n]];
  for (let sum = 0, k = i; sum < km; k += step) {
    const a = ring[((k % n) + n) % n], b = ring[(((k + step) % n) + n) % n];
    const d = distanceKm(a, b);
    const f = Math.min(1, (km - sum) / d);
    points.push([+(a[0] + f * (b[0] - a[0])).toFixed(5), +(a[1] + f * (b[1] - a[1])).toFixed(5)]);
    sum += d;
  }
  return points;
}
function cut(inst) {
  if (!inst.km) return ring;
  const at = inst.start ?? inst.middle;
  const i0 = ring.reduce((best, p, k) => (distanceKm(p, at) < distanceKm(ring[best], at) ? k : best), 0);
  if (inst.middle) return [...piece(i0, -1, inst.km / 2).reverse(), ...piece(i0, 1, inst.km / 2).slice(1)];
  const bases = inst.bases.map((b) => BASES[b]);
  return [1, -1].map((s) => piece(i0, s, inst.km))
    .sort((p, q) => Math.max(...p.map((x) => nearest(x, bases))) - Math.max(...q.map((x) => nearest(x, bases))))[0];
}

// Minutes wanted d km from the nearest crossing.
const WISHES = {
  equal: () => 240,
  class: (d) => (d < 15 ? 120 : d < 75 ? 240 : 480),
  smooth: (d) => Math.floor(Math.min(10, 2 + d / 15) * 3) * 20,
};

// Runs of whole kilometres with one wish.
function stretches(points, wish) {
  const runs = [];
  let s = 0;
  const marks = [];
  for (let k = 0; k + 1 < points.length; k++) {
    const d = distanceKm(points[k], points[k + 1]);
    for (; marks.length < s + d; marks.push(
      [0, 1].map((q) => points[k][q] + (marks.length - s) / d * (points[k + 1][q] - points[k][q])))) ;
    s += d;
  }
  // The ellipsoid's kilometres and the sphere's differ by up to 0.3 %: the last ones are left to the last run.
  marks.slice(0, Math.floor(s * 0.995)).forEach((p, km) => {
    const w = wish(nearest(p, CROSSINGS));
    if (!runs.length || runs.at(-1).w !== w) runs.push({ from: km, w });
  });
  return runs.map((r, k) => `    - {from: ${r.from} km, ${k + 1 < runs.length ? `to: ${runs[k + 1].from} km, ` : ''}revisit: ${r.w}min}`);
}

for (const [id, inst] of Object.entries(INSTANCES)) {
  const points = cut(inst);
  fs.writeFileSync(path.join(out, `${id}.geojson`), '{"type":"FeatureCollection","features":[\n{"type":"Feature","properties":{"name":"line"},' +
    `"geometry":{"type":"LineString","coordinates":[\n${points.map((p) => `[${p}]`).join(',\n')}\n]}}]}\n`);
  for (const [kind, wish] of Object.entries(WISHES)) {
    const runs = stretches(points, wish);
    fs.writeFileSync(path.join(out, `${id}-${kind}.yaml`), `# ${inst.what}; ${kind} revisits. Written by make-instances.mjs.
name: ${id.toUpperCase()} ${kind}
line:
  file: ${id}.geojson
  revisit: 4h
  depth: 500m
${runs.length > 1 ? `  stretches:\n${runs.join('\n')}\n` : ''}bases:
${inst.bases.map((b) => `  - {name: ${b}, at: [${BASES[b][1]}, ${BASES[b][0]}], pads: 2}`).join('\n')}
cameras:   # so wide that it looks straight down: ground is seen as the drone passes over it
  wide: {pixels: [1920, 1080], hfov: 120deg, gimbal: 3-axis}
types:
  long-wing: {cruise: 25 m/s, endurance: 5h, reserve: 15%, turnaround: 45min, climb: 3 m/s, camera: wide, agl: 300m}
drones:   # no base: the planner deals them out
  - {id: V, count: ${inst.drones}, type: long-wing}
`);
  }
}
