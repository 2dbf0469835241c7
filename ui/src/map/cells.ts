// The ground that was seen, cell by cell, now or at the moment on the screen, by all looks or by good ones only. A tile says when
// each cell was last seen; a colour ramp says how old that is now. So ageing costs a new ramp now and then, and tiles are fetched
// again only when something was seen, or when another moment or quality is asked for.
import type { LayerSpecification, Map as MapLibre, RasterDEMTileSource, SourceSpecification } from "maplibre-gl";
import { ageRgb, css, scales, type Rgb } from "../age";
import type { Network } from "../line";
import { store, type Picture, type Quality } from "../store";
import { theme } from "../theme";
import { longestFrame, waitFor } from "./cost";
import type { Shown } from "./style";

/** Further out a pixel would hold too many cells to say anything. */
export const CELLS_ZOOM = 9;
/** Closer in, a cell is many pixels of a tile already. */
const MAX_TILE_ZOOM = 15;
/** Tiles are fetched again after this long at least; where fetching and drawing them is slow, more seldom. */
const FETCH_MS = 10000;
const MOST_FETCH_MS = 60000;
const FETCH_SHARE = 10;
/** The same while the screen shows moments of the past, one after another. */
const PAST_MS = 700;
const PAST_SHARE = 2;
/** Tiles of a moment farther than this from the one on the screen are not shown while others are on the way. */
const FAR_US = 600e6;
/** The same for colours. */
const COLOUR_MS = 1000;
const MOST_COLOUR_MS = 10000;
const COLOUR_SHARE = 25;
/** Steps of the ramp in one promise. Time is rounded up: ground never looks younger than it is. */
const STEPS = 96;
/** Hours as the tiles code them (docs/api.md): below this, not watched; between both, never seen. */
const NOT_WATCHED = -1.6;
const NEVER = -0.4;
/** Hours between the last red and the first colour of ground within the promise: two steps of the tiles' coding. */
const EDGE = 2 / 256;

const idOf = (k: number): string => `cells-${k}`;

/** Every promise of the watch that cells are measured against: each has its own tiles and its own ramp. */
function promises(net: Network): number[] {
  const all = new Set(net.watch.stretches.map((s) => s.revisit_s));
  return [...(all.size ? all : [net.watch.promise_s])].sort((a, b) => a - b);
}

/** What the tiles on the map are of: looks that count, and a moment (null: now). */
interface Of {
  quality: Quality;
  t_us: number | null;
}

function wish(): Of {
  return { quality: store.quality, t_us: store.past ? Math.round(store.past.t_us) : null };
}

/** The same as the end of a query: "target=person&t_us=...&". */
export function asked(of: Of = wish()): string {
  return (of.quality && `target=${of.quality}&`) + (of.t_us === null ? "" : `t_us=${of.t_us}&`);
}

/** Whether tiles of one would say something wrong of the other. */
function isFar(a: Of, b: Of): boolean {
  const at = (of: Of): number => of.t_us ?? store.liveNow_us();
  return a.quality !== b.quality || Math.abs(at(a) - at(b)) > FAR_US;
}

function opacity(): number {
  return theme() === "dark" ? 0.55 : 0.6;
}

function tileUrl(net: Network, revisit_s: number, version: number, of: Of): string {
  const one = (promises(net).length === 1 ? "" : `revisit_s=${revisit_s}&`) + asked(of);
  const url = new URL("tiles/seen/{z}/{x}/{y}.png", document.baseURI).href.replace(/%7B/g, "{").replace(/%7D/g, "}");
  return `${url}?${one}v=${version}`;
}

/** Degrees around the stretches of one promise, with their depth. */
function around(net: Network, revisit_s: number): [number, number, number, number] {
  let [w, s, e, n] = [180, 90, -180, -90];
  for (const stretch of net.watch.stretches) {
    if (stretch.revisit_s !== revisit_s) continue;
    const high = stretch.depth_m / 110000;
    for (const [lon, lat] of net.slice(stretch.line, stretch.from_m, stretch.to_m)) {
      const wide = high / Math.max(0.05, Math.cos((lat * Math.PI) / 180));
      [w, s, e, n] = [Math.min(w, lon - wide), Math.min(s, lat - high), Math.max(e, lon + wide), Math.max(n, lat + high)];
    }
  }
  return w > e ? [-180, -85, 180, 85] : [Math.max(-180, w), Math.max(-85, s), Math.min(180, e), Math.min(85, n)];
}

export function cellSources(net: Network): Record<string, SourceSpecification> {
  const out: Record<string, SourceSpecification> = {};
  promises(net).forEach((revisit_s, k) => {
    out[idOf(k)] = {
      type: "raster-dem",
      tiles: [tileUrl(net, revisit_s, 0, { quality: "", t_us: null })],
      tileSize: 256,
      encoding: "terrarium",
      bounds: around(net, revisit_s),
      minzoom: CELLS_ZOOM,
      maxzoom: MAX_TILE_ZOOM,
    };
  });
  return out;
}

/** Hours from the start of the watch to now, rounded up to a step of this promise. */
function nowHours(revisit_s: number): number {
  const step = revisit_s / STEPS;
  const age_s = (store.now_us() - (store.live?.start_us ?? store.watch.start_us)) / 1e6;
  return (Math.ceil(Math.max(0, age_s) / step) * step) / 3600;
}

/** The page's one scale of ages, as colours of the hour at which a cell was seen. Looking back, what a tile of a later moment
 * says of the time after the one shown is left out. */
export function ramp(revisit_s: number, now_h: number, looking_back: boolean): unknown {
  const promise_h = revisit_s / 3600;
  const never = css(scales[theme()].never);
  const stops: [number, string][] = [[NOT_WATCHED - 0.1, "rgba(0, 0, 0, 0)"], [NOT_WATCHED, never], [NEVER - 0.1, never]];
  const add = (hour: number, colour: Rgb): void => {
    if (hour > stops[stops.length - 1]![0] + EDGE / 4) stops.push([hour, css(colour)]);
  };
  const red_h = now_h - promise_h;
  add(NEVER, ageRgb((now_h - NEVER) / promise_h, theme()));
  if (red_h > NEVER) add(red_h, scales[theme()].broken);
  for (const [ratio, colour] of [...scales[theme()].stops].reverse()) add(now_h - ratio * promise_h + (ratio === 1 ? EDGE : 0), colour);
  if (looking_back) stops.push([Math.max(now_h, stops[stops.length - 1]![0]) + EDGE, "rgba(0, 0, 0, 0)"]);
  return ["interpolate", ["linear"], ["elevation"], ...stops.flat()];
}

export function cellLayers(net: Network): LayerSpecification[] {
  return promises(net).map((revisit_s, k) => ({
    id: idOf(k),
    type: "color-relief",
    source: idOf(k),
    minzoom: CELLS_ZOOM,
    layout: { visibility: "none" },
    paint: {
      "resampling": "nearest",
      "color-relief-opacity": opacity(),
      "color-relief-color": ramp(revisit_s, nowHours(revisit_s), store.looking_back) as never,
    },
  }));
}

export class Cells {
  /** Whether cells stand on the map. */
  on = false;
  private version = 0;
  private fetched_ms = -Infinity;
  private fetch_wait_ms = FETCH_MS;
  private past_wait_ms = PAST_MS;
  private coloured_ms = -Infinity;
  private colour_wait_ms = COLOUR_MS;
  private hidden = false;
  /** What tiles were last asked of; when that is now, the live picture and the state of its bins they belong to. */
  private of: Of = { quality: "", t_us: null };
  /** What the tiles on the map are of. */
  private on_map: Of | null = null;
  private live: Picture | null = null;
  private live_bins = 0;
  private drawn = new Map<string, string>();

  constructor(private map: MapLibre, private shown: Shown, private onFetch: () => void) {
    map.on("zoomend", () => this.refresh());
    map.on("sourcedata", (e) => !this.on && e.sourceDataType === "metadata" && this.refresh());
  }

  private wanted(): boolean {
    return this.shown.cells && store.watch.cells && store.shown !== null && this.map.getZoom() >= CELLS_ZOOM;
  }

  private ids(): string[] {
    return promises(store.net).map((_, k) => idOf(k));
  }

  /** Bring the cells up to date; cheap when nothing changed. */
  refresh(): void {
    if (!this.map.getLayer(idOf(0))) return;
    const on = this.wanted();
    if (on) {
      this.colour(!this.on);
      this.fetch();
      this.cover();
    }
    if (on === this.on || (on && !this.ready())) return;
    this.on = on;
    for (const id of this.ids()) this.map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
  }

  private colour(at_once: boolean): void {
    const now = performance.now();
    const back = store.looking_back;
    if (!at_once && now - this.coloured_ms < (back ? Math.min(PAST_MS, this.colour_wait_ms) : this.colour_wait_ms)) return;
    let changed = false;
    promises(store.net).forEach((revisit_s, k) => {
      const now_h = nowHours(revisit_s);
      const sign = `${theme()} ${now_h} ${back}`;
      if (this.drawn.get(idOf(k)) === sign) return;
      this.drawn.set(idOf(k), sign);
      this.map.setPaintProperty(idOf(k), "color-relief-color", ramp(revisit_s, now_h, back) as never);
      changed = true;
    });
    if (!changed) return;
    this.coloured_ms = now;
    void longestFrame().then((ms) => (this.colour_wait_ms = waitFor(ms, COLOUR_SHARE, COLOUR_MS, MOST_COLOUR_MS)));
  }

  /** Nothing new to fetch for this wish, or not yet. */
  private rests(want: Of): boolean {
    const now = performance.now();
    if (isFar(want, this.of) || (want.t_us === null) !== (this.of.t_us === null)) return false;
    if (want.t_us !== null) return want.t_us === this.of.t_us || now - this.fetched_ms < this.past_wait_ms;
    return (store.live === this.live && store.live?.bins_version === this.live_bins) || now - this.fetched_ms < this.fetch_wait_ms;
  }

  private fetch(): void {
    const want = wish();
    if (store.link !== "live" || this.rests(want)) return;
    if (this.loading()) return;
    const now = performance.now();
    this.of = want;
    this.on_map ??= want;
    this.live = store.live;
    this.live_bins = store.live?.bins_version ?? 0;
    this.fetched_ms = now;
    if (this.version++ || asked(want)) {
      promises(store.net).forEach((revisit_s, k) => {
        (this.map.getSource(idOf(k)) as RasterDEMTileSource).setTiles([tileUrl(store.net, revisit_s, this.version, want)]);
      });
    }
    this.map.once("idle", () => this.loaded(performance.now() - now, want));
    this.onFetch();
  }

  /** MapLibre takes another address for tiles a frame later; shown before, a layer would ask for those of the old one. */
  private ready(): boolean {
    return this.ids().every((id) => this.map.getSource(id)!.loaded());
  }

  /** MapLibre 6 keeps what a tile held where its source gets other tiles while that one is still on the way. */
  private loading(): boolean {
    return this.on && this.ids().some((id) => !this.map.isSourceLoaded(id));
  }

  private loaded(took_ms: number, of: Of): void {
    this.fetch_wait_ms = waitFor(took_ms, FETCH_SHARE, FETCH_MS, MOST_FETCH_MS);
    this.past_wait_ms = waitFor(took_ms, PAST_SHARE, PAST_MS, MOST_FETCH_MS);
    if (of === this.of) this.on_map = of;
    this.cover();
  }

  /** The tiles on the map stay until others are there, unless they say something else than what is asked for now. */
  private cover(): void {
    const yes = this.on_map !== null && isFar(wish(), this.on_map);
    if (yes !== this.hidden) this.hide(yes);
  }

  private hide(yes: boolean): void {
    this.hidden = yes;
    for (const id of this.ids()) this.map.setPaintProperty(id, "color-relief-opacity", yes ? 0 : opacity());
  }
}
