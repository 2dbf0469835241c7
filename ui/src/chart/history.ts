// What the chart draws: passes flown and planned, and when each bin was seen. Read from the record, then kept in step
// with the live stream, so that the chart moves without reading again.
import { chartUrl, get, type ChartData, type ChartPoint, type Pass } from "../api";
import { whatif } from "../plan/whatif";
import { store } from "../store";

/** A sighting sooner than this after the one before changes nothing that can be seen at the chart's scale. */
const LEAST_APART_S = 60;

export class History {
  flown: Pass[] = [];
  planned: Pass[] = [];
  /** Times each bin was seen, rising. */
  seen: number[][] = [];
  from_s = 0;
  to_s = 0;
  state: "empty" | "reading" | "ready" | "failed" = "empty";
  version = 0;
  private abort: AbortController | null = null;
  private last_bins: number[] = [];
  private last_point = new Map<string, number>();

  /** Read a span; the data in hand stays until the new one is there. */
  async read(from_s: number, to_s: number): Promise<void> {
    this.abort?.abort();
    const abort = (this.abort = new AbortController());
    if (this.state !== "ready") this.state = "reading";
    try {
      const data = await get<ChartData>(chartUrl(from_s, to_s), abort.signal);
      this.lay(data, from_s, to_s);
    } catch {
      if (abort.signal.aborted) return;
      this.state = "failed";
    }
    this.version++;
  }

  private lay(data: ChartData, from_s: number, to_s: number): void {
    this.flown = data.flown;
    this.planned = data.planned;
    this.from_s = from_s;
    this.to_s = to_s;
    const seen: number[][] = Array.from({ length: store.net.n_bins }, () => []);
    for (const [bin, t] of data.seen) seen[bin]?.push(t);
    this.seen = seen;
    this.last_bins = store.live?.bins.slice() ?? [];
    for (let b = 0; b < this.last_bins.length; b++) this.sighting(b, this.last_bins[b]!);
    this.last_point.clear();
    this.state = "ready";
  }

  /** Passes to come: of the timetable in force, or of the one that is only asked about. */
  get ahead(): Pass[] {
    return whatif.shown ? whatif.answer?.plan?.planned ?? [] : this.planned;
  }

  private sighting(bin: number, t_s: number): void {
    const times = this.seen[bin];
    if (!times || t_s <= 0) return;
    const last = times[times.length - 1] ?? -Infinity;
    if (t_s >= last + LEAST_APART_S) times.push(t_s);
  }

  /** Take what the live picture says now. */
  follow(): void {
    const live = store.live;
    if (!live || this.state !== "ready") return;
    let changed = false;
    for (let b = 0; b < live.bins.length; b++) {
      const t = live.bins[b]!;
      if (t === this.last_bins[b]) continue;
      this.last_bins[b] = t;
      this.sighting(b, t);
      changed = true;
    }
    for (const d of live.drones.values()) {
      if (d.line === null || d.s_m === null || !d.sortie || d.state !== "flying") continue;
      const t_s = live.t_us / 1e6;
      if (t_s - (this.last_point.get(d.id) ?? 0) < 20) continue;
      this.last_point.set(d.id, t_s);
      this.append(d.id, d.sortie, [t_s, store.net.axisOf({ line: d.line, s_m: d.s_m })]);
      changed = true;
    }
    if (changed) this.version++;
  }

  private append(drone: string, sortie: string, point: [number, number]): void {
    let pass = this.flown.find((p) => p.drone === drone && p.sortie === sortie);
    if (!pass) this.flown.push((pass = { drone, sortie, points: [] }));
    const last: ChartPoint | undefined = pass.points[pass.points.length - 1];
    if (last && point[0] <= last[0]) return;
    if (last && point[0] - last[0] > 180) pass.points.push(null);
    pass.points.push(point);
  }

  /** When a bin was last seen at or before a time; 0 when not known. */
  seenBefore(bin: number, t_s: number): number {
    const times = this.seen[bin];
    if (!times) return 0;
    let lo = 0;
    let hi = times.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (times[mid]! <= t_s) lo = mid + 1;
      else hi = mid;
    }
    return lo ? times[lo - 1]! : 0;
  }
}
