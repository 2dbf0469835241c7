// The map's style: sources that do not change and every layer in the colours of the theme.
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { css, scales } from "../age";
import type { LonLat, Watch } from "../api";
import { tMaybe } from "../lang";
import type { Network } from "../line";
import { palette, theme } from "../theme";
import { cellLayers, cellSources } from "./cells";

const FONT = ["system-ui", "sans-serif"];
// No such family exists: MapLibre reads the weight from the name and falls through to the next family.
const BOLD = ["Watch Bold", "sans-serif"];

export const EMPTY = { type: "FeatureCollection" as const, features: [] };

export interface Shown {
  hillshade: boolean;
  band: boolean;
  cells: boolean;
  zones: boolean;
  places: boolean;
  km: boolean;
  trails: boolean;
  footprints: boolean;
  labels: boolean;
}

/** Which layers each switch of the layer box governs; the others are drawn by the overlay, or see to themselves (cells). */
const groups: Partial<Record<keyof Shown, string[]>> = {
  hillshade: ["hillshade"],
  band: ["band"],
  zones: ["zone-fill", "zone-edge", "zone-name"],
  places: ["place"],
  km: ["km100", "km50", "km10", "km1"],
};

export function layersOf(name: keyof Shown): string[] {
  return groups[name] ?? [];
}

/** Where a kilometre's name goes so that it stands beside the line and not on it. */
function sideAt(net: Network, line: number, s_m: number): string {
  const [x0, y0] = net.at({ line, s_m: s_m - 900 });
  const [x1, y1] = net.at({ line, s_m: s_m + 900 });
  return Math.abs(x1 - x0) > Math.abs(y1 - y0) ? "top" : "left";
}

function points(net: Network, step_m: number, skip_m: number): GeoJSON.Feature[] {
  const out: GeoJSON.Feature[] = [];
  net.watch.lines.forEach((l, line) => {
    for (let s = 0; s <= l.length_m; s += step_m) {
      if (skip_m && s % skip_m === 0) continue;
      out.push({
        type: "Feature",
        properties: { km: String(Math.round(s / 1000)), side: sideAt(net, line, s) },
        geometry: { type: "Point", coordinates: net.at({ line, s_m: s }) },
      });
    }
  });
  return out;
}

const collection = (features: GeoJSON.Feature[]): SourceSpecification => ({
  type: "geojson",
  data: { type: "FeatureCollection", features },
});

function closed(ring: LonLat[]): LonLat[] {
  const a = ring[0];
  const b = ring[ring.length - 1];
  return a && b && (a[0] !== b[0] || a[1] !== b[1]) ? [...ring, a] : ring;
}

function bandFeatures(net: Network): GeoJSON.Feature[] {
  return net.watch.stretches.map((s) => ({
    type: "Feature",
    properties: { depth: s.depth_m },
    geometry: { type: "LineString", coordinates: net.slice(s.line, s.from_m, s.to_m) },
  }));
}

export function demSource(watch: Watch): SourceSpecification {
  const terrain = watch.terrain!;
  return {
    type: "raster-dem",
    tiles: [new URL("tiles/dem/{z}/{x}/{y}.png", document.baseURI).href.replace(/%7B/g, "{").replace(/%7D/g, "}")],
    tileSize: 256,
    encoding: "terrarium",
    bounds: terrain.bounds,
    maxzoom: terrain.maxzoom,
  };
}

function sources(net: Network): Record<string, SourceSpecification> {
  const w = net.watch;
  const point = (lon: number, lat: number, properties: Record<string, unknown>): GeoJSON.Feature => ({
    type: "Feature",
    properties,
    geometry: { type: "Point", coordinates: [lon, lat] },
  });
  const out: Record<string, SourceSpecification> = {
    band: collection(bandFeatures(net)),
    age: { type: "geojson", data: EMPTY, tolerance: 0.4, buffer: 32 },
    mission: { type: "geojson", data: EMPTY },
    zones: collection(w.zones.map((z) => ({
      type: "Feature",
      properties: { name: z.name, kind: z.kind },
      geometry: { type: "Polygon", coordinates: [closed(z.coordinates)] },
    }))),
    places: collection(w.places.map((p) => point(p.lon, p.lat, { name: p.name, pop: p.population }))),
    bases: collection(w.bases.map((b) => point(b.lon, b.lat, { name: b.name }))),
    km100: collection(points(net, 100000, 0)),
    km50: collection(points(net, 50000, 100000)),
    km10: collection(points(net, 10000, 50000)),
    km1: collection(points(net, 1000, 10000)),
  };
  if (w.terrain) out.dem = demSource(w);
  return { ...out, ...cellSources(net) };
}

/** Width in pixels at each zoom of twice a depth in metres, at the latitude of the watch. */
function bandWidth(net: Network): unknown {
  const [, s, , n] = net.bounds();
  const cos = Math.cos(((s + n) / 2) * (Math.PI / 180));
  const px = (z: number): number => (512 * 2 ** z) / (40075016.7 * cos);
  return ["interpolate", ["exponential", 2], ["zoom"], 0, ["*", ["get", "depth"], 2 * px(0)], 22, ["*", ["get", "depth"], 2 * px(22)]];
}

function ageColour(): unknown {
  const stops = scales[theme()].stops.flatMap(([r, c]) => [r, css(c)]);
  return ["interpolate", ["linear"], ["get", "r"], ...stops];
}

const zoomed = (...stops: number[]): unknown => ["interpolate", ["linear"], ["zoom"], ...stops];

function kmLayer(id: string, minzoom: number, size: number): LayerSpecification {
  const p = palette();
  return {
    id,
    type: "symbol",
    source: id,
    minzoom,
    layout: {
      "text-field": ["concat", "km ", ["get", "km"]],
      "text-font": FONT,
      "text-size": size,
      "icon-image": "post",
      "text-anchor": ["get", "side"] as never,
      "text-offset": ["match", ["get", "side"], "top", ["literal", [0, 0.75]], ["literal", [0.85, 0]]] as never,
      "text-padding": 6,
      "symbol-sort-key": size === 11 ? 2 : 1,
    },
    paint: { "text-color": p.ink_soft, "text-halo-color": p.halo, "text-halo-width": 1.6 },
  };
}

function lineLayers(): LayerSpecification[] {
  const p = palette();
  const scale = scales[theme()];
  const wide = (k: number): unknown => zoomed(4, 3 * k, 7, 4.5 * k, 11, 6.5 * k);
  const kind = (k: string): unknown => ["==", ["get", "k"], k];
  const layer = (id: string, filter: unknown, paint: unknown, layout: unknown = {}): LayerSpecification =>
    ({ id, type: "line", source: "age", filter, layout: { "line-join": "round", ...(layout as object) }, paint }) as LayerSpecification;
  const round = { "line-cap": "round" };
  return [
    layer("line-case", true, { "line-color": p.casing, "line-width": wide(1.9), "line-opacity": 0.8 }, round),
    layer("line-broken-case", kind("broken"), { "line-color": p.casing, "line-width": wide(2.7) }, round),
    layer("line-never", kind("never"), { "line-color": css(scale.never), "line-width": wide(0.9), "line-dasharray": [1.6, 1.1] }),
    layer("line-unreachable", kind("unreachable"), { "line-color": css(scale.never), "line-width": wide(0.9), "line-dasharray": [0.01, 2] }, round),
    layer("line-age", kind("seen"), { "line-color": ageColour(), "line-width": wide(1) }),
    layer("line-broken", kind("broken"), { "line-color": css(scale.broken), "line-width": wide(1.7) }),
    layer("line-broken-ink", kind("broken"), { "line-color": css(scale.broken_ink), "line-width": wide(0.55), "line-dasharray": [2.2, 3.2] }),
  ];
}

function groundLayers(net: Network): LayerSpecification[] {
  const p = palette();
  const out: LayerSpecification[] = [{ id: "ground", type: "background", paint: { "background-color": p.ground } }];
  // The band is opaque and lies under the shade of the hills: a winding line crosses its own band without darkening it.
  out.push({
    id: "band",
    type: "line",
    source: "band",
    layout: { "line-join": "round" },
    paint: { "line-color": p.band, "line-width": bandWidth(net) as number },
  });
  if (net.watch.terrain) {
    out.push({
      id: "hillshade",
      type: "hillshade",
      source: "dem",
      paint: {
        "hillshade-exaggeration": theme() === "dark" ? 0.9 : 0.55,
        "hillshade-shadow-color": p.shade_shadow,
        "hillshade-highlight-color": p.shade_light,
        "hillshade-accent-color": p.shade_accent,
        "hillshade-illumination-direction": 315,
      },
    });
  }
  return out;
}

function zoneLayers(): LayerSpecification[] {
  const p = palette();
  const byKind = (fallback: string): unknown => ["match", ["get", "kind"], ...Object.entries(p.zone).flat(), fallback];
  return [
    { id: "zone-fill", type: "fill", source: "zones", paint: { "fill-pattern": ["concat", "zone-", ["get", "kind"]], "fill-opacity": 0.5 } },
    { id: "zone-edge", type: "line", source: "zones", paint: { "line-color": byKind(p.ink_soft) as string, "line-width": 1.6, "line-dasharray": [4, 2] } },
  ];
}

/** A zone's name and, below it, what kind of zone it is, in the language of the page. */
export function zoneText(): unknown {
  const kinds = Object.keys(palette().zone).flatMap((k) => [k, tMaybe(`zone_${k}`, k)]);
  return ["format", ["get", "name"], { "font-scale": 1 }, "\n", {}, ["match", ["get", "kind"], ...kinds, ["get", "kind"]], { "font-scale": 0.85 }];
}

function nameLayers(): LayerSpecification[] {
  const p = palette();
  const halo = { "text-halo-color": p.halo, "text-halo-width": 1.6 };
  const byKind = (fallback: string): unknown => ["match", ["get", "kind"], ...Object.entries(p.zone).flat(), fallback];
  return [
    kmLayer("km1", 12, 11),
    kmLayer("km10", 8.5, 11),
    kmLayer("km50", 6.5, 12),
    kmLayer("km100", 4.2, 12),
    {
      id: "place",
      type: "symbol",
      source: "places",
      filter: ["any", [">=", ["get", "pop"], 50000], [">=", ["zoom"], ["step", ["get", "pop"], 9.5, 2000, 8.5, 8000, 7, 20000, 5.5]]] as never,
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["get", "pop"], 1000, 11, 20000, 12.5, 100000, 14, 1000000, 17],
        "text-variable-anchor": ["top", "bottom", "left", "right"],
        "text-radial-offset": 0.5,
        "text-padding": 8,
        "symbol-sort-key": ["-", 0, ["get", "pop"]],
      },
      paint: { "text-color": p.ink_soft, ...halo },
    },
    {
      id: "zone-name",
      type: "symbol",
      source: "zones",
      minzoom: 6,
      layout: { "text-field": zoneText() as never, "text-font": FONT, "text-size": 12, "text-padding": 6 },
      paint: { "text-color": byKind(p.ink) as string, ...halo },
    },
    {
      id: "base",
      type: "symbol",
      source: "bases",
      layout: {
        "icon-image": "base",
        "icon-allow-overlap": true,
        "text-field": ["get", "name"],
        "text-font": BOLD,
        "text-size": 13,
        "text-variable-anchor": ["top", "bottom", "left", "right"],
        "text-radial-offset": 1.15,
        "text-optional": true,
        "symbol-sort-key": 0,
      },
      paint: { "text-color": p.ink, ...halo },
    },
  ];
}

/** Every layer, bottom first, in the colours of the theme in force. */
export function layers(net: Network): LayerSpecification[] {
  const p = palette();
  return [
    ...groundLayers(net),
    ...cellLayers(net),
    ...zoneLayers(),
    {
      id: "mission-case",
      type: "line",
      source: "mission",
      layout: { "line-join": "round" },
      paint: { "line-color": p.casing, "line-width": 4, "line-opacity": 0.7 },
    },
    {
      id: "mission",
      type: "line",
      source: "mission",
      layout: { "line-join": "round" },
      paint: { "line-color": p.accent, "line-width": 1.8, "line-dasharray": [3, 2] },
    },
    ...lineLayers(),
    ...nameLayers(),
  ];
}

export function style(net: Network): StyleSpecification {
  return { version: 8, sources: sources(net), layers: layers(net) };
}
