// A stand-in for the station, for developing and measuring the page: serves the built page and the interface of docs/api.md
// with a made-up watch whose state is a plain function of time.
//   node feeder.mjs [--port 8090] [--drones 8] [--sectors 4] [--km 400] [--speed 20] [--lang fr] [--replay] [--calm] [--empty] [--traffic] [--tracks]
import { createServer } from "node:http";
import { readFileSync, existsSync } from "node:fs";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import zlib, { deflateSync } from "node:zlib";
import { WebSocketServer } from "ws";

const here = dirname(fileURLToPath(import.meta.url));
const option = (name, fallback) => {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? fallback : process.argv[i + 1];
};
const flag = (name) => process.argv.includes(`--${name}`);

const PORT = Number(option("port", 8090));
const N = Number(option("drones", 8));
const SECTORS = Number(option("sectors", 4));
const LENGTH = Number(option("km", 400)) * 1000;
const SPEED = Number(option("speed", 20));
const ROOT = option("root", join(here, "../../build/ui"));
const REPLAY = flag("replay");
const CALM = flag("calm");
const EMPTY = flag("empty");
const TRAFFIC = flag("traffic");
const TRACKS = flag("tracks");
const LINES = Number(option("lines", 1));
const PROMISE = 4 * 3600;
const CRUISE = 25;
const FLIGHT = 5 * 3600;
const BIN = 500;

// ---- the line: a wiggly way with kilometres along it
const RAD = Math.PI / 180;
const distance = (a, b) => {
  const dy = (b[1] - a[1]) * 111195;
  const dx = (b[0] - a[0]) * 111195 * Math.cos(((a[1] + b[1]) / 2) * RAD);
  return Math.hypot(dx, dy);
};

function wiggle() {
  const coords = [[-12.1, 14.3]];
  const s = [0];
  let heading = 1.2;
  for (let i = 1; s[s.length - 1] < LENGTH; i++) {
    heading = 1.35 + 0.9 * Math.sin(i / 37) + 0.7 * Math.sin(i / 11 + 1) + 0.35 * Math.sin(i / 3.3);
    const last = coords[coords.length - 1];
    const step = Math.min(450, LENGTH - s[s.length - 1]);
    const next = [last[0] + (step * Math.cos(heading - 1.2)) / (111195 * Math.cos(last[1] * RAD)), last[1] + (step * Math.sin(heading - 1.2)) / 111195];
    coords.push(next.map((v) => Math.round(v * 1e6) / 1e6));
    s.push(s[s.length - 1] + step);
  }
  return { coords, s };
}
const LINE = wiggle();

function at(s_m) {
  const s = Math.min(LENGTH, Math.max(0, s_m));
  const i = Math.min(LINE.s.length - 2, Math.floor(s / 450));
  const f = (s - LINE.s[i]) / (LINE.s[i + 1] - LINE.s[i] || 1);
  const a = LINE.coords[i];
  const b = LINE.coords[i + 1];
  return [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f];
}

// ---- time
const NOW0 = REPLAY ? Math.floor(Date.now() / 1000 / 3600) * 3600 : Date.now() / 1000;
const START = Math.floor(NOW0 - 9.3 * 3600);
const LOST_AT = START + 4.4 * 3600;
const wall0 = Date.now() / 1000;
const now = () => (REPLAY ? NOW0 : NOW0 + (Date.now() / 1000 - wall0) * SPEED);

// ---- sectors: swept to and fro; the second falls silent when its drone is lost
const SECTOR = LENGTH / SECTORS;
const LEG = SECTOR / CRUISE;
const UNREACHABLE_FROM = LENGTH * 0.965;
const silentAfter = (k) => (!CALM && k === 1 ? LOST_AT : Infinity);
const phase = (k) => START - (k * LEG) / SECTORS + 900;
const PER_SECTOR = Math.max(1, Math.floor(N / SECTORS));

/** Metres into the sector and direction at a time. */
function sweep(k, t) {
  const u = (((t - phase(k)) / LEG) % 2 + 2) % 2;
  return u < 1 ? { s: u * SECTOR, forward: true } : { s: (2 - u) * SECTOR, forward: false };
}

/** Times at which a place of the line is seen, between two times. */
function sightings(s_m, from, to) {
  const k = Math.min(SECTORS - 1, Math.floor(s_m / SECTOR));
  if (s_m > UNREACHABLE_FROM) return [];
  const f = (s_m - k * SECTOR) / SECTOR;
  const end = Math.min(to, silentAfter(k));
  const out = [];
  for (let n = Math.floor((from - phase(k)) / LEG / 2) - 1; ; n++) {
    const t = phase(k) + 2 * n * LEG;
    if (t > end) break;
    for (const x of [t + f * LEG, t + (2 - f) * LEG]) if (x >= Math.max(from, phase(k)) && x <= end) out.push(x);
  }
  return out;
}

const N_BINS = Math.ceil(LENGTH / BIN);
const lastSeen = (bin, t) => {
  const all = sightings((bin + 0.5) * BIN, t - 2 * LEG - 10, t);
  const old = all.length ? all : sightings((bin + 0.5) * BIN, START, t);
  return old.length ? Math.round(old[old.length - 1]) : 0;
};
const bins = (t) => Array.from({ length: N_BINS }, (_, b) => lastSeen(b, t));

// ---- drones
const baseAt = (k) => at((k + 0.5) * SECTOR).map((v, i) => v + (i ? 0.12 : 0.02));
const BASES = Array.from({ length: Math.min(4, SECTORS) }, (_, k) => ({ name: ["Kayes", "Bafoulabé", "Kéniéba", "Nioro"][k], lat: baseAt(Math.floor((k * SECTORS) / Math.min(4, SECTORS)))[1], lon: baseAt(Math.floor((k * SECTORS) / Math.min(4, SECTORS)))[0], pads: 2 }));
const ids = Array.from({ length: EMPTY ? 0 : N }, (_, i) => `V${i + 1}`);
const sectorOf = (i) => i % SECTORS;
const slotOf = (i) => Math.floor(i / SECTORS);

function sortieOf(i, t) {
  const n = Math.floor((t - START) / FLIGHT);
  const up = n % PER_SECTOR === slotOf(i) % PER_SECTOR;
  return { up, n, id: `K${sectorOf(i) + 1}#${n + 1}`, takeoff: START + n * FLIGHT, land: START + (n + 1) * FLIGHT };
}

function footprint(s, forward) {
  const [lon, lat] = at(s);
  const ahead = at(s + (forward ? 700 : -700));
  const a = Math.atan2(ahead[1] - lat, ahead[0] - lon);
  const corner = (r, w) => [lon + r * Math.cos(a) - w * Math.sin(a), lat + r * Math.sin(a) + w * Math.cos(a)].map((v) => Math.round(v * 1e6) / 1e6);
  return [corner(0.004, -0.005), corner(0.004, 0.005), corner(0.018, 0.011), corner(0.018, -0.011)];
}

const home = new Set();

function drone(i, t, trail_from) {
  const k = sectorOf(i);
  const so = sortieOf(i, t);
  const base = BASES[Math.min(BASES.length - 1, Math.floor((k * BASES.length) / SECTORS))];
  const lostNow = t > silentAfter(k) && slotOf(i) === 0;
  const id = ids[i];
  const way = { state: "up", used: true, satellite: false, delay_ms: 41, loss: 0.012, rssi: null, remote_rssi: null, noise: null, buffer_free: null };
  const links = [{ ...way, to: `udpin:0.0.0.0:${14550 + i}` }, { ...way, to: "serial:/dev/ttyUSB0:57600", used: false, state: i % 2 ? "closed" : "up", rssi: 70, noise: 15 }].slice(0, 1 + (i % 3 === 0 ? 1 : 0));
  const common = { id, mode: "AUTO", armed: true, note: "", heard_us: t * 1e6, signed: i % 2 ? "unsigned" : "signed", links };
  if (!lostNow && (!so.up || t > silentAfter(k))) {
    const wait = !CALM && i === SECTORS;
    return { ...common, armed: false, mode: "HOLD", state: wait ? "waiting" : slotOf(i) === 1 ? "turning" : "ready", phase: "", link: "fresh", lat: base.lat + 0.004 * slotOf(i), lon: base.lon + 0.004 * k, alt_msl_m: 90, agl_m: 0, heading_deg: 0, speed_mps: 0,
      battery: 0.62 + 0.3 * ((i % 5) / 5), sortie: wait ? `K${k + 1}#${so.n + 2}` : "", line: null, s_m: null, footprint: [], next: "takeoff", next_us: (wait ? t + 600 : so.land) * 1e6, trail: [] };
  }
  const when = lostNow ? LOST_AT : t;
  const { s, forward } = sweep(k, when);
  const s_m = Math.min(k * SECTOR + s, UNREACHABLE_FROM);
  const [lon, lat] = at(s_m);
  const ahead = at(s_m + (forward ? 400 : -400));
  const heading = (Math.atan2((ahead[0] - lon) * Math.cos(lat * RAD), ahead[1] - lat) / RAD + 360) % 360;
  const trail = [];
  for (let x = Math.max(trail_from, when - 600); x <= when; x += 15) {
    const p = at(Math.min(k * SECTOR + sweep(k, x).s, UNREACHABLE_FROM));
    trail.push([Math.round(x), p[0], p[1]]);
  }
  const stale = !CALM && i === 2 && Math.floor(t / 240) % 3 === 0;
  return { ...common, state: lostNow ? "lost" : home.has(id) ? "returning" : "flying", phase: "patrol", link: lostNow ? "lost" : stale ? "stale" : "fresh", heard_us: (lostNow ? LOST_AT : stale ? t - 6 : t) * 1e6,
    lat, lon, alt_msl_m: 420, agl_m: 300, heading_deg: Math.round(heading * 10) / 10, speed_mps: 25.1, battery: Math.max(0.12, 0.97 - ((t - so.takeoff) / FLIGHT) * 0.8), sortie: so.id, line: 0, s_m,
    footprint: lostNow ? [] : footprint(s_m, forward), next: PER_SECTOR > 1 ? "relief" : "land", next_us: so.land * 1e6, trail };
}

// ---- alerts and sorties: a few that are acted upon
const alerts = new Map();
const consents = new Map();
function firstAlerts() {
  if (CALM || EMPTY) return;
  const lost = SECTOR * 1.4;
  const put = (a) => alerts.set(a.id, { by: "", state: "open", last_us: a.t_us, ...a });
  const place = (s) => ({ lat: at(s)[1], lon: at(s)[0] });
  put({ id: "A1", kind: "heard_again", level: "info", state: "closed", by: "Aminata", t_us: (START + 7200) * 1e6, ...place(5000), params: { drone: "V3" } });
  put({ id: "A2", kind: "lost", level: "urgent", t_us: (LOST_AT + 10) * 1e6, ...place(lost), params: { drone: "V2", sortie: "K2#1", line: "ML-SN", from_km: (SECTOR * 1.2) / 1000, to_km: (SECTOR * 1.5) / 1000 } });
  put({ id: "A3", kind: "unseen", level: "urgent", t_us: (LOST_AT + PROMISE) * 1e6, ...place(lost), params: { line: "ML-SN", from_km: SECTOR / 1000, to_km: (SECTOR * 1.5) / 1000, age_s: 15000, promise_s: PROMISE, cause: "drone_lost", drone: "V2" } });
  put({ id: "A4", kind: "battery", level: "warning", t_us: (NOW0 - 2400) * 1e6, ...place(SECTOR * 2.5), params: { drone: "V3", battery: 0.21 } });
  put({ id: "A5", kind: "late_launch", level: "warning", state: "taken", by: "Moussa", t_us: (NOW0 - 4100) * 1e6, ...place(SECTOR * 0.5), params: { drone: "V5", sortie: "K1#3", late_s: 420 } });
}
firstAlerts();

// ---- other traffic: beside the first drone, and far above it
function others() {
  const d = drone(0, now(), now());
  const near = { id: "4CA2D6", space: "icao", kind: "plane", name: "EIN123", lat: d.lat, lon: d.lon + 0.4, age_s: 0.5, stale: false, alt_msl_m: d.alt_msl_m + 120, alt_error_p95_m: 45, alt_source: "geometric", course_deg: 270, speed_mps: 60, feeds: 1 };
  const contacts = [near, { ...near, id: "4CA2D7", name: "HIGH1", lat: d.lat + 0.4, alt_msl_m: 11000 }, { id: "244660274", space: "mmsi", kind: "ship", name: "MOPTI", lat: d.lat - 0.4, lon: d.lon, age_s: 40, stale: false, course_deg: 0, speed_mps: 4, feeds: 2 }];
  const alarm = { drone: ids[0], contact: near, level: "conflict", distance_m: 1830, bearing_deg: 92, vertical_m: 120, height_error_m: 45, closest_s: 22, closest_m: 310, closest_vertical_m: 110, advice: "descend", descend_m: 60 };
  return { given: true, t_us: now() * 1e6, above_m: 1500, contacts, alarms: [alarm], feeds: [] };
}
if (TRAFFIC) alerts.set("A9", { id: "A9", kind: "conflict", level: "urgent", state: "open", by: "", t_us: NOW0 * 1e6, last_us: NOW0 * 1e6, lat: null, lon: null, params: others().alarms[0] });

// ---- on the ground: a walker whom the first drone sees, a vehicle that it saw an hour ago, a herd's animal that ended; an alert for the walker
const reported = [];

function tracks(t) {
  if (!TRACKS) return [];
  const d = drone(0, t, t);
  const base = { motion: "walking", zone: "", alert: "", crossed_us: 0, relinked: 0, p: 0.98, line: 0 };
  const make = (k) => ({ ...base, t_us: Math.round(t * 1e6), born_us: Math.round((t - 400) * 1e6), class_p: { unknown: 0.01, person: 0.02, vehicle: 0.02, animal: 0.02, vessel: 0, [k.class]: 0.93 }, ...k });
  const at_us = (s) => Math.round((t - s) * 1e6);
  const sec = (s) => Math.round(t - s);
  const walker = make({ id: "T1", state: "confirmed", by: d.id, class: "person", seen_us: at_us(0), lat: d.lat + 0.01, lon: d.lon, ve: 1.2, vn: 0.3, cov: [400, 150, 100], error_m: 52, looks: 40, hits: 22, relinked: 1, s_m: d.s_m ?? 0, side_m: -320, alert: "A10", crossed_us: at_us(120),
    trail: [[sec(400), d.lon - 0.004, d.lat + 0.009], [sec(300), d.lon - 0.003, d.lat + 0.0095], [sec(60), d.lon - 0.001, d.lat + 0.01]], seen: [["V9", sec(400), sec(280)], [d.id, sec(90), sec(0)]] });
  const car = make({ id: "T2", state: "coasting", by: "V2", class: "vehicle", motion: "road", seen_us: at_us(3600), lat: d.lat - 0.02, lon: d.lon + 0.02, ve: 8, vn: 0, cov: [90000, 0, 40000], error_m: 734, looks: 12, hits: 9, s_m: 30000, side_m: 800, trail: [], seen: [["V2", sec(3700), sec(3600)]] });
  const goat = make({ id: "T3", state: "ended", by: "V3", class: "animal", motion: "still", seen_us: at_us(900), t_us: at_us(600), lat: d.lat, lon: d.lon - 0.05, ve: 0, vn: 0, cov: [25, 0, 25], error_m: 12, p: 0.01, looks: 8, hits: 5, s_m: 50000, side_m: 100, trail: [], seen: [["V3", sec(950), sec(900)]] });
  return [walker, car, goat];
}
if (TRACKS) alerts.set("A10", { id: "A10", kind: "track", level: "urgent", state: "open", by: "", t_us: NOW0 * 1e6, last_us: NOW0 * 1e6, lat: BASES[0].lat, lon: BASES[0].lon, params: { drone: "", tracks: ["T1", "T4", "T5"], n: 3, stage: 2, what: "crossed", class: "person", zone: "", by: "V1", seen_us: NOW0 * 1e6, error_m: 12, speed_mps: 1.2, heading_deg: 76, line: "ML-SN", km: 21.41, side_m: -320, ended: false } });

function sorties(t) {
  const out = [];
  ids.forEach((id, i) => {
    const so = sortieOf(i, t);
    const base = BASES[Math.min(BASES.length - 1, Math.floor((sectorOf(i) * BASES.length) / SECTORS))].name;
    if (so.up && t < silentAfter(sectorOf(i))) out.push({ id: so.id, drone: id, base_from: base, base_to: base, state: "flying", takeoff_us: so.takeoff * 1e6, land_us: so.land * 1e6, consent: "given", reason: "" });
    else if (!CALM && slotOf(i) === 1 && sectorOf(i) < 2) {
      const next = `K${sectorOf(i) + 1}#${so.n + 2}`;
      out.push({ id: next, drone: id, base_from: base, base_to: base, state: "verified", takeoff_us: so.land * 1e6, land_us: (so.land + FLIGHT) * 1e6, consent: consents.get(next) ?? "needed", reason: "" });
    }
  });
  return out;
}

function promise(t, all) {
  let worst = { ratio: 0, age: 0, bin: 0 };
  let ok = 0;
  let n = 0;
  for (let b = 0; b < N_BINS; b++) {
    if ((b + 0.5) * BIN > UNREACHABLE_FROM) continue;
    const age = t - (all[b] || START);
    n++;
    if (age <= PROMISE && all[b]) ok++;
    if (age / PROMISE > worst.ratio) worst = { ratio: age / PROMISE, age, bin: b };
  }
  const states = ids.map((_, i) => drone(i, t, t).state);
  const count = (...s) => states.filter((x) => s.includes(x)).length;
  return { state: worst.ratio > 1 ? "broken" : worst.ratio > 0.85 ? "at_risk" : ok < n ? "starting" : "kept", promise_s: PROMISE, worst_ratio: worst.ratio, worst_age_s: Math.round(worst.age), worst_line: 0,
    worst_m: worst.bin * BIN, seen_share: ok / n, up: count("flying", "returning"), turning: count("turning"), lost: count("lost") };
}

function snapshot(t, seq) {
  const all = bins(t);
  return { type: "snapshot", seq, t_us: Math.round(t * 1e6), start_us: START * 1e6, sim: true, speed: SPEED, promise: promise(t, all),
    drones: ids.map((_, i) => drone(i, t, t - 600)), alerts: [...alerts.values()].filter((a) => a.t_us <= t * 1e6 + 1e6), sorties: sorties(t), tracks: tracks(t), bins: all };
}

const WATCH = {
  name: "Kayes", promise_s: PROMISE, attribution: "© OpenStreetMap contributors · ETOPO5", start_us: START * 1e6, sim: true, speed: SPEED,
  from_us: REPLAY ? START * 1e6 : 0, to_us: REPLAY ? NOW0 * 1e6 : 0, bin_m: BIN,
  lines: [{ name: "ML-SN", length_m: LENGTH, offset_m: 0, first_bin: 0, n_bins: N_BINS, coordinates: LINE.coords, s_m: LINE.s }],
  stretches: [
    { id: "S1", name: "", line: 0, from_m: 0, to_m: UNREACHABLE_FROM, revisit_s: PROMISE, depth_m: 2000, unreachable: false, reason: "" },
    { id: "S2", name: "", line: 0, from_m: UNREACHABLE_FROM, to_m: LENGTH, revisit_s: PROMISE, depth_m: 2000, unreachable: true, reason: "" },
  ],
  bases: BASES,
  zones: [
    { name: "Diboli", kind: "privacy", coordinates: ring(at(LENGTH * 0.1), 0.09, 0.06) },
    { name: "Sadiola", kind: "no-fly", coordinates: ring(at(LENGTH * 0.55), 0.12, 0.05) },
    { name: "Gué", kind: "alert", coordinates: ring(at(LENGTH * 0.8), 0.05, 0.0) },
  ],
  places: [["Kayes", 14.44693, -11.44448, 78406], ["Bafoulabé", 13.8065, -10.8321, 26823], ["Diamou", 14.092, -11.269, 9000], ["Ambidédi", 14.58, -11.79, 7500], ["Sadiola", 13.9, -11.7, 12000], ["Nioro", 15.23, -9.59, 33486], ["Tambacounda", 13.77, -13.67, 107293], ["Kidira", 14.457, -12.216, 6500]].map(([name, lat, lon, population]) => ({ name, lat, lon, population })),
  drones: ids.map((id, i) => ({ id, type: "long-wing", base: BASES[i % BASES.length].name })),
  cells: true,
  terrain: { bounds: [-14, 12, -6, 18], maxzoom: 8 },
  plan: { period_s: 20000, worst_gap_s: 12000, bound_s: 11800, ratio: 1.017 },
};
if (LINES === 2) {
  // The same way cut in two, so that everything else stays as it is.
  const cut = Math.round(LENGTH / BIN / 2) * BIN;
  const k = LINE.s.findIndex((s) => s >= cut);
  const one = WATCH.lines[0];
  WATCH.lines = [
    { ...one, length_m: cut, n_bins: cut / BIN, coordinates: [...LINE.coords.slice(0, k), at(cut)], s_m: [...LINE.s.slice(0, k), cut] },
    { ...one, name: "ML-MR", length_m: LENGTH - cut, offset_m: cut + 10000, first_bin: cut / BIN, n_bins: N_BINS - cut / BIN, coordinates: [at(cut), ...LINE.coords.slice(k)], s_m: [0, ...LINE.s.slice(k).map((s) => s - cut)] },
  ];
  const end = LENGTH - cut;
  WATCH.stretches = [
    { ...WATCH.stretches[0], to_m: cut * 0.4 }, { ...WATCH.stretches[0], id: "S3", name: "Diamou", from_m: cut * 0.4, to_m: cut, revisit_s: 2 * PROMISE, depth_m: 5000 },
    { ...WATCH.stretches[0], id: "S4", line: 1, to_m: UNREACHABLE_FROM - cut }, { ...WATCH.stretches[1], line: 1, from_m: UNREACHABLE_FROM - cut, to_m: end },
  ];
}
function ring([lon, lat], r, off) {
  return Array.from({ length: 9 }, (_, i) => [lon + off + r * Math.cos((i * Math.PI) / 4), lat + off + r * 0.7 * Math.sin((i * Math.PI) / 4)]);
}

function chart(from, to) {
  const t1 = now();
  const flown = [];
  const planned = [];
  ids.forEach((drone, i) => {
    const k = sectorOf(i);
    for (let n = 0; n < 9; n++) {
      if (n % PER_SECTOR !== slotOf(i) % PER_SECTOR) continue;
      const a = START + n * FLIGHT;
      const b = Math.min(a + FLIGHT, silentAfter(k));
      const part = (t0, t2) => {
        const points = [];
        for (let t = Math.max(a, t0, from, phase(k)); t < Math.min(b, t2, to); t += 240) points.push([Math.round(t), k * SECTOR + sweep(k, t).s]);
        return points;
      };
      const done = part(START, t1);
      const due = part(t1, t1 + 12 * 3600);
      if (done.length > 1) flown.push({ drone, sortie: `K${k + 1}#${n + 1}`, points: done });
      if (due.length > 1) planned.push({ drone, sortie: `K${k + 1}#${n + 1}`, points: due });
    }
  });
  const seen = [];
  for (let b = 0; b < N_BINS; b++) for (const t of sightings((b + 0.5) * BIN, Math.max(START, from), Math.min(to, t1))) seen.push([b, Math.round(t)]);
  seen.sort((x, y) => x[1] - y[1]);
  return { from_us: from * 1e6, to_us: to * 1e6, flown, planned, seen };
}

// ---- elevation tiles: smooth made-up hills, Terrarium encoding
// Node 18 has no crc32.
const crc = zlib.crc32 ?? ((buf) => {
  let c = ~0;
  for (const b of buf) {
    c ^= b;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return ~c >>> 0;
});
const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
};
const hash = (x, y) => {
  const n = Math.sin(x * 127.1 + y * 311.7) * 43758.5453;
  return n - Math.floor(n);
};
function noise(x, y) {
  const [i, j] = [Math.floor(x), Math.floor(y)];
  const s = (f) => f * f * (3 - 2 * f);
  const [u, v] = [s(x - i), s(y - j)];
  return (hash(i, j) * (1 - u) + hash(i + 1, j) * u) * (1 - v) + (hash(i, j + 1) * (1 - u) + hash(i + 1, j + 1) * u) * v;
}
/** Ridges in five octaves, 0..1. */
function hills(x, y) {
  let sum = 0;
  for (let o = 0, a = 0.5, f = 1; o < 5; o++, a /= 2, f *= 2.1) sum += a * (1 - Math.abs(2 * noise(x * f, y * f) - 1));
  return sum;
}
/** A PNG of 256 x 256 pixels of some bytes each; put(raw, offset, column, row) writes one. */
function png(bytes, put) {
  const n = 256;
  const raw = Buffer.alloc(n * (1 + n * bytes));
  for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) put(raw, j * (1 + n * bytes) + 1 + i * bytes, i, j);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(n, 0);
  head.writeUInt32BE(n, 4);
  head.set([8, bytes === 4 ? 6 : 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", head), chunk("IDAT", deflateSync(raw, { level: 1 })), chunk("IEND", Buffer.alloc(0))]);
}
/** 256 x 256 numbers in Terrarium's coding; value(x, y) with both in 0..1. */
function terrarium(value) {
  return png(3, (raw, o, i, j) => raw.writeUIntBE(Math.round((value((i + 0.5) / 256, (j + 0.5) / 256) + 32768) * 256), o, 3));
}

const tiles = new Map();
const height = (z, x, y) => 200 + 900 * hills(((x / 2 ** z) * 6000) / 9, ((y / 2 ** z) * 6000) / 9);
const once = (key, make) => tiles.get(key) ?? tiles.set(key, make()).get(key);
const tile = (z, x, y) => once(`${z}/${x}/${y}`, () => terrarium((i, j) => height(z, x + i, y + j)));
/** Hills lit from the north west: black where darker, white where lighter. One picture for every kind of relief. */
const shade = (z, x, y) => once(`shade/${z}/${x}/${y}`, () => png(4, (raw, o, i, j) => {
  const at = (di, dj) => height(z, x + (i + di) / 256, y + (j + dj) / 256);
  const light = (at(1, 0) - at(-1, 0) + at(0, 1) - at(0, -1)) * 2;
  raw.fill(light > 0 ? 255 : 0, o, o + 3);
  raw[o + 3] = Math.min(190, Math.abs(light));
}));

// ---- cells: seen when their bin was, but never where the strip's far right is; the better the looks that count, the less of it
const NEVER_FROM = { any: 1200, vehicle: 900, group: 600, person: 300 };
/** The nearest place of the line among some of its parts: metres along it and to the right of it. */
function beside([lon, lat], parts) {
  const k = Math.cos(lat * RAD);
  let best = null;
  for (const i of parts) {
    const a = LINE.coords[i];
    const b = LINE.coords[i + 1];
    const ex = (b[0] - a[0]) * k;
    const ey = b[1] - a[1];
    const px = (lon - a[0]) * k;
    const py = lat - a[1];
    const f = Math.min(1, Math.max(0, (px * ex + py * ey) / (ex * ex + ey * ey)));
    const m = Math.sqrt((px - ex * f) ** 2 + (py - ey * f) ** 2) * 111195;
    if (!best || m < best.m) best = { m, s_m: LINE.s[i] + (LINE.s[i + 1] - LINE.s[i]) * f, side_m: m * (ex * py - ey * px < 0 ? 1 : -1) };
  }
  return best;
}
const stretchAt = (s_m) => WATCH.stretches.find((s) => {
  const from = WATCH.lines[s.line].first_bin * BIN;
  return s_m >= from + s.from_m && s_m <= from + s.to_m;
}) ?? WATCH.stretches[0];
/** Parts of the line within reach of a box of degrees. */
const partsIn = (w, s, e, n, reach) => LINE.coords.map((_, i) => i).filter((i) => i + 1 < LINE.coords.length && LINE.coords[i][0] > w - reach && LINE.coords[i][0] < e + reach && LINE.coords[i][1] > s - reach && LINE.coords[i][1] < n + reach);

/** What a query asks: a moment, and looks that count. */
const askedOf = (query) => ({ t: query.has("t_us") ? Number(query.get("t_us")) / 1e6 : now(), never: NEVER_FROM[query.get("target") ?? "any"] });

function seenTile(z, x, y, revisit, { t, never }) {
  const lonAt = (i) => ((x + i) / 2 ** z) * 360 - 180;
  const latAt = (j) => Math.atan(Math.sinh(Math.PI * (1 - (2 * (y + j)) / 2 ** z))) / RAD;
  const parts = partsIn(lonAt(0), latAt(1), lonAt(1), latAt(0), 0.06);
  const seen = new Map();
  // Four by four pixels alike, as a search for each would keep the feeder from its other duties.
  const rough = new Float64Array(64 * 64);
  const at = (i, j) => {
    const near = parts.length ? beside([lonAt(i), latAt(j)], parts) : null;
    if (!near || near.m > stretchAt(near.s_m).depth_m || (revisit && stretchAt(near.s_m).revisit_s !== revisit)) return -32768;
    if (near.side_m > never) return -1;
    const bin = Math.min(N_BINS - 1, Math.floor(near.s_m / BIN));
    if (!seen.has(bin)) seen.set(bin, lastSeen(bin, t));
    return seen.get(bin) ? (seen.get(bin) - START) / 3600 : -1;
  };
  for (let k = 0; k < rough.length; k++) rough[k] = at(((k % 64) + 0.5) / 64, (Math.floor(k / 64) + 0.5) / 64);
  return terrarium((i, j) => rough[Math.floor(j * 64) * 64 + Math.floor(i * 64)]);
}

function cell(lat, lon, { t, never }) {
  const parts = partsIn(lon, lat, lon, lat, 0.06);
  const near = parts.length ? beside([lon, lat], parts) : null;
  if (!near || near.m > stretchAt(near.s_m).depth_m) return null;
  const line = WATCH.lines.findLastIndex((l) => l.first_bin * BIN <= near.s_m);
  const seen_s = near.side_m > never ? 0 : lastSeen(Math.min(N_BINS - 1, Math.floor(near.s_m / BIN)), t);
  const look = (gsd_m, person, group, vehicle) => (seen_s ? { gsd_m, person, group, vehicle } : null);
  return { line, s_m: Math.round(near.s_m - WATCH.lines[line].first_bin * BIN), side_m: (Math.floor(near.side_m / 50) + 0.5) * 50, seen_s, looks: seen_s ? 3 : 0,
    last: look(0.57, 0.399, 0.942, 0.99), best: look(0.4, 0.689, 0.992, 0.999) };
}

// ---- one drone in full: the last of those in the air counts down to a return until somebody stops it; on the ground one point holds, one waits
const POINTS = ["link", "fix", "kind", "place", "sensors", "estimator", "battery", "mission", "fence", "return_height", "lost_link", "battery_failsafe", "signing", "clock"];
const stoppers = new Map();
const owners = new Map(); // by drone: the station in control; the first is another's, the second ours and asked for, the others do not say
const answered = new Set();

function control(id) {
  const i = ids.indexOf(id);
  if (i > 1) return null;
  const station = owners.get(id) ?? (i === 0 ? 252 : 255);
  const ours = station === 255;
  const wanted_by = i === 1 && ours && !answered.has(id) ? 251 : 0;
  return { station, ours, open: false, others: i === 0 ? [250] : [], wanted_by, wanted_until_us: wanted_by ? Math.round((now() + 10) * 1e6) : 0,
    acts: [...(wanted_by ? ["let", "refuse"] : []), ours ? "give-up" : "take"] };
}

const held = new Set();

function status(id, fr) {
  const i = ids.indexOf(id);
  const d = drone(i, now(), now());
  const up = ["flying", "returning"].includes(d.state);
  const point = (name) => {
    const state = name === "place" ? "bad" : name === "mission" ? "waiting" : "good";
    const reason = name === "place" ? (fr ? "à 3.1 km de la base" : "3.1 km from its base") : fr ? "bien" : "well";
    return { point: name, title: name, state, holds: state !== "good", overruled: false, may_overrule: name === "place", reason };
  };
  const short = up && i === ids.findLastIndex((_, k) => ["flying", "returning"].includes(drone(k, now(), now()).state));
  const margin = short ? -0.03 : 0.21;
  const flight = { base: BASES[i % BASES.length].name, held: held.has(id), reachable: true, measured: true, age_s: 0, late_s: 14, cross_m: 6, agl_m: d.agl_m, floor_m: 150, ceiling_m: null,
    battery: d.battery, reserve: 0.15, rate_per_hour: 0.2, wind_mps: 5.1, home_m: 31000, home_s: 1400, margin, margin_s: margin * 18000, end_margin: margin - 0.1 };
  const announced = short && !stoppers.has(id) ? { act: "return", base: flight.base, at_us: Math.round((now() + 12) * 1e6) } : null;
  return { id, kind: "plane", vtol: "", sortie: d.sortie, lost_link: { state: "good", reason: fr ? "rentre à la base" : "returns to base" }, preflight: up ? [] : POINTS.map(point),
    flight: up ? flight : null, announced, stopped_by: stoppers.get(id) ?? "", acts: up ? [held.has(id) ? "continue" : "hold", "return", "divert", "land"] : [], control: control(id) };
}

// ---- serving
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const CSP = "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

function send(res, code, body, type = "application/json") {
  res.writeHead(code, { "Content-Type": type, "Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff", "Cache-Control": type === "image/png" ? "max-age=600" : "no-cache" });
  res.end(Buffer.isBuffer(body) || typeof body === "string" ? body : JSON.stringify(body));
}

function file(res, path) {
  const full = join(ROOT, normalize(path === "/" ? "/index.html" : path));
  if (!full.startsWith(ROOT) || !existsSync(full)) return send(res, 404, { error: "no such page" });
  return send(res, 200, readFileSync(full), TYPES[extname(full)] ?? "application/octet-stream");
}

const changed = { alerts: new Set(), sorties: new Set() };

function post(req, res, path, body) {
  if (req.headers["x-vigie"] !== "1") return send(res, 403, { error: "the X-Vigie header is missing" });
  if (typeof body.by !== "string" || !body.by || Buffer.byteLength(body.by) > 47) return send(res, 400, { error: '"by" must be a name of 1 to 47 bytes' });
  const [, , what, id, verb] = path.split("/").map(decodeURIComponent);
  if (what === "alerts" && alerts.has(id)) {
    const a = alerts.get(id);
    if (verb === "take" && a.state !== "open") return send(res, 409, { error: `${a.by} has it already` });
    const next = { ...a, state: verb === "take" ? "taken" : "closed", by: body.by, last_us: Math.round(now() * 1e6) };
    alerts.set(id, next);
    changed.alerts.add(id);
    return send(res, 200, next);
  }
  if (what === "reports") {
    if (!(Math.abs(body.lat) <= 90 && Math.abs(body.lon) <= 180)) return send(res, 400, { error: '"lat" is missing' });
    reported.push(body);
    return send(res, 200, { private: false });
  }
  if (what === "sorties") {
    consents.set(id, verb === "consent" ? "given" : "refused");
    changed.sorties.add(id);
    return send(res, 200, sorties(now()).find((s) => s.id === id) ?? {});
  }
  if (what === "drones" && verb === "return") {
    home.add(id);
    return send(res, 200, drone(ids.indexOf(id), now(), now()));
  }
  if (what === "drones" && ids.includes(id) && verb === "control") {
    if (!control(id)?.acts.includes(body.act)) return send(res, 409, { error: "that does not fit" });
    if (body.act === "take") owners.set(id, 255);
    if (body.act === "give-up") owners.set(id, 0);
    answered.add(id);
    return send(res, 200, drone(ids.indexOf(id), now(), now()));
  }
  if (what === "drones" && ids.includes(id) && ["hold", "continue", "divert", "land", "stop"].includes(verb)) {
    if (verb === "stop") stoppers.set(id, body.by);
    if (verb === "hold") held.add(id);
    if (verb === "continue") held.delete(id);
    return send(res, 200, drone(ids.indexOf(id), now(), now()));
  }
  return send(res, 404, { error: "no such thing" });
}

/** What a drone carries: the first all of it, the others nothing. */
function aboard(id) {
  const nothing = { id, camera: null, streams: [], gimbal: null, remote_id: null, clock: { round_trip_s: null, utc_error_s: null }, failures: [], texts: [], events: [], events_lost: 0 };
  if (id !== ids[0]) return nothing;
  const t_us = Math.round(now() * 1e6);
  return { ...nothing,
    camera: { vendor: "Maker", model: "Eye 10x", mode: "video", storage: "unformatted", zoom: 0.4, recording: true, recording_s: 61.5, images: 12, free_mib: 12000 },
    streams: [
      { id: 1, name: "Visible", uri: "rtsp://192.168.144.25:8554/main", type: "rtsp", running: true, thermal: false, width: 1920, height: 1080, rate_hz: 25, bitrate_bps: 4e6 },
      { id: 2, name: "<b>IR</b>", uri: "rtsp://192.168.144.25:8554/ir", type: "rtsp", running: false, thermal: true, width: 640, height: 512, rate_hz: 25, bitrate_bps: null }],
    gimbal: { holder: "other", sysid: 254, pitch_min_deg: null, pitch_max_deg: null },
    remote_id: { good: false, t_us, reason: "no GPS" },
    texts: [{ t_us, severity: "error", text: "PreArm: <i>check</i> GPS" }, { t_us, severity: "info", text: "Mission: 3 WP" }] };
}

const server = createServer((req, res) => {
  const url = new URL(req.url, "http://local");
  const path = url.pathname;
  if (req.method === "POST") {
    let text = "";
    req.on("data", (d) => (text += d));
    req.on("end", () => post(req, res, path, JSON.parse(text || "{}")));
    return undefined;
  }
  const dem = /^\/tiles\/dem\/(\d+)\/(\d+)\/(\d+)\.png$/.exec(path);
  if (dem) return send(res, 200, tile(...dem.slice(1).map(Number)), "image/png");
  const relief = /^\/tiles\/relief\/[a-z]+\/(\d+)\/(\d+)\/(\d+)\.png$/.exec(path);
  if (relief) return send(res, 200, shade(...relief.slice(1).map(Number)), "image/png");
  const cells = /^\/tiles\/seen\/(\d+)\/(\d+)\/(\d+)\.png$/.exec(path);
  if (cells && Number(cells[1]) < 9) return send(res, 404, { error: "no such tile" });
  if (cells) return send(res, 200, seenTile(...cells.slice(1).map(Number), Number(url.searchParams.get("revisit_s")), askedOf(url.searchParams)), "image/png");
  if (path === "/api/cell") {
    const found = cell(Number(url.searchParams.get("lat")), Number(url.searchParams.get("lon")), askedOf(url.searchParams));
    return send(res, found ? 200 : 404, found ?? { error: "nothing is watched there" });
  }
  if (path === "/api/about") return send(res, 200, { name: "vigie", version: "0.1.0", mode: REPLAY ? "replay" : "live", lang: option("lang", "en"), traffic: TRAFFIC });
  if (path === "/reported") return send(res, 200, reported);
  if (path === "/api/traffic") return send(res, 200, others());
  if (path === "/api/watch") return send(res, 200, WATCH);
  if (path === "/api/at") return send(res, 200, snapshot(Math.min(now(), Math.max(START, Number(url.searchParams.get("t_us")) / 1e6)), 0));
  if (path === "/api/chart") return send(res, 200, chart(Number(url.searchParams.get("from_us")) / 1e6, Number(url.searchParams.get("to_us")) / 1e6));
  const one = /^\/api\/drones\/([^/]+)$/.exec(path);
  if (one && ids.includes(decodeURIComponent(one[1]))) return send(res, 200, status(decodeURIComponent(one[1]), url.searchParams.get("lang") === "fr"));
  const carries = /^\/api\/drones\/([^/]+)\/aboard$/.exec(path);
  if (carries) return send(res, 200, aboard(decodeURIComponent(carries[1])));
  if (path.startsWith("/api/mission/")) {
    const so = sorties(now()).find((s) => s.id === decodeURIComponent(path.slice(13)));
    const k = so ? Number(/^K(\d+)/.exec(so.id)[1]) - 1 : 0;
    const coordinates = Array.from({ length: 60 }, (_, i) => [...at(k * SECTOR + (SECTOR * i) / 59).map((v, j) => v + (j ? 0.012 : 0)), 420]);
    return send(res, so ? 200 : 404, so ? { id: so.id, coordinates } : { error: "no such sortie" });
  }
  return file(res, path);
});

const sockets = new WebSocketServer({ server, path: "/api/live" });
sockets.on("connection", (socket) => {
  let seq = 1;
  let last = now();
  let known = bins(last);
  let told = new Set(sorties(last).map((s) => s.id));
  const alert_versions = new Map([...alerts].map(([id, a]) => [id, a]));
  socket.send(JSON.stringify(snapshot(last, seq)));
  const timer = setInterval(() => {
    const t = now();
    const fresh = bins(t);
    const delta = { type: "delta", seq: ++seq, t_us: Math.round(t * 1e6), promise: promise(t, fresh), drones: ids.map((_, i) => drone(i, t, last)), bins: [] };
    for (let b = 0; b < fresh.length; b++) if (fresh[b] !== known[b]) delta.bins.push([b, fresh[b]]);
    const so = sorties(t);
    delta.sorties = so;
    delta.tracks = tracks(t).map((k) => ({ ...k, trail: [] }));
    const gone = [...told].filter((id) => !so.some((s) => s.id === id));
    if (gone.length) delta.remove = { sorties: gone };
    told = new Set(so.map((s) => s.id));
    delta.alerts = [...alerts.values()].filter((a) => alert_versions.get(a.id) !== a);
    for (const a of delta.alerts) alert_versions.set(a.id, a);
    known = fresh;
    last = t;
    socket.send(JSON.stringify(delta));
  }, 250);
  socket.on("close", () => clearInterval(timer));
});
server.listen(PORT, "127.0.0.1", () => console.log(`feeding on http://127.0.0.1:${PORT}/`));
