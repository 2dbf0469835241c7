// The border line coloured by age, on the canvas over the map: a change of colour costs a few milliseconds there, where
// the map below would have to be drawn again as a whole. Bins of one look are joined into runs.
import { ageOf, ageRgb, css, scales, type Kind } from "../age";
import { vertexBefore, type Way } from "../line";
import { store, type Picture } from "../store";
import { palette, theme } from "../theme";

const STEPS = 24;
/** Colours are looked at again after this long, or as soon as something was seen. */
const LEAST_MS = 1000;
/** Vertices nearer to each other than this are left out, in pixels. */
const FINE_PX = 1.2;

/** Screen position of a Mercator point. */
export type Projector = (x: number, y: number, out: Float64Array) => void;

interface Run {
  kind: Kind;
  step: number;
  from: number;
  to: number;
}

/** Width of the line at a zoom, pixels. */
function widthAt(zoom: number): number {
  const stops: [number, number][] = [[4, 3], [7, 4.5], [11, 6.5]];
  const at = stops.findIndex(([z]) => zoom < z);
  if (at === 0) return stops[0]![1];
  if (at < 0) return stops[stops.length - 1]![1];
  const [z0, w0] = stops[at - 1]!;
  const [z1, w1] = stops[at]!;
  return w0 + ((w1 - w0) * (zoom - z0)) / (z1 - z0);
}

export class AgeLine {
  private runs: Run[] = [];
  private of: Picture | null = null;
  private read_ms = -Infinity;
  private ways: Way[] = [];
  private thinned_for = NaN;
  private readonly pt = new Float64Array(2);

  /** Bring the runs up to date; answers whether the line looks different now. */
  refresh(force = false): boolean {
    const picture = store.shown;
    const now = performance.now();
    if (!picture || (!force && now - this.read_ms < LEAST_MS)) return false;
    this.read_ms = now;
    const runs = this.read(picture);
    const same = picture === this.of && runs.length === this.runs.length && runs.every((r, i) => r.kind === this.runs[i]!.kind && r.step === this.runs[i]!.step && r.to === this.runs[i]!.to);
    this.of = picture;
    this.runs = runs;
    return !same;
  }

  get ready(): boolean {
    return this.runs.length > 0;
  }

  private read(picture: Picture): Run[] {
    const net = store.net;
    const now_s = store.now_us() / 1e6;
    const out: Run[] = [];
    for (let b = 0; b < net.n_bins; b++) {
      const age = ageOf(net, picture, b, now_s);
      const step = age.kind === "seen" ? Math.min(STEPS, Math.floor(age.ratio * STEPS)) : 0;
      const last = out[out.length - 1];
      if (last && last.kind === age.kind && last.step === step && net.bin_line[b] === net.bin_line[b - 1]) last.to = b + 1;
      else out.push({ kind: age.kind, step, from: b, to: b + 1 });
    }
    return out;
  }

  draw(c: CanvasRenderingContext2D, project: Projector, zoom: number): void {
    const level = Math.ceil(zoom);
    if (level !== this.thinned_for) this.ways = store.net.thinned(FINE_PX / (512 * 2 ** level));
    this.thinned_for = level;
    const scale = scales[theme()];
    const wide = widthAt(zoom);
    const broken = this.runs.filter((r) => r.kind === "broken");
    c.save();
    c.lineJoin = "round";
    c.lineCap = "round";
    c.globalAlpha = 0.8;
    this.stroke(c, project, this.runs, palette().casing, 1.9 * wide);
    c.globalAlpha = 1;
    this.stroke(c, project, broken, palette().casing, 2.7 * wide);
    c.lineCap = "butt";
    this.dashed(c, [1.6, 1.1], 0.9 * wide, () => this.stroke(c, project, this.of_kind("never"), css(scale.never), 0.9 * wide));
    c.lineCap = "round";
    this.dashed(c, [0.01, 2], 0.9 * wide, () => this.stroke(c, project, this.of_kind("unreachable"), css(scale.never), 0.9 * wide));
    c.lineCap = "butt";
    const seen = this.of_kind("seen");
    for (let step = 0; step <= STEPS; step++) {
      this.stroke(c, project, seen.filter((r) => r.step === step), css(ageRgb(Math.min(step / STEPS, 0.999), theme())), wide);
    }
    this.stroke(c, project, broken, css(scale.broken), 1.7 * wide);
    this.dashed(c, [2.2, 3.2], 0.55 * wide, () => this.stroke(c, project, broken, css(scale.broken_ink), 0.55 * wide));
    c.restore();
  }

  private of_kind(kind: Kind): Run[] {
    return this.runs.filter((r) => r.kind === kind);
  }

  /** Dashes are given in widths of the line. */
  private dashed(c: CanvasRenderingContext2D, dashes: number[], wide: number, draw: () => void): void {
    c.setLineDash(dashes.map((d) => d * wide));
    draw();
    c.setLineDash([]);
  }

  private stroke(c: CanvasRenderingContext2D, project: Projector, runs: Run[], colour: string, wide: number): void {
    if (!runs.length) return;
    c.strokeStyle = colour;
    c.lineWidth = wide;
    c.beginPath();
    for (const run of runs) this.trace(c, project, run);
    c.stroke();
  }

  private trace(c: CanvasRenderingContext2D, project: Projector, run: Run): void {
    const a = store.net.binSpan(run.from);
    const to_m = store.net.binSpan(run.to - 1).to_m;
    const way = this.ways[a.line];
    if (!way || way.s_m.length < 2) return;
    const put = (x: number, y: number, first: boolean): void => {
      project(x, y, this.pt);
      if (first) c.moveTo(this.pt[0]!, this.pt[1]!);
      else c.lineTo(this.pt[0]!, this.pt[1]!);
    };
    const i0 = vertexBefore(way.s_m, a.from_m);
    const i1 = vertexBefore(way.s_m, to_m);
    const between = (i: number, s: number, first: boolean): void => {
      const f = (s - way.s_m[i]!) / (way.s_m[i + 1]! - way.s_m[i]! || 1);
      put(way.x[i]! + (way.x[i + 1]! - way.x[i]!) * f, way.y[i]! + (way.y[i + 1]! - way.y[i]!) * f, first);
    };
    between(i0, a.from_m, true);
    for (let i = i0 + 1; i <= i1; i++) put(way.x[i]!, way.y[i]!, false);
    between(i1, to_m, false);
  }
}
