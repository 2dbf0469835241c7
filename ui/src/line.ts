// The line network: where a kilometre is, which bin holds it, what its stretch promises.
import type { LineInfo, LonLat, Stretch, Watch } from "./api";

const RAD = Math.PI / 180;

/** Web Mercator x, y in 0..1. */
export function mercX(lon: number): number {
  return (lon + 180) / 360;
}
export function mercY(lat: number): number {
  const s = Math.sin(lat * RAD);
  return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
}

/** One line in Mercator units, with the metres along it at each vertex. */
export interface Way {
  x: number[];
  y: number[];
  s_m: number[];
}

/** Index of the vertex at or before a distance, never the last. */
export function vertexBefore(s_m: readonly number[], at_m: number): number {
  let lo = 0;
  let hi = s_m.length - 1;
  while (lo < hi - 1) {
    const mid = (lo + hi) >> 1;
    if (s_m[mid]! <= at_m) lo = mid;
    else hi = mid;
  }
  return lo;
}

export interface Spot {
  line: number;
  s_m: number;
}

export class Network {
  readonly n_bins: number;
  readonly bin_m: number;
  readonly axis_m: number;
  readonly bin_line: Uint16Array;
  readonly bin_stretch: Int32Array;
  /** Seconds allowed between sightings of each bin; 0 where nothing is promised. */
  readonly revisit_s: Float64Array;
  readonly unreachable: Uint8Array;
  private readonly mx: Float64Array[];
  private readonly my: Float64Array[];

  constructor(readonly watch: Watch) {
    this.bin_m = watch.bin_m;
    this.n_bins = Math.max(0, ...watch.lines.map((l) => l.first_bin + l.n_bins));
    this.axis_m = Math.max(1, ...watch.lines.map((l) => l.offset_m + l.length_m));
    this.bin_line = new Uint16Array(this.n_bins);
    this.bin_stretch = new Int32Array(this.n_bins).fill(-1);
    this.revisit_s = new Float64Array(this.n_bins);
    this.unreachable = new Uint8Array(this.n_bins);
    watch.lines.forEach((l, i) => this.bin_line.fill(i, l.first_bin, l.first_bin + l.n_bins));
    watch.stretches.forEach((s, i) => this.layStretch(s, i));
    this.mx = watch.lines.map((l) => Float64Array.from(l.coordinates, (c) => mercX(c[0])));
    this.my = watch.lines.map((l) => Float64Array.from(l.coordinates, (c) => mercY(c[1])));
  }

  private layStretch(s: Stretch, index: number): void {
    const l = this.watch.lines[s.line];
    if (!l) return;
    const k0 = Math.max(0, Math.floor(s.from_m / this.bin_m + 1e-6));
    const k1 = Math.min(l.n_bins, Math.ceil(s.to_m / this.bin_m - 1e-6));
    for (let b = l.first_bin + k0; b < l.first_bin + k1; b++) {
      this.bin_stretch[b] = index;
      this.revisit_s[b] = s.revisit_s;
      this.unreachable[b] = s.unreachable ? 1 : 0;
    }
  }

  line(i: number): LineInfo | undefined {
    return this.watch.lines[i];
  }

  get single(): boolean {
    return this.watch.lines.length === 1;
  }

  binAt(spot: Spot): number {
    const l = this.watch.lines[spot.line];
    if (!l) return -1;
    return l.first_bin + Math.min(l.n_bins - 1, Math.max(0, Math.floor(spot.s_m / this.bin_m)));
  }

  /** Both ends of a bin along its line, metres. */
  binSpan(bin: number): { line: number; from_m: number; to_m: number } {
    const line = this.bin_line[bin] ?? 0;
    const l = this.watch.lines[line];
    const k = bin - (l?.first_bin ?? 0);
    return { line, from_m: k * this.bin_m, to_m: Math.min((k + 1) * this.bin_m, l?.length_m ?? 0) };
  }

  stretchAt(spot: Spot): Stretch | undefined {
    return this.watch.stretches[this.bin_stretch[this.binAt(spot)] ?? -1];
  }

  /** Compass direction of growing kilometres, degrees, over the length of a few cells. */
  heading(spot: Spot): number {
    const [x0, y0] = this.at({ ...spot, s_m: spot.s_m - 150 });
    const [x1, y1] = this.at({ ...spot, s_m: spot.s_m + 150 });
    return Math.atan2(mercX(x1) - mercX(x0), mercY(y0) - mercY(y1)) / RAD;
  }

  axisOf(spot: Spot): number {
    return (this.watch.lines[spot.line]?.offset_m ?? 0) + spot.s_m;
  }

  spotOfAxis(axis_m: number): Spot | null {
    for (let i = 0; i < this.watch.lines.length; i++) {
      const l = this.watch.lines[i]!;
      if (axis_m >= l.offset_m && axis_m <= l.offset_m + l.length_m) return { line: i, s_m: axis_m - l.offset_m };
    }
    return null;
  }

  at(spot: Spot): LonLat {
    const l = this.watch.lines[spot.line];
    if (!l || l.coordinates.length === 0) return [0, 0];
    const i = vertexBefore(l.s_m, spot.s_m);
    const a = l.coordinates[i]!;
    const b = l.coordinates[i + 1] ?? a;
    const s0 = l.s_m[i]!;
    const s1 = l.s_m[i + 1] ?? s0;
    const f = s1 > s0 ? Math.min(1, Math.max(0, (spot.s_m - s0) / (s1 - s0))) : 0;
    return [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f];
  }

  /** The way along a line between two distances. */
  slice(line: number, from_m: number, to_m: number): LonLat[] {
    const l = this.watch.lines[line];
    if (!l) return [];
    const out: LonLat[] = [this.at({ line, s_m: from_m })];
    for (let i = vertexBefore(l.s_m, from_m) + 1; i < l.s_m.length && l.s_m[i]! < to_m; i++) {
      if (l.s_m[i]! > from_m) out.push(l.coordinates[i]!);
    }
    out.push(this.at({ line, s_m: to_m }));
    return out;
  }

  /** The nearest place of any line to a point, and how far it is, in Mercator units. */
  nearest(x: number, y: number): { spot: Spot; distance: number } {
    const best = { spot: { line: 0, s_m: 0 }, distance: Infinity };
    for (let k = 0; k < this.mx.length; k++) {
      const mx = this.mx[k]!;
      const my = this.my[k]!;
      const s = this.watch.lines[k]!.s_m;
      for (let i = 0; i + 1 < mx.length; i++) {
        const ax = mx[i]!;
        const ay = my[i]!;
        const dx = mx[i + 1]! - ax;
        const dy = my[i + 1]! - ay;
        const len2 = dx * dx + dy * dy;
        const f = len2 > 0 ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / len2)) : 0;
        const d = Math.hypot(x - ax - dx * f, y - ay - dy * f);
        if (d < best.distance) {
          best.distance = d;
          best.spot = { line: k, s_m: s[i]! + (s[i + 1]! - s[i]!) * f };
        }
      }
    }
    return best;
  }

  /** Every line without the vertices that are nearer than `fine` (Mercator units) to the one before. */
  thinned(fine: number): Way[] {
    return this.mx.map((mx, k) => {
      const my = this.my[k]!;
      const s = this.watch.lines[k]!.s_m;
      const way: Way = { x: [], y: [], s_m: [] };
      for (let i = 0; i < mx.length; i++) {
        const n = way.x.length;
        if (n && i < mx.length - 1 && Math.hypot(mx[i]! - way.x[n - 1]!, my[i]! - way.y[n - 1]!) < fine) continue;
        way.x.push(mx[i]!);
        way.y.push(my[i]!);
        way.s_m.push(s[i]!);
      }
      return way;
    });
  }

  bounds(): [number, number, number, number] {
    let [w, s, e, n] = [180, 90, -180, -90];
    const take = (lon: number, lat: number): void => {
      w = Math.min(w, lon);
      e = Math.max(e, lon);
      s = Math.min(s, lat);
      n = Math.max(n, lat);
    };
    for (const l of this.watch.lines) for (const c of l.coordinates) take(c[0], c[1]);
    for (const b of this.watch.bases) take(b.lon, b.lat);
    return w > e ? [-20, -35, 50, 60] : [w, s, e, n];
  }
}
