// Objects on the ground on the map: a sign for each class, the ellipse that holds 95 %, the way it came, where it goes, and a
// line from the drone that sees it. What is out of sight is hollow and fades with its age.
import type { Track, TrackClass } from "../api";
import { span } from "../fmt";
import { t, type Key } from "../lang";
import { mercX, mercY } from "../line";
import { store } from "../store";
import { palette } from "../theme";
import { ellipseOf, isMoving, isSeen, onMap, unseen_s } from "../tracks";
import type { Projector } from "./ageline";

const M_PER_DEG = 111195;
/** After this out of sight a sign is as faint as it gets. */
const FADE_S = 1800;
/** Out of sight for longer than this the ellipse is so wide that it says little: only the chosen track's is drawn. */
const ELLIPSE_S = 180;
const STEPS = 36;

/** Signs on a 1-unit grid about 16 wide: they stand upright, so that they are read on a turned map too. */
const SIGNS: Record<TrackClass, Path2D> = {
  person: new Path2D("M0-8.5A2.4 2.4 0 010-3.7 2.4 2.4 0 010-8.5ZM-3.4-2.6H3.4L4.6 3H2.6L2.2 8.5H-2.2L-2.6 3H-4.6Z"),
  vehicle: new Path2D("M-8.5-1L-6-1-4-5.5H4L6.2-1 8.5-.3V4H6.6A2.4 2.4 0 012 4H-2A2.4 2.4 0 01-6.6 4H-8.5Z"),
  animal: new Path2D("M-8-3.5L-6.6-2.6H4L6-6.5 7-4.6 9-3.4 8.4-1.6 6.4-1.2 5.4 1V7H3.6V2.4H-3.6V7H-5.4V1.4L-7-1Z"),
  vessel: new Path2D("M-8.5 1H8.5L6 6.5H-6ZM-1-8L6.5-.6H-1Z"),
  unknown: new Path2D("M0-8L8 0 0 8-8 0Z"),
};

/** Draw one sign at the origin. Also used by the lists and the help page. */
export function drawTrack(c: CanvasRenderingContext2D, kind: TrackClass, hollow: boolean, scale = 1): void {
  const p = palette();
  const sign = SIGNS[kind] ?? SIGNS.unknown;
  c.save();
  c.scale(scale, scale);
  c.lineJoin = "round";
  c.strokeStyle = p.drone_halo;
  c.lineWidth = 4.2;
  c.stroke(sign);
  c.fillStyle = hollow ? p.panel : p.track;
  c.fill(sign);
  c.strokeStyle = p.track;
  c.lineWidth = 1.3;
  c.stroke(sign);
  c.restore();
}

export interface TrackView {
  project: Projector;
  width: number;
  height: number;
  labels: boolean;
  taken: [number, number, number, number][];
  text(words: string, x: number, y: number, colour: string): void;
}

type Place = [number, number];

function at(v: TrackView, lon: number, lat: number): Place {
  const pt = new Float64Array(2);
  v.project(mercX(lon), mercY(lat), pt);
  return [pt[0]!, pt[1]!];
}

/** So many metres east and north of a track. */
function beside(v: TrackView, k: Track, east: number, north: number): Place {
  return at(v, k.lon + east / (M_PER_DEG * Math.cos((k.lat * Math.PI) / 180)), k.lat + north / M_PER_DEG);
}

function line(c: CanvasRenderingContext2D, points: Place[], closed = false): void {
  c.beginPath();
  points.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
  if (closed) c.closePath();
}

function ellipse(c: CanvasRenderingContext2D, v: TrackView, k: Track, chosen: boolean): void {
  const seen = k.state === "confirmed";
  if (!chosen && !seen && unseen_s(k) > ELLIPSE_S) return;
  const { a, b, angle } = ellipseOf(k);
  const ring: Place[] = [];
  for (let i = 0; i < STEPS; i++) {
    const u = (2 * Math.PI * i) / STEPS;
    const x = a * Math.cos(u);
    const y = b * Math.sin(u);
    ring.push(beside(v, k, x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle)));
  }
  const before = c.globalAlpha;
  line(c, ring, true);
  c.fillStyle = c.strokeStyle = palette().track;
  c.globalAlpha = before * 0.13;
  if (seen || chosen) c.fill();
  c.globalAlpha = seen || chosen ? before : before * 0.6;
  c.lineWidth = chosen ? 2 : seen ? 1.2 : 0.8;
  c.setLineDash(seen ? [] : [4, 3]);
  c.stroke();
  c.setLineDash([]);
  c.globalAlpha = before;
}

/** The way it was seen on: solid where seen without a break, dotted over the gaps. */
function way(c: CanvasRenderingContext2D, v: TrackView, k: Track, chosen: boolean): void {
  const points = k.trail.map(([, lon, lat]) => at(v, lon, lat));
  points.push(at(v, k.lon, k.lat));
  const times = [...k.trail.map(([t_s]) => t_s), k.t_us / 1e6];
  c.strokeStyle = palette().track;
  c.lineWidth = chosen ? 2.4 : 1.5;
  for (let i = 1; i < points.length; i++) {
    const gap = !k.seen.some(([, from, to]) => times[i - 1]! >= from - 30 && times[i]! <= to + 30);
    c.setLineDash(gap ? [1.5, 4] : []);
    line(c, [points[i - 1]!, points[i]!]);
    c.stroke();
  }
  c.setLineDash([]);
}

/** Heading and speed: an arrow to where it will be in a minute, long enough to be seen. */
function arrow(c: CanvasRenderingContext2D, v: TrackView, k: Track, x: number, y: number): void {
  if (!isMoving(k)) return;
  const [ax, ay] = beside(v, k, k.ve * 60, k.vn * 60);
  const away = Math.hypot(ax - x, ay - y) || 1;
  const length = Math.max(24, Math.min(90, away));
  const [ux, uy] = [(ax - x) / away, (ay - y) / away];
  const [tx, ty] = [x + ux * length, y + uy * length];
  const p = palette();
  for (const [colour, width] of [[p.drone_halo, 4.4], [p.track, 2]] as [string, number][]) {
    c.strokeStyle = colour;
    c.lineWidth = width;
    line(c, [[x + ux * 12, y + uy * 12], [tx, ty]]);
    c.stroke();
    line(c, [[tx - ux * 6 - uy * 4, ty - uy * 6 + ux * 4], [tx, ty], [tx - ux * 6 + uy * 4, ty - uy * 6 - ux * 4]]);
    c.stroke();
  }
}

/** From the drone that sees it now. */
function sight(c: CanvasRenderingContext2D, v: TrackView, k: Track, x: number, y: number): void {
  const d = isSeen(k) ? store.shown?.drones.get(k.by) : undefined;
  if (!d || d.lat === null || d.lon === null) return;
  c.strokeStyle = palette().track;
  c.lineWidth = 1;
  c.setLineDash([2, 4]);
  line(c, [at(v, d.lon, d.lat), [x, y]]);
  c.stroke();
  c.setLineDash([]);
}

function label(c: CanvasRenderingContext2D, v: TrackView, k: Track, x: number, y: number, chosen: boolean): void {
  const name = `${k.id} · ${t(`class_${k.class}` as Key)}`;
  const more = isSeen(k) ? "" : span(unseen_s(k));
  c.font = `${chosen ? 700 : 600} 12px system-ui, sans-serif`;
  const w = Math.max(c.measureText(name).width, c.measureText(more).width);
  const right = [13, -4];
  const left = [-13 - w, -4];
  // Not where its arrow goes.
  const beside = k.ve > 0.3 ? [left, right] : [right, left];
  const spots = [...beside, [-w / 2, 23], [-w / 2, -24]].map(([dx, dy]) => [x + dx!, y + dy!] as const);
  const free = spots.find(([lx, ly]) => lx > 2 && lx + w < v.width - 2 && !v.taken.some((b) => lx - 2 < b[2] && lx + w + 2 > b[0] && ly - 12 < b[3] && ly + (more ? 16 : 4) > b[1]));
  if (!free && !chosen) return;
  const [lx, ly] = free ?? spots[0]!;
  v.taken.push([lx - 2, ly - 12, lx + w + 2, ly + (more ? 16 : 4)]);
  v.text(name, lx, ly, palette().ink);
  if (!more) return;
  c.font = "500 11px system-ui, sans-serif";
  v.text(more, lx, ly + 13, palette().ink_soft);
}

const alphaOf = (k: Track): number => (k.id === store.track || isSeen(k) ? 1 : Math.max(0.4, 1 - (0.6 * unseen_s(k)) / FADE_S));

export function drawTracks(c: CanvasRenderingContext2D, v: TrackView): void {
  const list = onMap().map((k) => ({ k, place: at(v, k.lon, k.lat), chosen: k.id === store.track }));
  const inside = ({ place: [x, y] }: { place: Place }): boolean => x > -40 && y > -40 && x < v.width + 40 && y < v.height + 40;
  list.sort((a, b) => Number(a.chosen) - Number(b.chosen));
  const shown = list.filter((one) => one.chosen || inside(one));
  for (const { k, place: [x, y], chosen } of shown) {
    c.globalAlpha = alphaOf(k);
    way(c, v, k, chosen);
    ellipse(c, v, k, chosen);
    sight(c, v, k, x, y);
  }
  for (const { k, place: [x, y], chosen } of shown) {
    c.globalAlpha = alphaOf(k);
    arrow(c, v, k, x, y);
    c.save();
    c.translate(x, y);
    drawTrack(c, k.class, !isSeen(k), chosen ? 1.2 : 0.95);
    if (chosen) {
      c.strokeStyle = palette().accent;
      c.lineWidth = 2.5;
      c.beginPath();
      c.arc(0, 0, 16, 0, 2 * Math.PI);
      c.stroke();
    }
    c.restore();
    v.taken.push([x - 10, y - 10, x + 10, y + 10]);
  }
  c.globalAlpha = 1;
  for (const { k, place: [x, y], chosen } of [...shown].reverse()) if (v.labels || chosen) label(c, v, k, x, y, chosen);
}

/** The track drawn nearest to a screen point. */
export function pickTrack(project: Projector, x: number, y: number, reach: number): string | null {
  const pt = new Float64Array(2);
  let best: string | null = null;
  let best_d = reach;
  for (const k of onMap()) {
    project(mercX(k.lon), mercY(k.lat), pt);
    const d = Math.hypot(pt[0]! - x, pt[1]! - y);
    if (d < best_d) {
      best_d = d;
      best = k.id;
    }
  }
  return best;
}

