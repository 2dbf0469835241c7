// The border line coloured by age: bins of one look are joined into runs, and the source is written again only when
// the runs change, so that a thousand kilometres cost a few hundred features a few times a second at most.
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { ageOf, type Kind } from "../age";
import { store } from "../store";
import { longestFrame, waitFor } from "./cost";

const STEPS = 24;
const LEAST_MS = 1000;
const MOST_MS = 8000;
/** Drawing the line again may cost at most one part in this many of the time: a slow machine draws it less often. */
const SHARE = 60;

interface Run {
  kind: Kind;
  step: number;
  from: number;
  to: number;
}

export class AgeLine {
  private drawn = "";
  private last_ms = -Infinity;
  private wait_ms = LEAST_MS;

  constructor(private map: MapLibre) {}

  /** Bring the line up to date; cheap when nothing changed. */
  refresh(force = false): void {
    const now = performance.now();
    if (!force && now - this.last_ms < this.wait_ms) return;
    const picture = store.shown;
    const source = this.map.getSource("age") as GeoJSONSource | undefined;
    if (!picture || !source) return;
    this.last_ms = now;
    const runs = this.runs();
    const sign = runs.map((r) => `${r.kind}${r.step}:${r.to}`).join();
    if (sign === this.drawn) return;
    this.drawn = sign;
    void source.setData({ type: "FeatureCollection", features: runs.map((r) => this.feature(r)) });
    void longestFrame().then((ms) => (this.wait_ms = waitFor(ms, SHARE, LEAST_MS, MOST_MS)));
  }

  private runs(): Run[] {
    const net = store.net;
    const picture = store.shown!;
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

  private feature(run: Run): GeoJSON.Feature {
    const a = store.net.binSpan(run.from);
    const z = store.net.binSpan(run.to - 1);
    return {
      type: "Feature",
      properties: { k: run.kind, r: run.step / STEPS },
      geometry: { type: "LineString", coordinates: store.net.slice(a.line, a.from_m, z.to_m) },
    };
  }
}
