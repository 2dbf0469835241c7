// Age of ground against its promise, and the one colour scale that says it everywhere.
// The scale runs from a calm blue to amber (distinct for every common colour vision); past the promise it turns to a red
// that is also thicker, dashed or hatched; what was never seen or cannot be reached is grey and dotted.
import type { Picture } from "./store";
import type { Network } from "./line";
import type { ThemeId } from "./theme";

export type Rgb = [number, number, number];

export const BROKEN = 1;

interface Scale {
  stops: [number, Rgb][];
  broken: Rgb;
  broken_ink: Rgb;
  never: Rgb;
}

export const scales: Record<ThemeId, Scale> = {
  light: {
    stops: [[0, [26, 82, 158]], [0.45, [96, 136, 172]], [0.7, [206, 170, 60]], [0.85, [224, 138, 0]], [1, [196, 92, 0]]],
    broken: [184, 0, 44],
    broken_ink: [255, 240, 232],
    never: [110, 106, 100],
  },
  dark: {
    stops: [[0, [44, 82, 122]], [0.45, [98, 112, 116]], [0.7, [176, 140, 52]], [0.85, [232, 154, 28]], [1, [255, 138, 20]]],
    broken: [255, 62, 48],
    broken_ink: [40, 4, 0],
    never: [128, 116, 104],
  },
};

export function ageRgb(ratio: number, theme: ThemeId): Rgb {
  const scale = scales[theme];
  if (ratio >= BROKEN) return scale.broken;
  const stops = scale.stops;
  for (let i = 1; i < stops.length; i++) {
    const [r1, c1] = stops[i]!;
    if (ratio > r1) continue;
    const [r0, c0] = stops[i - 1]!;
    const f = Math.max(0, (ratio - r0) / (r1 - r0));
    return [0, 1, 2].map((k) => Math.round(c0[k]! + (c1[k]! - c0[k]!) * f)) as Rgb;
  }
  return stops[stops.length - 1]![1];
}

export function css(c: Rgb, alpha = 1): string {
  return alpha === 1 ? `rgb(${c[0]} ${c[1]} ${c[2]})` : `rgb(${c[0]} ${c[1]} ${c[2]} / ${alpha})`;
}

export type Kind = "seen" | "broken" | "never" | "unreachable";

export interface Age {
  kind: Kind;
  age_s: number;
  ratio: number;
  seen_s: number;
}

/** The age of a bin in a picture at a time. Ground never seen ages from the start of the watch. */
export function ageOf(net: Network, picture: Picture, bin: number, now_s: number): Age {
  const seen_s = picture.bins[bin] ?? 0;
  const age_s = Math.max(0, now_s - (seen_s || picture.start_us / 1e6));
  const revisit = net.revisit_s[bin] || net.watch.promise_s;
  const ratio = age_s / revisit;
  if (net.unreachable[bin]) return { kind: "unreachable", age_s, ratio, seen_s };
  if (ratio > BROKEN) return { kind: "broken", age_s, ratio, seen_s };
  return { kind: seen_s ? "seen" : "never", age_s, ratio, seen_s };
}
