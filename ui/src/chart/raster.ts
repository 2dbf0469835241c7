// The chart's ground: age of every kilometre at every moment, in the scale of the map. A row shows the worst of its bins,
// so that a short gap is never averaged away.
import { ageRgb, scales, type Rgb } from "../age";
import { store } from "../store";
import { theme } from "../theme";
import type { History } from "./history";
import type { Window } from "./view";

const STEP_PX = 2;
const STEPS = 64;

/** Opacity of an age: just seen ground is nearly clear, so that passes and gaps stand out. */
function alpha(ratio: number): number {
  return Math.round(255 * Math.min(1, 0.16 + 0.5 * ratio * ratio));
}

function table(): Uint8ClampedArray {
  const out = new Uint8ClampedArray((STEPS + 1) * 4);
  for (let i = 0; i <= STEPS; i++) {
    const r = Math.min(0.999, i / STEPS);
    const c: Rgb = ageRgb(r, theme());
    out.set([c[0], c[1], c[2], alpha(r)], i * 4);
  }
  return out;
}

export class Raster {
  readonly canvas = document.createElement("canvas");
  private worst = new Float32Array(0);

  /** Draw ages of a window up to `end_s`, for a plot of this size in pixels. */
  draw(history: History, w: Window, width: number, height: number, end_s: number): void {
    const cols = Math.max(1, Math.ceil(width / STEP_PX));
    const rows = Math.max(1, Math.round(height));
    if (this.canvas.width !== cols || this.canvas.height !== rows) {
      this.canvas.width = cols;
      this.canvas.height = rows;
    }
    const c = this.canvas.getContext("2d")!;
    const image = c.createImageData(cols, rows);
    if (this.worst.length !== cols) this.worst = new Float32Array(cols);
    const dt = (w.to_s - w.from_s) / cols;
    const last = Math.min(cols, Math.floor((end_s - w.from_s) / dt));
    const colours = table();
    for (let y = 0; y < rows; y++) {
      const hi = w.hi_m - ((w.hi_m - w.lo_m) * y) / rows;
      const lo = w.hi_m - ((w.hi_m - w.lo_m) * (y + 1)) / rows;
      if (this.row(history, w, lo, hi, dt, last)) this.paint(image, y, last, colours);
    }
    c.putImageData(image, 0, 0);
  }

  /** Greatest age over promise of the bins of a row, at each column; -1 where nothing is promised. */
  private row(history: History, w: Window, lo_m: number, hi_m: number, dt: number, last: number): boolean {
    const net = store.net;
    const spot = net.spotOfAxis((lo_m + hi_m) / 2);
    if (!spot) return false;
    const half = (hi_m - lo_m) / 2;
    const length = net.line(spot.line)!.length_m;
    const b0 = net.binAt({ line: spot.line, s_m: Math.max(0, spot.s_m - half) });
    const b1 = net.binAt({ line: spot.line, s_m: Math.min(length, spot.s_m + half - 1e-3) });
    this.worst.fill(-1);
    for (let b = b0; b <= b1; b++) {
      if (!net.unreachable[b]) this.bin(history, b, w, dt, last);
    }
    return true;
  }

  private bin(history: History, b: number, w: Window, dt: number, last: number): void {
    const times = history.seen[b];
    if (!times) return;
    const per = 1 / (store.net.revisit_s[b] || store.watch.promise_s);
    const start = store.watch.start_us / 1e6;
    const worst = this.worst;
    // Before the first sighting in hand the age is known only if the data goes back to the start of the watch.
    const whole = history.from_s <= start || times.length === 0;
    let seen = whole ? start : NaN;
    let k = 0;
    for (let x = 0; x < last; x++) {
      const t = w.from_s + (x + 0.5) * dt;
      while (k < times.length && times[k]! <= t) seen = times[k++]!;
      if (t < start) continue;
      const r = (t - seen) * per;
      if (r > worst[x]!) worst[x] = r;
    }
  }

  private paint(image: ImageData, y: number, last: number, colours: Uint8ClampedArray): void {
    const broken = scales[theme()].broken;
    const ink = scales[theme()].broken_ink;
    const px = image.data;
    for (let x = 0; x < last; x++) {
      const r = this.worst[x]!;
      if (r < 0) continue;
      const o = (y * image.width + x) * 4;
      if (r > 1) {
        const hatch = (x * STEP_PX + y) % 10 < 2.5;
        const c = hatch ? ink : broken;
        px[o] = c[0];
        px[o + 1] = c[1];
        px[o + 2] = c[2];
        px[o + 3] = 235;
      } else {
        const i = Math.round(r * STEPS) * 4;
        px[o] = colours[i]!;
        px[o + 1] = colours[i + 1]!;
        px[o + 2] = colours[i + 2]!;
        px[o + 3] = colours[i + 3]!;
      }
    }
  }
}
