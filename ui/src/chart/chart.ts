// The space-time chart: time across, kilometres of line upward, every pass a stroke, every gap a growing shade.
import { ageRgb, css, scales } from "../age";
import type { ChartPoint, Pass } from "../api";
import { h, put } from "../dom";
import { on } from "../emitter";
import { day, hhmm, km, span } from "../fmt";
import { t } from "../lang";
import { moment } from "../moment";
import { store } from "../store";
import { palette, theme } from "../theme";
import { History } from "./history";
import { Raster, type Window } from "./raster";

const AXIS_PX = 24;
const FONT = "12px system-ui, sans-serif";
const REREAD_MS = 15000;
const MINUTE = 60;
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080].map((m) => m * MINUTE);
const KM_STEPS = [0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500].map((k) => k * 1000);

const pick = (steps: number[], least: number): number => steps.find((s) => s >= least) ?? steps[steps.length - 1]!;

export class Chart {
  readonly history = new History();
  private raster = new Raster();
  private base: HTMLCanvasElement;
  private top: HTMLCanvasElement;
  private window: Window;
  private follow = true;
  private width = 0;
  private height = 0;
  private left = 58;
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
    this.window = this.home();
    new ResizeObserver(() => this.resize()).observe(host);
    this.pointing();
    on("turned", () => this.reread());
    on("picture", () => this.history.follow());
    on("hover", () => this.drawTop());
    on("select", () => this.draw(true));
    on("moment", () => this.drawTop());
    on("look", () => this.draw(true));
    window.setInterval(() => this.beat(), 1000);
  }

  /** The window at rest: two promises back, one ahead; in a replay the whole record. */
  private home(): Window {
    const w = store.watch;
    const axis = { lo_m: 0, hi_m: store.net.axis_m };
    if (store.replay && w.to_us > w.from_us) return { from_s: w.from_us / 1e6, to_s: w.to_us / 1e6, ...axis };
    const now = store.liveNow_us() / 1e6;
    const start = (store.live?.start_us ?? w.start_us) / 1e6;
    const past = Math.min(2 * w.promise_s, Math.max(now - start, 0.5 * w.promise_s));
    return { from_s: now - past, to_s: now + Math.max(0.5 * past, 0.5 * w.promise_s), ...axis };
  }

  reset(): void {
    this.follow = true;
    this.back.hidden = true;
    this.window = this.home();
    this.reread();
    this.draw(true);
  }

  show(yes: boolean): void {
    this.visible = yes;
    if (yes) requestAnimationFrame(() => this.resize());
  }

  private beat(): void {
    if (!this.visible || !this.width) return;
    if (this.follow && !store.replay) {
      const full = this.home();
      this.window = { ...this.window, from_s: full.from_s, to_s: full.to_s };
    }
    this.history.follow();
    if (performance.now() - this.read_ms > (this.history.state === "failed" ? 4000 : REREAD_MS)) this.reread();
    this.draw(false);
  }

  /** Read the window and as much before it as an age can come from. */
  private reread(): void {
    if (!this.visible) return;
    const w = this.window;
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
    this.width = this.host.clientWidth;
    this.height = this.host.clientHeight;
    if (!this.width || !this.height) return;
    for (const c of [this.base, this.top]) {
      c.width = Math.round(this.width * ratio);
      c.height = Math.round(this.height * ratio);
      c.getContext("2d")!.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.draw(true);
  }

  private get plotW(): number {
    return this.width - this.left;
  }
  private get plotH(): number {
    return this.height - AXIS_PX;
  }
  private x(t_s: number): number {
    return this.left + ((t_s - this.window.from_s) / (this.window.to_s - this.window.from_s)) * this.plotW;
  }
  private y(axis_m: number): number {
    return this.plotH * (1 - (axis_m - this.window.lo_m) / (this.window.hi_m - this.window.lo_m));
  }
  private timeAt(x: number): number {
    return this.window.from_s + ((x - this.left) / this.plotW) * (this.window.to_s - this.window.from_s);
  }
  private axisAt(y: number): number {
    return this.window.hi_m - (y / this.plotH) * (this.window.hi_m - this.window.lo_m);
  }

  private draw(force: boolean): void {
    if (!this.visible || !this.width || this.plotH < 20) return;
    const now_s = store.liveNow_us() / 1e6;
    const w = this.window;
    const px_s = (w.to_s - w.from_s) / this.plotW;
    const sign = `${this.history.version}|${Math.floor(now_s / px_s)}|${w.from_s}|${w.to_s}|${w.lo_m}|${w.hi_m}`;
    if (!force && sign === this.drawn) return;
    this.drawn = sign;
    const raster_of = `${sign}|${theme()}|${this.width}x${this.height}`;
    if (raster_of !== this.raster_of) this.raster.draw(this.history, w, this.plotW, this.plotH, Math.min(now_s, w.to_s));
    this.raster_of = raster_of;
    this.drawBase(now_s);
    this.drawTop();
  }

  private drawBase(now_s: number): void {
    put(this.back, t("chart_reset"));
    const c = this.base.getContext("2d")!;
    const p = palette();
    c.clearRect(0, 0, this.width, this.height);
    c.save();
    c.beginPath();
    c.rect(this.left, 0, this.plotW, this.plotH);
    c.clip();
    c.imageSmoothingEnabled = false;
    if (this.history.state === "ready") c.drawImage(this.raster.canvas, this.left, 0, this.plotW, this.plotH);
    this.unreachable(c);
    this.grid(c);
    this.future(c, now_s);
    for (const pass of this.history.planned) this.pass(c, pass, true);
    for (const pass of this.history.flown) this.pass(c, pass, false);
    this.names(c, now_s);
    this.nowLine(c, now_s);
    c.restore();
    this.timeAxis(c);
    this.kmAxis(c);
    c.strokeStyle = p.edge;
    c.lineWidth = 1;
    c.strokeRect(this.left + 0.5, 0.5, this.plotW - 1, this.plotH - 0.5);
    this.says(c);
  }

  private says(c: CanvasRenderingContext2D): void {
    const h = this.history;
    const words = h.state === "failed" ? t("chart_failed") : h.state === "reading" ? t("chart_loading") : h.state === "ready" && !h.flown.length && !h.planned.length ? t("chart_empty") : null;
    if (!words) return;
    c.font = "13px system-ui, sans-serif";
    c.fillStyle = palette().ink_soft;
    c.textAlign = "center";
    c.fillText(words, this.left + this.plotW / 2, this.plotH / 2);
    c.textAlign = "left";
  }

  private future(c: CanvasRenderingContext2D, now_s: number): void {
    const x = this.x(now_s);
    if (x > this.width) return;
    c.fillStyle = theme() === "dark" ? "rgba(228,205,178,0.035)" : "rgba(40,30,10,0.045)";
    c.fillRect(Math.max(this.left, x), 0, this.width, this.plotH);
  }

  private unreachable(c: CanvasRenderingContext2D): void {
    for (const s of store.watch.stretches) {
      if (!s.unreachable) continue;
      const y1 = this.y(store.net.axisOf({ line: s.line, s_m: s.from_m }));
      const y0 = this.y(store.net.axisOf({ line: s.line, s_m: s.to_m }));
      c.fillStyle = css(scales[theme()].never, 0.5);
      for (let y = y0 + 2; y < y1; y += 6) for (let x = this.left + ((y / 6) % 2 ? 2 : 5); x < this.width; x += 7) c.fillRect(x, y, 1.4, 1.4);
    }
  }

  private grid(c: CanvasRenderingContext2D): void {
    c.strokeStyle = palette().grid;
    c.lineWidth = 1;
    c.beginPath();
    for (const ts of this.timeTicks()) {
      const x = Math.round(this.x(ts)) + 0.5;
      c.moveTo(x, 0);
      c.lineTo(x, this.plotH);
    }
    for (const l of store.watch.lines.slice(1)) {
      const y = Math.round(this.y(l.offset_m)) + 0.5;
      c.moveTo(this.left, y);
      c.lineTo(this.width, y);
    }
    c.stroke();
  }

  private pass(c: CanvasRenderingContext2D, pass: Pass, planned: boolean): void {
    const p = palette();
    const chosen = pass.drone === store.selected;
    c.strokeStyle = chosen ? p.accent : p.drone;
    c.globalAlpha = chosen ? 1 : planned ? 0.65 : 0.8;
    c.lineWidth = chosen ? 2.4 : planned ? 1.1 : 1.3;
    c.setLineDash(planned ? [5, 4] : []);
    c.beginPath();
    let pen = false;
    for (const pt of pass.points) {
      if (!pt) {
        pen = false;
        continue;
      }
      if (pen) c.lineTo(this.x(pt[0]), this.y(pt[1]));
      else c.moveTo(this.x(pt[0]), this.y(pt[1]));
      pen = true;
    }
    c.stroke();
    c.setLineDash([]);
    c.globalAlpha = 1;
  }

  /** Names of drones at the end of their strokes, where there is room. */
  private names(c: CanvasRenderingContext2D, now_s: number): void {
    const p = palette();
    const taken: number[] = [];
    c.font = "600 11px system-ui, sans-serif";
    c.textAlign = "right";
    for (const pass of this.history.flown) {
      const last = lastPoint(pass.points);
      if (!last || now_s - last[0] > 300) continue;
      const y = Math.min(this.plotH - 4, Math.max(11, this.y(last[1]) + 4));
      if (pass.drone !== store.selected && taken.some((o) => Math.abs(o - y) < 12)) continue;
      taken.push(y);
      const x = this.x(now_s) - 6;
      c.lineWidth = 3;
      c.lineJoin = "round";
      c.strokeStyle = p.halo;
      c.strokeText(pass.drone, x, y);
      c.fillStyle = pass.drone === store.selected ? p.accent : p.ink;
      c.fillText(pass.drone, x, y);
    }
    c.textAlign = "left";
  }

  private nowLine(c: CanvasRenderingContext2D, now_s: number): void {
    const p = palette();
    const x = Math.round(this.x(now_s)) + 0.5;
    c.strokeStyle = p.ink;
    c.lineWidth = 1.5;
    c.beginPath();
    c.moveTo(x, 0);
    c.lineTo(x, this.plotH);
    c.stroke();
    c.font = "600 11px system-ui, sans-serif";
    if (!store.replay) this.tag(c, t("chart_now"), x + 5, 13, p.ink);
    if (this.history.planned.length && this.width - x > 120) this.tag(c, t("chart_planned"), x + 7, this.plotH - 7, p.ink_soft);
  }

  private tag(c: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string): void {
    c.lineWidth = 3;
    c.lineJoin = "round";
    c.strokeStyle = palette().halo;
    c.strokeText(text, x, y);
    c.fillStyle = colour;
    c.fillText(text, x, y);
  }

  private timeTicks(): number[] {
    const w = this.window;
    const step = pick(TIME_STEPS, ((w.to_s - w.from_s) / this.plotW) * 76);
    const out: number[] = [];
    for (let ts = Math.ceil(w.from_s / step) * step; ts < w.to_s; ts += step) out.push(ts);
    return out;
  }

  private timeAxis(c: CanvasRenderingContext2D): void {
    const p = palette();
    c.font = FONT;
    c.fillStyle = p.ink_soft;
    c.textAlign = "center";
    for (const ts of this.timeTicks()) {
      const x = this.x(ts);
      if (x < this.left + 16 || x > this.width - 44) continue;
      c.fillText(ts % 86400 === 0 ? day(ts) : hhmm(ts), x, this.height - 7);
    }
    c.textAlign = "right";
    c.fillText(t("utc"), this.width - 6, this.height - 7);
    c.fillText(t("unit_km"), this.left - 12, this.height - 7);
    c.textAlign = "left";
  }

  /** Kilometres and, at the left edge of the plot, what revisit each stretch wants. */
  private kmAxis(c: CanvasRenderingContext2D): void {
    const p = palette();
    const w = this.window;
    const step = pick(KM_STEPS, ((w.hi_m - w.lo_m) / this.plotH) * 26);
    c.font = FONT;
    c.textAlign = "right";
    for (const l of store.watch.lines) {
      let room = Infinity;
      for (let s = 0; s <= l.length_m; s += step) {
        const y = this.y(l.offset_m + s);
        if (y < -2 || y > this.plotH + 2 || room - y < 14) continue;
        room = y;
        c.fillStyle = p.ink_soft;
        c.fillText(km(s, step < 1000 ? 1 : 0), this.left - 12, Math.min(this.plotH - 1, Math.max(10, y + 4)));
      }
    }
    c.textAlign = "left";
    this.stretchMarks(c);
    if (!store.net.single) this.lineNames(c);
  }

  private stretchMarks(c: CanvasRenderingContext2D): void {
    const p = palette();
    c.save();
    c.beginPath();
    c.rect(0, 0, this.width, this.plotH);
    c.clip();
    c.font = "11px system-ui, sans-serif";
    const same = new Set(store.watch.stretches.map((s) => s.revisit_s)).size === 1;
    let told = false;
    for (const s of store.watch.stretches) {
      const y1 = this.y(store.net.axisOf({ line: s.line, s_m: s.from_m }));
      const y0 = this.y(store.net.axisOf({ line: s.line, s_m: s.to_m }));
      if (y1 < 0 || y0 > this.plotH) continue;
      c.fillStyle = s.unreachable ? css(scales[theme()].never) : p.ink_soft;
      const share = Math.min(1, store.watch.promise_s / s.revisit_s);
      c.globalAlpha = 0.35 + 0.65 * share;
      c.fillRect(this.left - 6, y0 + 1, s.unreachable ? 2 : 5, Math.max(2, y1 - y0 - 2));
      c.globalAlpha = 1;
      if (y1 - y0 < 16 || (same && told)) continue;
      told = true;
      const at = Math.min(this.plotH, y1) - 6;
      this.tag(c, s.unreachable ? t("legend_unreachable") : t("revisit_every", { time: span(s.revisit_s) }), this.left + 6, at, p.ink_soft);
    }
    c.restore();
  }

  private lineNames(c: CanvasRenderingContext2D): void {
    c.font = "600 11px system-ui, sans-serif";
    for (const l of store.watch.lines) {
      const y0 = this.y(l.offset_m + l.length_m);
      const y1 = this.y(l.offset_m);
      if (y1 - y0 < 18 || y1 < 10 || y0 > this.plotH) continue;
      this.tag(c, l.name, this.left + 6, Math.max(0, y0) + 13, palette().ink);
    }
  }

  private drawTop(): void {
    if (!this.visible || !this.width) return;
    const c = this.top.getContext("2d")!;
    const p = palette();
    c.clearRect(0, 0, this.width, this.height);
    if (store.looking_back) this.momentLine(c);
    const hover = store.hover;
    if (!hover) return;
    const y = Math.round(this.y(store.net.axisOf(hover.spot))) + 0.5;
    c.strokeStyle = p.accent;
    c.lineWidth = 1;
    c.beginPath();
    if (y >= 0 && y <= this.plotH) {
      c.moveTo(this.left - 6, y);
      c.lineTo(this.width, y);
    }
    const x = hover.t_s === null ? null : Math.round(this.x(hover.t_s)) + 0.5;
    if (x !== null) {
      c.moveTo(x, 0);
      c.lineTo(x, this.plotH);
    }
    c.stroke();
    if (y < 0 || y > this.plotH) return;
    c.font = "600 12px system-ui, sans-serif";
    const text = km(hover.spot.s_m);
    const w = c.measureText(text).width + 8;
    c.fillStyle = p.accent;
    c.fillRect(this.left - 8 - w, y - 9, w, 18);
    c.fillStyle = p.panel;
    c.fillText(text, this.left - 4 - w, y + 4);
  }

  private momentLine(c: CanvasRenderingContext2D): void {
    const p = palette();
    const t_s = moment.chosen_us / 1e6;
    const x = Math.round(this.x(t_s)) + 0.5;
    if (x < this.left) return;
    c.strokeStyle = p.accent;
    c.lineWidth = 2;
    c.beginPath();
    c.moveTo(x, 0);
    c.lineTo(x, this.plotH);
    c.stroke();
    c.font = "700 12px system-ui, sans-serif";
    const text = hhmm(t_s);
    const w = c.measureText(text).width + 10;
    const at = Math.min(this.width - w, Math.max(this.left, x - w / 2));
    c.fillStyle = p.accent;
    c.beginPath();
    c.roundRect(at, this.plotH + 3, w, 18, 4);
    c.fill();
    c.fillStyle = p.panel;
    c.fillText(text, at + 5, this.plotH + 16);
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
    const w = this.window;
    const at = this.timeAt(about_x);
    const length = Math.min(40 * 86400, Math.max(300, (w.to_s - w.from_s) * factor));
    const share = (at - w.from_s) / (w.to_s - w.from_s);
    this.set({ ...w, from_s: at - share * length, to_s: at + (1 - share) * length });
  }

  private zoomKm(factor: number, about_y: number): void {
    const w = this.window;
    const at = this.axisAt(about_y);
    const length = Math.min(store.net.axis_m, Math.max(2000, (w.hi_m - w.lo_m) * factor));
    const share = (at - w.lo_m) / (w.hi_m - w.lo_m);
    this.set({ ...w, lo_m: at - share * length, hi_m: at + (1 - share) * length });
  }

  private pan(dx: number, dy: number): void {
    const w = this.window;
    const dt = (-dx / this.plotW) * (w.to_s - w.from_s);
    const dm = (dy / this.plotH) * (w.hi_m - w.lo_m);
    this.set({ from_s: w.from_s + dt, to_s: w.to_s + dt, lo_m: w.lo_m + dm, hi_m: w.hi_m + dm }, dx !== 0);
  }

  private set(w: Window, time_moved = true): void {
    const length = w.hi_m - w.lo_m;
    const lo_m = Math.min(store.net.axis_m - length, Math.max(0, w.lo_m));
    this.window = { ...w, lo_m, hi_m: lo_m + length };
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
      drag = { x, y, moved: false, axis: y > this.plotH, id: e.pointerId };
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
      if (e.shiftKey || x < this.left) this.zoomKm(f, y);
      else this.zoomTime(f, x);
    }, { passive: false });
    el.addEventListener("dblclick", () => this.reset());
    el.addEventListener("keydown", (e) => this.key(e));
  }

  private key(e: KeyboardEvent): void {
    const mid = { x: this.left + this.plotW / 2, y: this.plotH / 2 };
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.pan(this.plotW / 8, 0),
      ArrowRight: () => this.pan(-this.plotW / 8, 0),
      ArrowUp: () => this.pan(0, this.plotH / 8),
      ArrowDown: () => this.pan(0, -this.plotH / 8),
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
    const t_us = this.timeAt(Math.max(this.left, x)) * 1e6;
    if (t_us >= moment.to_us) moment.now();
    else moment.goTo(t_us);
  }

  private hoverAt(x: number, y: number): void {
    if (x < this.left || y < 0 || y > this.plotH) {
      this.top.style.cursor = y > this.plotH ? "ew-resize" : "";
      this.cursor = null;
      store.point(null, "chart");
      return;
    }
    this.top.style.cursor = "crosshair";
    this.cursor = { x, y };
    store.point(store.net.spotOfAxis(this.axisAt(y)), "chart", this.timeAt(x));
  }

  /** Where the pointer is on the screen, for the words beside it. */
  pointer(): { x: number; y: number } | null {
    if (!this.cursor) return null;
    const box = this.top.getBoundingClientRect();
    return { x: box.left + this.cursor.x, y: box.top + this.cursor.y };
  }

  /** A pass under the pointer chooses its drone; elsewhere the map turns to that kilometre. */
  private clicked(x: number, y: number): void {
    if (x < this.left) return;
    const drone = this.passNear(x, y);
    if (drone) {
      this.onDrone(drone);
      return;
    }
    const spot = store.net.spotOfAxis(this.axisAt(y));
    if (spot) this.onKm(spot.line, spot.s_m);
  }

  private passNear(x: number, y: number): string | null {
    let best: string | null = null;
    let best_d = 7;
    for (const pass of [...this.history.flown, ...this.history.planned]) {
      for (let i = 1; i < pass.points.length; i++) {
        const a = pass.points[i - 1];
        const b = pass.points[i];
        if (!a || !b) continue;
        const d = toSegment(x, y, this.x(a[0]), this.y(a[1]), this.x(b[0]), this.y(b[1]));
        if (d < best_d) {
          best_d = d;
          best = pass.drone;
        }
      }
    }
    return best;
  }
}

function lastPoint(points: ChartPoint[]): [number, number] | null {
  for (let i = points.length - 1; i >= 0; i--) if (points[i]) return points[i]!;
  return null;
}

function toSegment(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const len2 = dx * dx + dy * dy;
  const f = len2 > 0 ? Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / len2)) : 0;
  return Math.hypot(px - ax - dx * f, py - ay - dy * f);
}
