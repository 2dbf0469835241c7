// The planning view on the map: bases to take hold of, and, while something is asked that does not fly, what of the line would
// be within reach; the pieces of the flights that no base hears. Nothing of it is there, or costs anything, while the view is closed.
import { Marker, type Map as MapLibre } from "maplibre-gl";
import { attr, h, toggle } from "../dom";
import { on } from "../emitter";
import { words, t } from "../lang";
import { asked } from "../plan/verdict";
import { whatif, type PlanBase } from "../plan/whatif";
import { store } from "../store";
import { palette } from "../theme";
import { drawBase, SIGN_PX } from "./images";
import type { WatchMap } from "./map";

const STEP_PX = 12;
const FINE_PX = 2;
/** So many bases leave room for all their names. */
const FEW = 8;
/** Points of the line nearer to each other than this are left out. */
const THIN_PX = 1.5;
/** The legend has the same (plan.css). */
const SILENT_DASH = [7, 5];

interface Handle {
  marker: Marker;
  el: HTMLElement;
  sign: HTMLCanvasElement;
}

export class PlanLayer {
  private map: MapLibre;
  private handles = new Map<string, Handle>();
  private canvas = document.createElement("canvas");
  private held = "";

  constructor(private of: WatchMap) {
    this.map = of.map;
    this.canvas.className = "overlay overlay-plan";
    this.canvas.hidden = true;
    this.map.getCanvasContainer().append(this.canvas);
    this.map.on("render", () => this.drawn && this.draw());
    on("whatif", () => this.refresh());
    on("look", () => this.refresh());
  }

  private refresh(): void {
    const bases = whatif.open ? whatif.bases : [];
    for (const [name, hd] of this.handles) {
      if (bases.some((b) => b.name === name)) continue;
      hd.marker.remove();
      this.handles.delete(name);
    }
    for (const b of bases) this.place(b);
    this.canvas.hidden = !this.drawn;
    if (this.drawn) this.draw();
  }

  private get drawn(): boolean {
    return whatif.shown || (whatif.radio?.silent.length ?? 0) > 0;
  }

  private place(b: PlanBase): void {
    let hd = this.handles.get(b.name);
    if (!hd) this.handles.set(b.name, (hd = this.make(b)));
    const home = whatif.home(b.name);
    const moved = !home || home.lat !== b.lat || home.lon !== b.lon;
    toggle(hd.el, "moved", moved);
    toggle(hd.el, "named", moved || whatif.bases.length <= FEW);
    toggle(hd.el, "chosen", whatif.chosen === b.name);
    attr(hd.el, "aria-label", t("plan_handle", { base: b.name }));
    attr(hd.el, "title", t("plan_handle", { base: b.name }));
    const c = hd.sign.getContext("2d")!;
    c.setTransform(2, 0, 0, 2, 0, 0);
    c.clearRect(0, 0, SIGN_PX, SIGN_PX);
    drawBase(c, moved ? palette().plan : undefined);
    if (this.held !== b.name) hd.marker.setLngLat([b.lon, b.lat]);
  }

  private make(b: PlanBase): Handle {
    const name = b.name;
    const sign = h("canvas", { class: "base-sign", attrs: { width: String(2 * SIGN_PX), height: String(2 * SIGN_PX) } });
    const el = h("button", { class: "base-handle" }, sign, h("span", { class: "base-label" }, words(name)));
    const marker = new Marker({ element: el, draggable: true, anchor: "center" }).setLngLat([b.lon, b.lat]).addTo(this.map);
    const follow = (): void => {
      const at = marker.getLngLat();
      whatif.move(name, at.lat, at.lng);
    };
    marker.on("dragstart", () => {
      this.held = name;
      whatif.chosen = name;
    });
    marker.on("drag", follow);
    marker.on("dragend", () => {
      this.held = "";
      follow();
    });
    el.addEventListener("keydown", (e) => this.key(e, name));
    return { marker, el, sign };
  }

  /** Arrows move the base under the keyboard's focus by some pixels of the map. */
  private key(e: KeyboardEvent, name: string): void {
    const way: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const d = way[e.key];
    const b = whatif.bases.find((x) => x.name === name);
    if (!d || !b || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    const px = e.shiftKey ? FINE_PX : STEP_PX;
    const at = this.map.project([b.lon, b.lat]);
    const to = this.map.unproject([at.x + d[0] * px, at.y + d[1] * px]);
    whatif.chosen = name;
    whatif.move(name, to.lat, to.lng);
  }

  // ---- the line within reach ----

  private draw(): void {
    const box = this.map.getContainer();
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [w, hgt] = [Math.round(box.clientWidth * ratio), Math.round(box.clientHeight * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== hgt) {
      this.canvas.width = w;
      this.canvas.height = hgt;
      this.canvas.style.width = `${box.clientWidth}px`;
      this.canvas.style.height = `${box.clientHeight}px`;
    }
    const c = this.canvas.getContext("2d")!;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, box.clientWidth, box.clientHeight);
    if (whatif.shown) this.line(c);
    this.silent(c);
    for (const b of whatif.bases) this.moved(c, b);
  }

  /** Within reach a full stroke, out of it dots; while nothing is answered yet, a thin stroke. */
  private line(c: CanvasRenderingContext2D): void {
    const f = asked();
    const p = palette();
    c.lineJoin = "round";
    store.watch.lines.forEach((l, k) => {
      const out = (f?.unreached ?? []).filter((u) => u.line === k).sort((a, b) => a.from_m - b.from_m);
      let at_m = 0;
      const seen: [number, number][] = [];
      for (const u of out) {
        if (u.from_m > at_m) seen.push([at_m, u.from_m]);
        at_m = u.to_m;
      }
      if (at_m < l.length_m) seen.push([at_m, l.length_m]);
      this.strokes(c, k, seen, p.casing, 9, []);
      this.strokes(c, k, seen, p.plan, f ? 4.5 : 2, []);
      this.strokes(c, k, out.map((u) => [u.from_m, u.to_m]), p.casing, 9, []);
      this.strokes(c, k, out.map((u) => [u.from_m, u.to_m]), p.lost, 4.5, [0.01, 9]);
    });
  }

  /** Flights out of every base's sight: dashes, between which the line's own colour shows. */
  private silent(c: CanvasRenderingContext2D): void {
    const pieces = whatif.radio?.silent ?? [];
    const p = palette();
    c.lineCap = "butt";
    c.setLineDash(SILENT_DASH);
    for (const [colour, width] of [[p.casing, 5], [p.ink, 2]] as const) {
      c.strokeStyle = colour;
      c.lineWidth = width;
      c.beginPath();
      for (const { points } of pieces) this.path(c, points);
      c.stroke();
    }
    c.setLineDash([]);
  }

  private path(c: CanvasRenderingContext2D, way: [number, number][]): void {
    let last: [number, number] | null = null;
    way.forEach((at, i) => {
      const xy = this.of.overlay.screenOf(at[0], at[1]);
      if (!last) c.moveTo(xy[0], xy[1]);
      else if (i < way.length - 1 && Math.hypot(xy[0] - last[0], xy[1] - last[1]) < THIN_PX) return;
      else c.lineTo(xy[0], xy[1]);
      last = xy;
    });
  }

  private strokes(c: CanvasRenderingContext2D, line: number, parts: [number, number][], colour: string, width: number, dash: number[]): void {
    if (!parts.length) return;
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.lineCap = "round";
    c.setLineDash(dash);
    c.beginPath();
    for (const [from_m, to_m] of parts) this.path(c, store.net.slice(line, from_m, to_m));
    c.stroke();
    c.setLineDash([]);
  }

  /** From where a base is to where it would be. */
  private moved(c: CanvasRenderingContext2D, b: PlanBase): void {
    const home = whatif.home(b.name);
    if (!home || (home.lat === b.lat && home.lon === b.lon)) return;
    const [x0, y0] = this.of.overlay.screenOf(home.lon, home.lat);
    const [x1, y1] = this.of.overlay.screenOf(b.lon, b.lat);
    c.strokeStyle = palette().plan;
    c.lineWidth = 2;
    c.setLineDash([6, 4]);
    c.beginPath();
    c.moveTo(x0, y0);
    c.lineTo(x1, y1);
    c.stroke();
    c.setLineDash([]);
  }
}
