// Kilometre posts: which are shown at a zoom, and on which side of the line each has its name.
import { mercX, mercY, type Network, type Spot } from "../line";

/** How far apart, between which others, and from which zoom they are shown; size of the name in pixels. */
export const POSTS = [
  { id: "km1", step_m: 1000, skip_m: 10000, zoom: 12, size: 11 },
  { id: "km10", step_m: 10000, skip_m: 50000, zoom: 8.5, size: 11 },
  { id: "km50", step_m: 50000, skip_m: 100000, zoom: 6.5, size: 12 },
  { id: "km100", step_m: 100000, skip_m: 0, zoom: 4.2, size: 12 },
] as const;

type Rank = (typeof POSTS)[number];

/** Ranks for which names of places keep room; the finest are too many and too near for that. */
export const WITH_ROOM = POSTS.slice(1);

/** Room of a name on each side of its post, pixels: left, top, right, bottom. The first free side is taken. */
const ROOM = {
  right: [7, -9, 60, 9],
  below: [-27, 7, 27, 25],
  left: [-60, -9, -7, 9],
  above: [-27, -25, 27, -7],
} as const;

export type Side = keyof typeof ROOM;

/** MapLibre's words for the sides: which edge of the text is at the post, and how many letters' heights away. */
export const ANCHOR = ["match", ["get", "side"], "right", "left", "left", "right", "below", "top", "bottom"];
export const OFFSET = ["match", ["get", "side"], "right", ["literal", [0.85, 0]], "left", ["literal", [-0.85, 0]], "below", ["literal", [0, 0.75]], ["literal", [0, -0.75]]];

export interface Post {
  spot: Spot;
  name: string;
  side: Side;
  size: number;
}

/** The side where least of the line runs, at the zooms where posts of this rank are the finest. */
function sideOf(net: Network, spot: Spot, zoom: number): Side {
  const px = 512 * 2 ** (zoom + 0.7);
  const [lon, lat] = net.at(spot);
  const metres_px = (40075016.7 * Math.cos((lat * Math.PI) / 180)) / px;
  const length_m = net.line(spot.line)?.length_m ?? 0;
  const around: [number, number][] = [];
  for (let k = -15; k <= 15; k++) {
    const s_m = spot.s_m + 8 * k * metres_px;
    if (s_m < 0 || s_m > length_m) continue;
    const [x, y] = net.at({ ...spot, s_m });
    around.push([(mercX(x) - mercX(lon)) * px, (mercY(y) - mercY(lat)) * px]);
  }
  const load = (side: Side): number => {
    const [x0, y0, x1, y1] = ROOM[side];
    return around.filter(([x, y]) => x > x0 && y > y0 && x < x1 && y < y1).length;
  };
  return (Object.keys(ROOM) as Side[]).reduce((best, side) => (load(side) < load(best) ? side : best));
}

const known = new WeakMap<Network, Map<Rank, Post[]>>();

/** The posts of a rank, found once. */
export function postsOf(net: Network, rank: Rank): Post[] {
  const ranks = known.get(net) ?? new Map<Rank, Post[]>();
  known.set(net, ranks);
  const found = ranks.get(rank);
  if (found) return found;
  const out: Post[] = [];
  net.watch.lines.forEach((l, line) => {
    for (let s_m = 0; s_m <= l.length_m; s_m += rank.step_m) {
      if (rank.skip_m && s_m % rank.skip_m === 0) continue;
      const spot = { line, s_m };
      out.push({ spot, name: `km ${Math.round(s_m / 1000)}`, side: sideOf(net, spot, rank.zoom), size: rank.size });
    }
  });
  ranks.set(rank, out);
  return out;
}

/** All posts shown at a zoom, those of most weight first. */
export function postsAt(net: Network, zoom: number): Post[] {
  return [...POSTS].reverse().filter((rank) => zoom >= rank.zoom).flatMap((rank) => postsOf(net, rank));
}
