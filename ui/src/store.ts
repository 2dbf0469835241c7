// What the page knows: the watch, the live picture, the picture of another moment, and which of both is shown.
import type { About, Alert, Cell, Delta, Drone, PromiseInfo, Snapshot, Sortie, Track, Watch } from "./api";
import { emit } from "./emitter";
import { Network, type Spot } from "./line";

const TRAIL_S = 600;
/** Points of a track's way that are kept. */
const TRACK_POINTS = 200;
/** The page's clock runs on by itself this long without a message; then it stops, as the picture is old. */
const RUN_ON_MS = 2500;

/** The state of the watch at one time: a snapshot with deltas folded in. */
export class Picture {
  t_us: number;
  start_us: number;
  promise: PromiseInfo;
  drones = new Map<string, Drone>();
  alerts = new Map<string, Alert>();
  sorties = new Map<string, Sortie>();
  tracks = new Map<string, Track>();
  bins: number[];
  bins_version = 1;

  constructor(snap: Snapshot) {
    this.t_us = snap.t_us;
    this.start_us = snap.start_us;
    this.promise = snap.promise;
    this.bins = snap.bins.slice();
    for (const d of snap.drones) this.drones.set(d.id, d);
    for (const a of snap.alerts) this.alerts.set(a.id, a);
    for (const s of snap.sorties) this.sorties.set(s.id, s);
    for (const k of snap.tracks ?? []) this.tracks.set(k.id, k);
  }

  apply(delta: Delta): void {
    this.t_us = delta.t_us;
    if (delta.promise) this.promise = delta.promise;
    for (const d of delta.drones ?? []) this.applyDrone(d);
    for (const a of delta.alerts ?? []) this.alerts.set(a.id, a);
    for (const s of delta.sorties ?? []) this.sorties.set(s.id, s);
    for (const k of delta.tracks ?? []) this.applyTrack(k);
    for (const id of delta.remove?.sorties ?? []) this.sorties.delete(id);
    if (delta.bins?.length) {
      for (const [i, t] of delta.bins) this.bins[i] = t;
      this.bins_version++;
    }
  }

  private applyTrack(k: Track): void {
    const trail = (this.tracks.get(k.id)?.trail ?? []).concat(k.trail);
    this.tracks.set(k.id, { ...k, trail: trail.slice(-TRACK_POINTS) });
  }

  private applyDrone(d: Drone): void {
    const oldest = this.t_us / 1e6 - TRAIL_S;
    const before = this.drones.get(d.id)?.trail ?? [];
    const trail = before.concat(d.trail ?? []);
    let cut = 0;
    while (cut < trail.length && trail[cut]![0] < oldest) cut++;
    this.drones.set(d.id, { ...d, trail: cut ? trail.slice(cut) : trail });
  }
}

/** Which looks count on the map of seen ground: any, or those that would have detected such a target (docs/api.md, `target`). */
export type Quality = "" | "vehicle" | "group" | "person";
export const QUALITIES: Quality[] = ["", "vehicle", "group", "person"];

export type LinkState = "connecting" | "live" | "away";

class Store {
  about: About = { name: "", version: "", mode: "live", lang: "" };
  watch!: Watch;
  net!: Network;
  live: Picture | null = null;
  /** The picture of another moment, while the screen is turned to it. */
  past: Picture | null = null;
  link: LinkState = "connecting";
  /** Wall time (performance.now) of the last live message. */
  heard_ms = 0;
  speed = 1;
  sim = false;
  hover: { spot: Spot; t_s: number | null; from: "map" | "chart" } | null = null;
  /** The cell of ground pointed at on the map. */
  ground: Cell | null = null;
  quality: Quality = "";
  selected: string | null = null;
  follow = false;
  /** The chosen track. */
  track: string | null = null;

  setWatch(watch: Watch): void {
    this.watch = watch;
    this.net = new Network(watch);
    this.speed = watch.speed || 1;
    this.sim = watch.sim;
  }

  get replay(): boolean {
    return this.about.mode === "replay";
  }

  /** The picture on the screen. */
  get shown(): Picture | null {
    return this.past ?? this.live;
  }

  get looking_back(): boolean {
    return this.past !== null;
  }

  snapshot(snap: Snapshot): void {
    this.live = new Picture(snap);
    this.speed = snap.speed || 1;
    this.sim = snap.sim;
    this.heard_ms = performance.now();
    emit("turned");
  }

  delta(delta: Delta): void {
    if (!this.live) return;
    this.live.apply(delta);
    this.heard_ms = performance.now();
    if (!this.past) emit("picture");
  }

  showPast(snap: Snapshot): void {
    const first = this.past === null;
    this.past = new Picture(snap);
    emit(first ? "turned" : "picture");
  }

  showLive(): void {
    if (!this.past) return;
    this.past = null;
    emit("turned");
  }

  setLink(link: LinkState): void {
    if (this.link === link) return;
    this.link = link;
    emit("link");
  }

  /** The live clock, run on between messages. */
  liveNow_us(): number {
    if (!this.live) return this.watch.to_us || Date.now() * 1000;
    const run = this.replay || this.link === "away" ? 0 : Math.min(RUN_ON_MS, performance.now() - this.heard_ms);
    return this.live.t_us + run * 1000 * this.speed;
  }

  /** The time of what is on the screen. */
  now_us(): number {
    return this.past ? this.past.t_us : this.liveNow_us();
  }

  select(id: string | null, follow = false): void {
    this.selected = id;
    this.follow = follow && id !== null;
    emit("select");
  }

  selectTrack(id: string | null): void {
    this.track = id;
    emit("select");
  }

  point(spot: Spot | null, from: "map" | "chart", t_s: number | null = null): void {
    if (!spot && !this.hover) return;
    this.hover = spot ? { spot, t_s, from } : null;
    emit("hover");
  }

  setQuality(quality: Quality): void {
    if (quality === this.quality) return;
    this.quality = quality;
    this.setGround(null);
    emit("quality");
  }

  setGround(cell: Cell | null): void {
    if (!cell && !this.ground) return;
    this.ground = cell;
    emit("ground");
  }
}

export const store = new Store();
