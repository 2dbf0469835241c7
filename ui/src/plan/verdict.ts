// What the planner's figures come to, in one word: kept, open, impossible. The same for what flies and for what is only asked.
import type { Unreached } from "../api";
import { store } from "../store";
import { whatif } from "./whatif";

export interface Figures {
  promise_s: number;
  /** Of the timetable; null: none is made yet. */
  gap_s: number | null;
  bound_s: number | null;
  reach_m: number;
  line_m: number;
  drones: number;
  unreached: Unreached[];
}

export type Verdict = "kept" | "open" | "impossible" | "refused" | "asking";

/** The timetable in force. */
export function flying(): Figures {
  const w = store.watch;
  const out = w.stretches.filter((s) => s.unreachable);
  const line_m = w.lines.reduce((sum, l) => sum + l.length_m, 0);
  return {
    promise_s: w.promise_s, gap_s: w.plan?.worst_gap_s ?? null, bound_s: w.plan?.bound_s || null, line_m, drones: w.drones.length,
    reach_m: line_m - out.reduce((sum, s) => sum + s.to_m - s.from_m, 0),
    unreached: out.map((s) => ({ line: s.line, from_m: s.from_m, to_m: s.to_m, reason: s.reason })),
  };
}

/** What is asked, as far as it is answered; null: not yet. */
export function asked(): Figures | null {
  const a = whatif.answer;
  if (!a || a.refused) return null;
  return { promise_s: whatif.promise_s, gap_s: a.plan?.worst_gap_s ?? null, bound_s: a.bound_s, reach_m: a.reach_m, line_m: a.line_m, drones: whatif.total, unreached: a.unreached };
}

export function verdictOf(f: Figures | null): Verdict {
  if (!f) return whatif.answer?.refused ? "refused" : "asking";
  if (f.bound_s !== null && f.bound_s > f.promise_s) return "impossible";
  if (f.gap_s === null) return "asking";
  return f.gap_s <= f.promise_s ? "kept" : "open";
}
