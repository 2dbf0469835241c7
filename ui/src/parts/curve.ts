// The price of a promise: drones against promise, the same figures as `vigie plan --curve`. Below the dashed staircase no
// timetable is possible, above the full one timetables were made.
import type { Curve, CurvePoint } from "../api";
import { h, svg } from "../dom";
import { num, span } from "../fmt";
import { t, words, type Words } from "../lang";

const W = 344;
const H = 226;
const LEFT = 34;
const RIGHT = 10;
const TOP = 12;
const BOTTOM = 40;
const LABEL_PX = 46;
const TICKS = 6;

export interface Mark {
  promise_s: number;
  drones: number;
  kind: "flies" | "whatif";
}

class Frame {
  readonly lo_s: number;
  readonly hi_s: number;
  readonly most: number;
  readonly step: number;

  constructor(readonly points: CurvePoint[], marks: Mark[]) {
    const all = [...points.map((p) => p.promise_s), ...marks.map((m) => m.promise_s)];
    this.lo_s = Math.min(...all) / 1.1;
    this.hi_s = Math.max(...all) * 1.1;
    const most = Math.max(...points.map((p) => Math.max(p.proven, p.planned ?? 0)), ...marks.map((m) => m.drones)) * 1.06;
    this.step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((s) => most / s <= TICKS) ?? 2000;
    this.most = Math.ceil(most / this.step) * this.step;
  }

  x(s: number): number {
    return LEFT + (Math.log(s / this.lo_s) / Math.log(this.hi_s / this.lo_s)) * (W - LEFT - RIGHT);
  }

  y(n: number): number {
    return H - BOTTOM - (n / this.most) * (H - TOP - BOTTOM);
  }
}

const text = (x: number, y: number, cls: string, what: Words): SVGElement => svg("text", { x, y, class: cls }, what);
const f1 = (v: number): string => v.toFixed(1);

function axes(f: Frame): SVGElement[] {
  const out: SVGElement[] = [];
  for (let n = 0; n <= f.most; n += f.step) {
    out.push(svg("line", { x1: LEFT, x2: W - RIGHT, y1: f.y(n), y2: f.y(n), class: n ? "grid" : "axis" }));
    out.push(text(LEFT - 6, f.y(n) + 4, "tick right", num(n)));
  }
  let last = -Infinity;
  for (const p of f.points) {
    const x = f.x(p.promise_s);
    out.push(svg("line", { x1: x, x2: x, y1: H - BOTTOM, y2: H - BOTTOM + 4, class: "axis" }));
    if (x - last < LABEL_PX || x > W - 16) continue;
    last = x;
    out.push(text(x, H - BOTTOM + 17, "tick mid", span(p.promise_s)));
  }
  out.push(text((LEFT + W - RIGHT) / 2, H - 5, "name mid", t("curve_x")));
  return out;
}

/** What is proven falls right behind each promise; what was planned holds for every longer one. */
function stairs(f: Frame): SVGElement[] {
  const floor = f.points.map((p, k) => `H${f1(f.x(p.promise_s))}V${f1(f.y(f.points[k + 1]?.proven ?? p.proven))}`).join("");
  const proven = `M${LEFT} ${f1(f.y(f.points[0]!.proven))}${floor}H${W - RIGHT}`;
  const made = f.points.filter((p) => p.planned !== null);
  const out = [svg("path", { d: `${proven}V${H - BOTTOM}H${LEFT}Z`, class: "no" }), svg("path", { d: proven, class: "proven" })];
  if (made.length) {
    const planned = made.map((p, k) => `${k ? "H" : "M"}${f1(f.x(p.promise_s))}${k ? "V" : " "}${f1(f.y(p.planned!))}`).join("");
    out.push(svg("path", { d: `${planned}H${W - RIGHT}`, class: "planned" }));
  }
  for (const p of f.points) {
    out.push(svg("rect", { x: f.x(p.promise_s) - 3, y: f.y(p.proven) - 3, width: 6, height: 6, class: "proven-dot" }));
    if (p.planned !== null) out.push(svg("circle", { cx: f.x(p.promise_s), cy: f.y(p.planned), r: 3, class: "planned-dot" }));
  }
  return out;
}

function mark(f: Frame, m: Mark): SVGElement {
  const [x, y] = [f.x(m.promise_s), f.y(m.drones)];
  return svg("path", { d: `M${f1(x)} ${f1(y - 7)}l7 7-7 7-7-7z`, class: `mark ${m.kind}` });
}

function hatch(): SVGElement {
  return svg("defs", {}, svg("pattern", { id: "curve-no", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("line", { x1: 0, y1: 0, x2: 0, y2: 7, class: "hatch" })));
}

function legend(marks: Mark[]): HTMLElement {
  const item = (cls: string, d: string, what: Words): HTMLElement => h("span", { class: "curve-item" }, svg("svg", { viewBox: "0 0 26 14", class: "curve-sign" }, svg("path", { d, class: cls })), h("span", {}, what));
  const out = h("div", { class: "curve-legend" }, item("planned", "M1 7h24", t("curve_planned")), item("proven", "M1 7h24", t("curve_proven")));
  for (const m of marks) out.append(item(`mark ${m.kind}`, "M13 1l6 6-6 6-6-6z", t(m.kind === "flies" ? "curve_flies" : "curve_whatif", { n: num(m.drones), gap: span(m.promise_s) })));
  return out;
}

/** The points in words, for those who do not see the drawing. */
function inWords(curve: Curve): Words {
  return words(curve.points.map((p) => t(p.planned === null ? "curve_point_proven" : "curve_point", { promise: span(p.promise_s), proven: num(p.proven), planned: num(p.planned ?? 0) })).join(" "));
}

export function drawCurve(host: HTMLElement, curve: Curve, promise_s: number, marks: Mark[]): void {
  const f = new Frame(curve.points, marks);
  const drawing = svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "curve-svg", role: "img", "aria-label": inWords(curve) }, hatch(), ...stairs(f), ...axes(f));
  if (promise_s > f.lo_s && promise_s < f.hi_s) {
    const x = f.x(promise_s);
    drawing.append(svg("line", { x1: x, x2: x, y1: TOP, y2: H - BOTTOM, class: "promise-line" }));
  }
  drawing.append(text(LEFT + 4, TOP, "name", t("curve_y")), ...marks.map((m) => mark(f, m)));
  host.replaceChildren(drawing, legend(marks));
}
