// The space-time chart: time across, kilometres of line upward, every pass a stroke, every gap a growing shade.
import { ageRgb, css } from "../age";
import { h, put } from "../dom";
import { on } from "../emitter";
import { t } from "../lang";
import { moment } from "../moment";
import { store } from "../store";
import { theme } from "../theme";
import { History } from "./history";
import { Painter } from "./paint";
import { Raster } from "./raster";
import { View, type Window } from "./view";

const REREAD_MS = 15000;

export class Chart {
  readonly history = new History();
  private raster = new Raster();
  private view: View;
  private painter: Painter;
  private base: HTMLCanvasElement;
  private top: HTMLCanvasElement;
  private follow = true;
  private drawn = "";
  private raster_of = "";
  private read_ms = -Infinity;
  private read_of = "";
  private cursor: { x: number; y: number } | null = null;
  visible = true;
  private back = h("button", { class: "btn small chart-reset", onclick: () => this.reset() });

  constructor(readonly host: HTMLElement, private onKm: (line: number, s_m: number) => void, private onDrone: (id: string) => void) {
    const make = (cls: string): HTMLCanvasElement => {
      const c = document.createElement("canvas");
      c.className = cls;
      host.append(c);
      return c;
    };
    this.base = make("chart-base");
    this.top = make("chart-top");
    this.top.tabIndex = 0;
    this.top.setAttribute("role", "img");
    this.back.hidden = true;
    host.append(this.back);
    this.view = new View(this.home());
    this.painter = new Painter(this.view, this.history, this.raster.canvas);
    new ResizeObserver(() => this.resize()).observe(host);
    this.pointing();
    on("turned", () => {
      // The first snapshot tells what time it is: a simulation's clock is not the wall's.
      if (this.follow) this.view.window = { ...this.home(), lo_m: this.view.window.lo_m, hi_m: this.view.window.hi_m };
      this.reread();
    });
    on("picture", () => this.history.follow());
    on("hover", () => this.drawTop());
    on("select", () => this.draw(true));
    on("moment", () => this.drawTop());
    on("look", () => this.draw(true));
    on("whatif", () => this.draw(true));
    window.setInterval(() => this.beat(), 1000);
  }

  /** The window at rest: two promises back, one ahead; in a replay the whole record. It moves by whole pixels, so that
   * the chart is drawn again only when it looks different. */
  private home(): Window {
    const w = store.watch;
    const axis = { lo_m: 0, hi_m: store.net.axis_m };
    if (store.replay && w.to_us > w.from_us) return { from_s: w.from_us / 1e6, to_s: w.to_us / 1e6, ...axis };
    const exact = store.liveNow_us() / 1e6;
    const px_s = this.view ? (this.view.window.to_s - this.view.window.from_s) / Math.max(1, this.view.plotW) : 1;
    const now = Math.ceil(exact / px_s) * px_s;
    const start = (store.live?.start_us ?? w.start_us) / 1e6;
    const past = Math.min(2 * w.promise_s, Math.max(now - start, 0.5 * w.promise_s));
    return { from_s: now - past, to_s: now + Math.max(0.5 * past, 0.5 * w.promise_s), ...axis };
  }

  reset(): void {
    this.follow = true;
    this.back.hidden = true;
    this.view.window = this.home();
    this.reread();
    this.draw(true);
  }

  show(yes: boolean): void {
    this.visible = yes;
    if (yes) requestAnimationFrame(() => this.resize());
  }

  private beat(): void {
    if (!this.visible || !this.view.width) return;
    if (this.follow && !store.replay) {
      const full = this.home();
      this.view.window = { ...this.view.window, from_s: full.from_s, to_s: full.to_s };
    }
    this.history.follow();
    if (performance.now() - this.read_ms > (this.history.state === "failed" ? 4000 : REREAD_MS)) this.reread();
    this.draw(false);
  }

  /** Read the window and as much before it as an age can come from. */
  private reread(): void {
    if (!this.visible) return;
    const w = this.view.window;
    const longest = Math.max(store.watch.promise_s, ...store.watch.stretches.map((s) => s.revisit_s));
    const from = Math.max(store.watch.start_us / 1e6, w.from_s - 2 * longest);
    this.read_ms = performance.now();
    this.read_of = `${Math.round(w.from_s)}:${Math.round(w.to_s)}`;
    void this.history.read(Math.min(from, w.to_s - 60), w.to_s).then(() => this.draw(true));
  }

  private rereadSoon(): void {
    const asked = this.read_of;
    window.setTimeout(() => {
      if (asked === this.read_of) this.reread();
    }, 300);
  }

  private resize(): void {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.view.width = this.host.clientWidth;
    this.view.height = this.host.clientHeight;
    if (!this.view.width || !this.view.height) return;
    for (const c of [this.base, this.top]) {
      c.width = Math.round(this.view.width * ratio);
      c.height = Math.round(this.view.height * ratio);
      c.getContext("2d")!.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.draw(true);
  }

  private draw(force: boolean): void {
    if (!this.visible || !this.view.width || this.view.plotH < 20) return;
    const now_s = store.liveNow_us() / 1e6;
    const w = this.view.window;
    const px_s = (w.to_s - w.from_s) / this.view.plotW;
    const sign = `${this.history.version}|${Math.floor(now_s / px_s)}|${w.from_s}|${w.to_s}|${w.lo_m}|${w.hi_m}`;
    if (!force && sign === this.drawn) return;
    this.drawn = sign;
    const raster_of = `${sign}|${theme()}|${this.view.width}x${this.view.height}`;
    if (raster_of !== this.raster_of) this.raster.draw(this.history, w, this.view.plotW, this.view.plotH, Math.min(now_s, w.to_s));
    this.raster_of = raster_of;
    const rest = (): void => {
      this.drawBase(now_s);
      this.drawTop();
    };
    // Every second's work in two parts, so that no frame of the map is lost over it.
    if (force) rest();
    else requestAnimationFrame(rest);
  }

  private drawBase(now_s: number): void {
    put(this.back, t("chart_reset"));
    this.painter.base(this.base.getContext("2d")!, now_s);
  }

  private drawTop(): void {
    if (this.visible && this.view.width) this.painter.top(this.top.getContext("2d")!);
  }

  /** Age at a place and time of the chart, for the words beside the pointer. */
  ageAt(bin: number, t_s: number): { seen_s: number; age_s: number } {
    const seen_s = this.history.seenBefore(bin, t_s);
    return { seen_s, age_s: Math.max(0, t_s - (seen_s || store.watch.start_us / 1e6)) };
  }

  colourAt(ratio: number): string {
    return css(ageRgb(ratio, theme()));
  }

  private zoomTime(factor: number, about_x: number): void {
    const w = this.view.window;
    const at = this.view.timeAt(about_x);
    const length = Math.min(40 * 86400, Math.max(300, (w.to_s - w.from_s) * factor));
    const share = (at - w.from_s) / (w.to_s - w.from_s);
    this.set({ ...w, from_s: at - share * length, to_s: at + (1 - share) * length });
  }

  private zoomKm(factor: number, about_y: number): void {
    const w = this.view.window;
    const at = this.view.axisAt(about_y);
    const length = Math.min(store.net.axis_m, Math.max(2000, (w.hi_m - w.lo_m) * factor));
    const share = (at - w.lo_m) / (w.hi_m - w.lo_m);
    this.set({ ...w, lo_m: at - share * length, hi_m: at + (1 - share) * length });
  }

  private pan(dx: number, dy: number): void {
    const w = this.view.window;
    const dt = (-dx / this.view.plotW) * (w.to_s - w.from_s);
    const dm = (dy / this.view.plotH) * (w.hi_m - w.lo_m);
    this.set({ from_s: w.from_s + dt, to_s: w.to_s + dt, lo_m: w.lo_m + dm, hi_m: w.hi_m + dm }, dx !== 0);
  }

  private set(w: Window, time_moved = true): void {
    const length = w.hi_m - w.lo_m;
    const lo_m = Math.min(store.net.axis_m - length, Math.max(0, w.lo_m));
    this.view.window = { ...w, lo_m, hi_m: lo_m + length };
    if (time_moved) this.follow = false;
    this.back.hidden = false;
    this.rereadSoon();
    this.draw(true);
  }

  private pointing(): void {
    const el = this.top;
    let drag: { x: number; y: number; moved: boolean; axis: boolean; id: number } | null = null;
    const place = (e: PointerEvent | WheelEvent | MouseEvent): { x: number; y: number } => {
      const box = el.getBoundingClientRect();
      return { x: e.clientX - box.left, y: e.clientY - box.top };
    };
    el.addEventListener("pointerdown", (e) => {
      const { x, y } = place(e);
      drag = { x, y, moved: false, axis: y > this.view.plotH, id: e.pointerId };
      el.setPointerCapture(e.pointerId);
      if (drag.axis) this.chooseMoment(x);
    });
    el.addEventListener("pointermove", (e) => {
      const at = place(e);
      if (drag?.axis) this.chooseMoment(at.x);
      else if (drag) {
        if (Math.hypot(at.x - drag.x, at.y - drag.y) > 4) drag.moved = true;
        if (drag.moved) {
          this.pan(at.x - drag.x, at.y - drag.y);
          drag.x = at.x;
          drag.y = at.y;
        }
      }
      this.hoverAt(at.x, at.y);
    });
    el.addEventListener("pointerup", (e) => {
      const at = place(e);
      if (drag && !drag.moved && !drag.axis) this.clicked(at.x, at.y);
      drag = null;
    });
    el.addEventListener("pointerleave", () => {
      this.cursor = null;
      store.point(null, "chart");
    });
    el.addEventListener("wheel", (e) => {
      e.preventDefault();
      const { x, y } = place(e);
      const f = Math.exp(Math.max(-120, Math.min(120, e.deltaY + e.deltaX)) * 0.003);
      if (e.shiftKey || x < this.view.left) this.zoomKm(f, y);
      else this.zoomTime(f, x);
    }, { passive: false });
    el.addEventListener("dblclick", () => this.reset());
    el.addEventListener("keydown", (e) => this.key(e));
  }

  private key(e: KeyboardEvent): void {
    const mid = { x: this.view.left + this.view.plotW / 2, y: this.view.plotH / 2 };
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.pan(this.view.plotW / 8, 0),
      ArrowRight: () => this.pan(-this.view.plotW / 8, 0),
      ArrowUp: () => this.pan(0, this.view.plotH / 8),
      ArrowDown: () => this.pan(0, -this.view.plotH / 8),
      "+": () => this.zoomTime(0.7, mid.x),
      "-": () => this.zoomTime(1 / 0.7, mid.x),
      Home: () => this.reset(),
    };
    const f = acts[e.key];
    if (!f || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    f();
  }

  private chooseMoment(x: number): void {
    const t_us = this.view.timeAt(Math.max(this.view.left, x)) * 1e6;
    if (t_us >= moment.to_us) moment.now();
    else moment.goTo(t_us);
  }

  private hoverAt(x: number, y: number): void {
    if (x < this.view.left || y < 0 || y > this.view.plotH) {
      this.top.style.cursor = y > this.view.plotH ? "ew-resize" : "";
      this.cursor = null;
      store.point(null, "chart");
      return;
    }
    this.top.style.cursor = "crosshair";
    this.cursor = { x, y };
    store.point(store.net.spotOfAxis(this.view.axisAt(y)), "chart", this.view.timeAt(x));
  }

  /** Where the pointer is on the screen, for the words beside it. */
  pointer(): { x: number; y: number } | null {
    if (!this.cursor) return null;
    const box = this.top.getBoundingClientRect();
    return { x: box.left + this.cursor.x, y: box.top + this.cursor.y };
  }

  /** A pass under the pointer chooses its drone; elsewhere the map turns to that kilometre. */
  private clicked(x: number, y: number): void {
    if (x < this.view.left) return;
    const drone = this.passNear(x, y);
    if (drone) {
      this.onDrone(drone);
      return;
    }
    const spot = store.net.spotOfAxis(this.view.axisAt(y));
    if (spot) this.onKm(spot.line, spot.s_m);
  }

  private passNear(x: number, y: number): string | null {
    let best: string | null = null;
    let best_d = 7;
    for (const pass of [...this.history.flown, ...this.history.ahead]) {
      for (let i = 1; i < pass.points.length; i++) {
        const a = pass.points[i - 1];
        const b = pass.points[i];
        if (!a || !b) continue;
        const d = toSegment(x, y, this.view.x(a[0]), this.view.y(a[1]), this.view.x(b[0]), this.view.y(b[1]));
        if (d < best_d) {
          best_d = d;
          best = pass.drone;
        }
      }
    }
    return best;
  }
}

function toSegment(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const len2 = dx * dx + dy * dy;
  const f = len2 > 0 ? Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / len2)) : 0;
  return Math.hypot(px - ax - dx * f, py - ay - dy * f);
}
