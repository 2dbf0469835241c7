// Draws the chart: passes, gaps, axes, stretches by the revisit they want, and the pointer's cross.
import { css, scales } from "../age";
import type { ChartPoint, Pass } from "../api";
import { day, hhmm, km, span } from "../fmt";
import { t } from "../lang";
import { moment } from "../moment";
import { whatif } from "../plan/whatif";
import { store } from "../store";
import { palette, theme } from "../theme";
import type { History } from "./history";
import type { View } from "./view";

const FONT = "12px system-ui, sans-serif";
const MINUTE = 60;
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080].map((m) => m * MINUTE);
const KM_STEPS = [0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500].map((k) => k * 1000);

/** A longer step between two points than this and than anything flies is a seam. */
const SEAM_M = 3000;
const FASTEST_MPS = 150;

const pick = (steps: number[], least: number): number => steps.find((s) => s >= least) ?? steps[steps.length - 1]!;

export class Painter {
  /** `ground` is the raster of ages, kept up to date by the chart. */
  constructor(private view: View, private history: History, private ground: HTMLCanvasElement) {}

  /** Ground, grid, passes and axes, at a time. */
  base(c: CanvasRenderingContext2D, now_s: number): void {
    const p = palette();
    c.clearRect(0, 0, this.view.width, this.view.height);
    c.save();
    c.beginPath();
    c.rect(this.view.left, 0, this.view.plotW, this.view.plotH);
    c.clip();
    c.imageSmoothingEnabled = false;
    if (this.history.state === "ready") c.drawImage(this.ground, this.view.left, 0, this.view.plotW, this.view.plotH);
    this.unreachable(c);
    this.grid(c);
    this.future(c, now_s);
    for (const pass of this.history.ahead) this.pass(c, pass, true);
    for (const pass of this.history.flown) this.pass(c, pass, false);
    this.tracks(c);
    this.names(c, now_s);
    this.nowLine(c, now_s);
    c.restore();
    this.timeAxis(c);
    this.kmAxis(c);
    c.strokeStyle = p.edge;
    c.lineWidth = 1;
    c.strokeRect(this.view.left + 0.5, 0.5, this.view.plotW - 1, this.view.plotH - 0.5);
    this.says(c);
  }

  private says(c: CanvasRenderingContext2D): void {
    const h = this.history;
    const words = h.state === "failed" ? t("chart_failed") : h.state === "reading" ? t("chart_loading") : h.state === "ready" && !h.flown.length && !h.planned.length ? t("chart_empty") : null;
    if (!words) return;
    c.font = "13px system-ui, sans-serif";
    c.fillStyle = palette().ink_soft;
    c.textAlign = "center";
    c.fillText(words, this.view.left + this.view.plotW / 2, this.view.plotH / 2);
    c.textAlign = "left";
  }

  private future(c: CanvasRenderingContext2D, now_s: number): void {
    const x = this.view.x(now_s);
    if (x > this.view.width) return;
    c.fillStyle = theme() === "dark" ? "rgba(228,205,178,0.035)" : "rgba(40,30,10,0.045)";
    c.fillRect(Math.max(this.view.left, x), 0, this.view.width, this.view.plotH);
  }

  private unreachable(c: CanvasRenderingContext2D): void {
    for (const s of store.watch.stretches) {
      if (!s.unreachable) continue;
      const y1 = this.view.y(store.net.axisOf({ line: s.line, s_m: s.from_m }));
      const y0 = this.view.y(store.net.axisOf({ line: s.line, s_m: s.to_m }));
      c.fillStyle = css(scales[theme()].never, 0.5);
      for (let y = y0 + 2; y < y1; y += 6) for (let x = this.view.left + ((y / 6) % 2 ? 2 : 5); x < this.view.width; x += 7) c.fillRect(x, y, 1.4, 1.4);
    }
  }

  private grid(c: CanvasRenderingContext2D): void {
    c.strokeStyle = palette().grid;
    c.lineWidth = 1;
    c.beginPath();
    for (const ts of this.timeTicks()) {
      const x = Math.round(this.view.x(ts)) + 0.5;
      c.moveTo(x, 0);
      c.lineTo(x, this.view.plotH);
    }
    for (const l of store.watch.lines.slice(1)) {
      const y = Math.round(this.view.y(l.offset_m)) + 0.5;
      c.moveTo(this.view.left, y);
      c.lineTo(this.view.width, y);
    }
    c.stroke();
  }

  private pass(c: CanvasRenderingContext2D, pass: Pass, planned: boolean): void {
    const p = palette();
    const chosen = pass.drone === store.selected;
    const tried = planned && whatif.shown;
    c.strokeStyle = tried ? p.plan : chosen ? p.accent : p.drone;
    c.globalAlpha = chosen || tried ? 1 : planned ? 0.65 : 0.8;
    c.lineWidth = chosen ? 2.4 : planned ? 1.1 : 1.3;
    c.setLineDash(planned ? [5, 4] : []);
    c.beginPath();
    let last: ChartPoint = null;
    for (const pt of pass.points) {
      // A pass over the seam of a closed line goes on at the other end of the axis.
      if (pt && last && Math.abs(pt[1] - last[1]) < SEAM_M + FASTEST_MPS * (pt[0] - last[0])) c.lineTo(this.view.x(pt[0]), this.view.y(pt[1]));
      else if (pt) c.moveTo(this.view.x(pt[0]), this.view.y(pt[1]));
      last = pt;
    }
    c.stroke();
    c.setLineDash([]);
    c.globalAlpha = 1;
  }

  /** What was seen on the ground: from when to when, at its kilometre; a filled mark where it crossed the line. */
  private tracks(c: CanvasRenderingContext2D): void {
    const p = palette();
    for (const k of store.shown?.tracks.values() ?? []) {
      if (k.line === null || k.s_m === null) continue;
      const y = this.view.y(store.net.axisOf({ line: k.line, s_m: k.s_m }));
      const chosen = k.id === store.track;
      c.strokeStyle = c.fillStyle = chosen ? p.accent : p.track;
      c.lineWidth = chosen ? 3 : 2;
      for (const [, from, to] of k.seen) {
        c.beginPath();
        c.moveTo(this.view.x(from) - 1.5, y);
        c.lineTo(Math.max(this.view.x(to), this.view.x(from)) + 1.5, y);
        c.stroke();
      }
      if (!k.crossed_us) continue;
      const x = this.view.x(k.crossed_us / 1e6);
      c.beginPath();
      c.moveTo(x, y - 5);
      c.lineTo(x + 4.5, y + 4);
      c.lineTo(x - 4.5, y + 4);
      c.fill();
    }
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
      const y = Math.min(this.view.plotH - 4, Math.max(11, this.view.y(last[1]) + 4));
      if (pass.drone !== store.selected && taken.some((o) => Math.abs(o - y) < 12)) continue;
      taken.push(y);
      const x = this.view.x(now_s) - 6;
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
    const x = Math.round(this.view.x(now_s)) + 0.5;
    c.strokeStyle = p.ink;
    c.lineWidth = 1.5;
    c.beginPath();
    c.moveTo(x, 0);
    c.lineTo(x, this.view.plotH);
    c.stroke();
    c.font = "600 11px system-ui, sans-serif";
    if (!store.replay) this.tag(c, t("chart_now"), x + 5, 13, p.ink);
    const tried = whatif.shown;
    if ((tried || this.history.ahead.length) && this.view.width - x > 120) this.tag(c, t(tried ? "chart_whatif" : "chart_planned"), x + 7, this.view.plotH - 7, tried ? p.plan : p.ink_soft);
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
    const w = this.view.window;
    const step = pick(TIME_STEPS, ((w.to_s - w.from_s) / this.view.plotW) * 76);
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
      const x = this.view.x(ts);
      if (x < this.view.left + 16 || x > this.view.width - 58) continue;
      c.fillText(ts % 86400 === 0 ? day(ts) : hhmm(ts), x, this.view.height - 7);
    }
    c.textAlign = "right";
    c.fillText(t("utc"), this.view.width - 6, this.view.height - 7);
    c.fillText(t("unit_km"), this.view.left - 12, this.view.height - 7);
    c.textAlign = "left";
  }

  /** Kilometres and, at the left edge of the plot, what revisit each stretch wants. */
  private kmAxis(c: CanvasRenderingContext2D): void {
    const p = palette();
    const w = this.view.window;
    const step = pick(KM_STEPS, ((w.hi_m - w.lo_m) / this.view.plotH) * 26);
    c.font = FONT;
    c.textAlign = "right";
    const taken: number[] = [];
    for (const l of store.watch.lines) {
      for (let s = 0; s <= l.length_m; s += step) {
        const y = this.view.y(l.offset_m + s);
        if (y < -2 || y > this.view.plotH + 2 || taken.some((o) => Math.abs(o - y) < 14)) continue;
        taken.push(y);
        c.fillStyle = p.ink_soft;
        c.fillText(km(s, step < 1000 ? 1 : 0), this.view.left - 12, Math.min(this.view.plotH - 1, Math.max(10, y + 4)));
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
    c.rect(0, 0, this.view.width, this.view.plotH);
    c.clip();
    c.font = "11px system-ui, sans-serif";
    const same = new Set(store.watch.stretches.map((s) => s.revisit_s)).size === 1;
    let told = false;
    for (const s of store.watch.stretches) {
      const y1 = this.view.y(store.net.axisOf({ line: s.line, s_m: s.from_m }));
      const y0 = this.view.y(store.net.axisOf({ line: s.line, s_m: s.to_m }));
      if (y1 < 0 || y0 > this.view.plotH) continue;
      c.fillStyle = s.unreachable ? css(scales[theme()].never) : p.ink_soft;
      const share = Math.min(1, store.watch.promise_s / s.revisit_s);
      c.globalAlpha = 0.35 + 0.65 * share;
      c.fillRect(this.view.left - 6, y0 + 1, s.unreachable ? 2 : 5, Math.max(2, y1 - y0 - 2));
      c.globalAlpha = 1;
      if (y1 - y0 < 16 || (same && told)) continue;
      told = true;
      const at = Math.min(this.view.plotH, y1) - 6;
      this.tag(c, s.unreachable ? t("legend_unreachable") : t("revisit_every", { time: span(s.revisit_s) }), this.view.left + 6, at, p.ink_soft);
    }
    c.restore();
  }

  private lineNames(c: CanvasRenderingContext2D): void {
    c.font = "600 11px system-ui, sans-serif";
    for (const l of store.watch.lines) {
      const y0 = this.view.y(l.offset_m + l.length_m);
      const y1 = this.view.y(l.offset_m);
      if (y1 - y0 < 18 || y1 < 10 || y0 > this.view.plotH) continue;
      this.tag(c, l.name, this.view.left + 6, Math.max(0, y0) + 13, palette().ink);
    }
  }

  /** What follows the pointer, and the moment chosen. */
  top(c: CanvasRenderingContext2D): void {
    const p = palette();
    c.clearRect(0, 0, this.view.width, this.view.height);
    if (store.looking_back) this.momentLine(c);
    const hover = store.hover;
    if (!hover) return;
    const y = Math.round(this.view.y(store.net.axisOf(hover.spot))) + 0.5;
    c.strokeStyle = p.accent;
    c.lineWidth = 1;
    c.beginPath();
    if (y >= 0 && y <= this.view.plotH) {
      c.moveTo(this.view.left - 6, y);
      c.lineTo(this.view.width, y);
    }
    const x = hover.t_s === null ? null : Math.round(this.view.x(hover.t_s)) + 0.5;
    if (x !== null) {
      c.moveTo(x, 0);
      c.lineTo(x, this.view.plotH);
    }
    c.stroke();
    if (y < 0 || y > this.view.plotH) return;
    c.font = "600 12px system-ui, sans-serif";
    const text = km(hover.spot.s_m);
    const w = c.measureText(text).width + 8;
    c.fillStyle = p.accent;
    c.fillRect(this.view.left - 8 - w, y - 9, w, 18);
    c.fillStyle = p.panel;
    c.fillText(text, this.view.left - 4 - w, y + 4);
  }

  private momentLine(c: CanvasRenderingContext2D): void {
    const p = palette();
    const t_s = moment.chosen_us / 1e6;
    const x = Math.round(this.view.x(t_s)) + 0.5;
    if (x < this.view.left) return;
    c.strokeStyle = p.accent;
    c.lineWidth = 2;
    c.beginPath();
    c.moveTo(x, 0);
    c.lineTo(x, this.view.plotH);
    c.stroke();
    c.font = "700 12px system-ui, sans-serif";
    const text = hhmm(t_s);
    const w = c.measureText(text).width + 10;
    const at = Math.min(this.view.width - w, Math.max(this.view.left, x - w / 2));
    c.fillStyle = p.accent;
    c.beginPath();
    c.roundRect(at, this.view.plotH + 3, w, 18, 4);
    c.fill();
    c.fillStyle = p.panel;
    c.fillText(text, at + 5, this.view.plotH + 16);
  }
}

function lastPoint(points: ChartPoint[]): [number, number] | null {
  for (let i = points.length - 1; i >= 0; i--) if (points[i]) return points[i]!;
  return null;
}
