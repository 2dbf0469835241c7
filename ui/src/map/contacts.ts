// Other aircraft, other people's drones and ships on the map: a shape for each kind, course and speed as a line to where it
// will be in a minute, height against our nearest drone, age.
import type { Contact } from "../api";
import { num, span } from "../fmt";
import { t } from "../lang";
import { mercX, mercY } from "../line";
import { store } from "../store";
import { palette } from "../theme";
import { flies, traffic } from "../traffic";
import type { Projector } from "./ageline";

/** Shapes on a 1-unit grid, nose up. */
const SHAPES: Record<string, Path2D> = {
  plane: new Path2D("M0-10L1.6-4 10 1.5V3.5L1.6 1.5 1 6.5 4 9V10.5L0 9.5-4 10.5V9L-1 6.5-1.6 1.5-10 3.5V1.5L-1.6-4Z"),
  helicopter: new Path2D("M-2.5-5A2.5 3 0 012.5-5L1.5 3 .8 9H2.5V10.5H-2.5V9H-.8L-1.5 3ZM-9-9.6L-8.2-10.4 9.4 7.2 8.6 8ZM9-9.6L8.2-10.4-9.4 7.2-8.6 8Z"),
  glider: new Path2D("M0-8L1-3 12-1V.6L1 1 .7 6 3 7.4V8.4H-3V7.4L-.7 6-1 1-12 .6V-1L-1-3Z"),
  drone: new Path2D("M-2-2L-6-6M2-2L6-6M-2 2L-6 6M2 2L6 6M-2.5-2.5H2.5V2.5H-2.5ZM-10-7A3 3 0 01-4-7 3 3 0 01-10-7ZM4-7A3 3 0 0110-7 3 3 0 014-7ZM-10 7A3 3 0 01-4 7 3 3 0 01-10 7ZM4 7A3 3 0 0110 7 3 3 0 014 7Z"),
  ship: new Path2D("M0-10Q4-5 4 0V8H-4V0Q-4-5 0-10Z"),
  mark: new Path2D("M0-6L6 0 0 6-6 0Z"),
  vehicle: new Path2D("M-4-6H4V6H-4Z"),
  unknown: new Path2D("M0-8L7 6H-7Z"),
};

/** Draw one contact at the origin. Also used by the help page. */
export function drawContact(c: CanvasRenderingContext2D, kind: string, course_deg: number, hollow = false): void {
  const p = palette();
  const shape = SHAPES[kind] ?? SHAPES.unknown!;
  c.save();
  if (kind !== "drone" && kind !== "mark") c.rotate((course_deg * Math.PI) / 180);
  c.lineJoin = "round";
  c.strokeStyle = p.drone_halo;
  c.lineWidth = 4;
  c.stroke(shape);
  c.fillStyle = hollow ? p.panel : p.traffic;
  c.fill(shape);
  c.strokeStyle = p.traffic;
  c.lineWidth = 1.2;
  c.stroke(shape);
  c.restore();
}

/** "+120 m" against our nearest drone in the air within 10 km, else the height above the sea. */
export function heightWords(c: Contact): string {
  if (c.alt_msl_m === undefined) return flies(c) ? t("traffic_no_height") : "";
  let best = 10000;
  let of: number | null = null;
  for (const d of store.shown?.drones.values() ?? []) {
    if (d.lat === null || d.lon === null || d.alt_msl_m === null || !(d.agl_m !== null && d.agl_m > 5)) continue;
    const away = Math.hypot((d.lat - c.lat) * 111195, (d.lon - c.lon) * 111195 * Math.cos((c.lat * Math.PI) / 180));
    if (away < best) {
      best = away;
      of = d.alt_msl_m;
    }
  }
  const error = num(Math.round((c.alt_error_p95_m ?? 0) / 10) * 10);
  const arrow = (c.climb_mps ?? 0) > 1 ? " ↑" : (c.climb_mps ?? 0) < -1 ? " ↓" : "";
  if (of === null) return t("traffic_msl", { h: num(Math.round(c.alt_msl_m)), error }) + arrow;
  const dh = Math.round((c.alt_msl_m - of) / 10) * 10;
  return t("traffic_relative", { h: (dh < 0 ? "−" : "+") + num(Math.abs(dh)), error }) + arrow;
}

export interface ContactView {
  project: Projector;
  width: number;
  height: number;
  bearing: number;
  labels: boolean;
  /** Room that is taken on the screen: x0, y0, x1, y1. */
  taken: [number, number, number, number][];
  text(words: string, x: number, y: number, colour: string): void;
}

/** Rings: dashed where it comes near, solid and double in conflict. */
function ring(c: CanvasRenderingContext2D, level: string): void {
  c.strokeStyle = palette().lost;
  c.lineWidth = level === "conflict" ? 3 : 2;
  c.setLineDash(level === "conflict" ? [] : [5, 4]);
  for (const r of level === "conflict" ? [17, 22] : [17]) {
    c.beginPath();
    c.arc(0, 0, r, 0, 2 * Math.PI);
    c.stroke();
  }
  c.setLineDash([]);
}

/** Where it will be in a minute, at most 4 km, from the screen's scale. */
function ahead(c: CanvasRenderingContext2D, at: Contact, v: ContactView, x: number, y: number): void {
  if (at.course_deg === undefined || !at.speed_mps) return;
  const metres = Math.min(4000, at.speed_mps * 60);
  const a = (at.course_deg * Math.PI) / 180;
  const pt = new Float64Array(2);
  v.project(mercX(at.lon + (metres * Math.sin(a)) / (111195 * Math.cos((at.lat * Math.PI) / 180))), mercY(at.lat + (metres * Math.cos(a)) / 111195), pt);
  c.strokeStyle = palette().traffic;
  c.lineWidth = 1.6;
  c.setLineDash([2, 3]);
  c.beginPath();
  c.moveTo(x, y);
  c.lineTo(pt[0]!, pt[1]!);
  c.stroke();
  c.setLineDash([]);
}

/** Name, height and age beside it, where there is room; in alarm always. */
function label(c: CanvasRenderingContext2D, at: Contact, level: string, v: ContactView, x: number, y: number): void {
  const name = at.name ?? at.id;
  const more = [at.emergency ? t("traffic_emergency") : "", heightWords(at), at.age_s > 3 ? span(at.age_s) : ""].filter(Boolean).join(" · ");
  const big = `${level ? 700 : 600} 12px system-ui, sans-serif`;
  const small = "500 11px system-ui, sans-serif";
  c.font = big;
  const w_name = c.measureText(name).width;
  c.font = small;
  const w = Math.max(w_name, c.measureText(more).width);
  const gap = level ? 25 : 15;
  const spots = [[gap, -2], [-gap - w, -2], [-w / 2, 24], [-w / 2, -26]].map(([dx, dy]) => [x + dx!, y + dy!] as const);
  const free = spots.find(([lx, ly]) => lx > 2 && lx + w < v.width - 2 && !v.taken.some((b) => lx - 2 < b[2] && lx + w + 2 > b[0] && ly - 12 < b[3] && ly + 16 > b[1]));
  if (!free && !level) return;
  const [lx, ly] = free ?? spots[0]!;
  v.taken.push([lx - 2, ly - 12, lx + w + 2, ly + 16]);
  c.font = big;
  v.text(name, lx, ly, palette().ink);
  c.font = small;
  v.text(more, lx, ly + 13, palette().ink_soft);
}

export function drawContacts(c: CanvasRenderingContext2D, v: ContactView): void {
  const pt = new Float64Array(2);
  const list = traffic.shown().map((at) => {
    v.project(mercX(at.lon), mercY(at.lat), pt);
    return { at, x: pt[0]!, y: pt[1]!, level: traffic.levelOf(at) };
  }).filter(({ x, y }) => x > -30 && y > -30 && x < v.width + 30 && y < v.height + 30);
  for (const { x, y } of list) v.taken.push([x - 10, y - 10, x + 10, y + 10]);
  for (const { at, x, y, level } of list) {
    ahead(c, at, v, x, y);
    c.save();
    c.translate(x, y);
    drawContact(c, at.kind, (at.course_deg ?? 0) - v.bearing, at.stale);
    if (level) ring(c, level);
    c.restore();
  }
  list.sort((a, b) => Number(b.level !== "") - Number(a.level !== ""));
  for (const { at, x, y, level } of list) if (v.labels || level) label(c, at, level, v, x, y);
}
