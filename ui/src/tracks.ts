// What the page works out of tracks: which are shown, in which order, speed, heading, age.
import type { Track, TrackClass } from "./api";
import { store } from "./store";

export const CLASSES: TrackClass[] = ["person", "vehicle", "animal", "vessel", "unknown"];

/** A track seen within this is seen now. */
const NOW_S = 5;
/** Ended tracks are listed this long. */
const ENDED_S = 3600;

export const speedOf = (k: Track): number => Math.hypot(k.ve, k.vn);
export const headingOf = (k: Track): number => (Math.atan2(k.ve, k.vn) * 180) / Math.PI;
/** Seconds since anything saw it. */
export const unseen_s = (k: Track): number => Math.max(0, (store.now_us() - k.seen_us) / 1e6);
export const isSeen = (k: Track): boolean => k.state === "confirmed" && unseen_s(k) < NOW_S + store.speed;
/** Slower than its error lets one tell, or than people walk: it stands. */
export const isMoving = (k: Track): boolean => speedOf(k) >= 0.3;

function rank(k: Track): number {
  const alert = k.alert ? store.shown?.alerts.get(k.alert) : undefined;
  const urgent = alert && alert.state !== "closed" ? (alert.level === "urgent" ? 0 : 1) : 2;
  return (k.state === "ended" ? 20 : k.state === "coasting" ? 10 : 0) + urgent;
}

/** Seen before coasting before ended; those with an alert first; newest first. */
export function inOrder(tracks: Iterable<Track>): Track[] {
  return [...tracks].sort((a, b) => rank(a) - rank(b) || b.born_us - a.born_us || (a.id < b.id ? 1 : -1));
}

/** What the lists show: all but those that ended long ago. */
export function listed(): Track[] {
  const now = store.now_us();
  return inOrder(store.shown?.tracks.values() ?? []).filter((k) => k.state !== "ended" || now - k.t_us < ENDED_S * 1e6);
}

/** What the map shows: those not ended, and the chosen one. */
export function onMap(): Track[] {
  return [...(store.shown?.tracks.values() ?? [])].filter((k) => k.state !== "ended" || k.id === store.track);
}

/** How many are seen now. */
export function seenCount(): number {
  let n = 0;
  for (const k of store.shown?.tracks.values() ?? []) n += Number(isSeen(k));
  return n;
}

export interface Ellipse {
  /** Half axes, m, longer first; angle of the longer one from east to north. */
  a: number;
  b: number;
  angle: number;
}

const CHI2_95 = 5.991464547107979;

/** The ellipse that holds 95 %. */
export function ellipseOf(k: Track): Ellipse {
  const [xx, xy, yy] = k.cov;
  const mean = (xx + yy) / 2;
  const diff = Math.hypot((xx - yy) / 2, xy);
  return { a: Math.sqrt(CHI2_95 * Math.max(0, mean + diff)), b: Math.sqrt(CHI2_95 * Math.max(0, mean - diff)), angle: Math.atan2(2 * xy, xx - yy) / 2 };
}
