// The map's style: sources that do not change and every layer in the colours of the theme.
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { LonLat, Watch } from "../api";
import { tMaybe } from "../lang";
import type { Network } from "../line";
import { palette, theme } from "../theme";
import { cellLayers, cellSources } from "./cells";
import { ANCHOR, OFFSET, postsOf, WITH_ROOM } from "./posts";

const FONT = ["system-ui", "sans-serif"];
// No such family exists: MapLibre reads the weight from the name and falls through to the next family.
const BOLD = ["Watch Bold", "sans-serif"];

export const EMPTY = { type: "FeatureCollection" as const, features: [] };

export interface Shown {
  hillshade: boolean;
  slope: boolean;
  contour: boolean;
  band: boolean;
  cells: boolean;
  zones: boolean;
  places: boolean;
  km: boolean;
  trails: boolean;
  footprints: boolean;
  labels: boolean;
  traffic: boolean;
  tracks: boolean;
}

/** What is shown before anybody chose. */
export const FIRST_SHOWN: Shown = { hillshade: true, slope: false, contour: false, band: true, cells: true, zones: true, places: true, km: true, trails: true, footprints: true, labels: true, traffic: true, tracks: true };

/** Which layers each switch of the layer box governs; the others are drawn by the overlay, or see to themselves (cells). */
const groups: Partial<Record<keyof Shown, string[]>> = {
  hillshade: ["hillshade"],
  slope: ["slope"],
  contour: ["contour"],
  band: ["band"],
  zones: ["zone-fill", "zone-edge", "zone-name"],
  places: ["place"],
  km: WITH_ROOM.map((p) => p.id),
};

export function layersOf(name: keyof Shown): string[] {
  return groups[name] ?? [];
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

const template = (path: string): string => new URL(path, document.baseURI).href.replace(/%7B/g, "{").replace(/%7D/g, "}");

/** Elevation, for the third dimension only. */
export function demSource(watch: Watch): SourceSpecification {
  const terrain = watch.terrain!;
  return { type: "raster-dem", tiles: [template("tiles/dem/{z}/{x}/{y}.png")], tileSize: 256, encoding: "terrarium", bounds: terrain.bounds, maxzoom: terrain.maxzoom };
}

/** Pictures of the relief, painted by the station: on a machine without a GPU a finished picture is drawn three times
 * faster than MapLibre's own hillshade. Contours stay thin lines further in than the ground has detail. */
const RELIEF = [
  { id: "hillshade", kind: "shade", closer: 0, from: 0 },
  { id: "slope", kind: "slope", closer: 0, from: 0 },
  { id: "contour", kind: "contour", closer: 3, from: 8 },
] as const;

function reliefSource(watch: Watch, { kind, closer, from }: (typeof RELIEF)[number]): SourceSpecification {
  const terrain = watch.terrain!;
  return { type: "raster", tiles: [template(`tiles/relief/${kind}/{z}/{x}/{y}.png`)], tileSize: 256, bounds: terrain.bounds, minzoom: from, maxzoom: Math.min(18, terrain.maxzoom + closer) };
}

function reliefLayers(): LayerSpecification[] {
  const dark = theme() === "dark";
  const paint = {
    hillshade: { "raster-opacity": dark ? 0.6 : 0.4, "raster-brightness-max": dark ? 0.3 : 1 },
    slope: { "raster-opacity": dark ? 0.5 : 0.45 },
    contour: { "raster-opacity": dark ? 0.55 : 0.6 },
  };
  return RELIEF.map(({ id, from }) => ({
    id,
    type: "raster",
    source: id,
    minzoom: from,
    layout: { visibility: FIRST_SHOWN[id] ? "visible" : "none" },
    paint: { "raster-fade-duration": 0, ...paint[id] },
  }));
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
    mission: { type: "geojson", data: EMPTY },
    zones: collection(w.zones.map((z) => ({
      type: "Feature",
      properties: { name: z.name, kind: z.kind },
      geometry: { type: "Polygon", coordinates: [closed(z.coordinates)] },
    }))),
    places: collection(w.places.map((p) => point(p.lon, p.lat, { name: p.name, pop: p.population }))),
    bases: collection(w.bases.map((b) => point(b.lon, b.lat, { name: b.name }))),
    ...Object.fromEntries(WITH_ROOM.map((p) => [p.id, collection(postsOf(net, p).map((at) => point(...net.at(at.spot), { name: at.name, side: at.side })))])),
  };
  if (w.terrain) for (const kind of RELIEF) out[kind.id] = reliefSource(w, kind);
  return { ...out, ...cellSources(net) };
}

/** Width in pixels at each zoom of twice a depth in metres, at the latitude of the watch. */
function bandWidth(net: Network): unknown {
  const [, s, , n] = net.bounds();
  const cos = Math.cos(((s + n) / 2) * (Math.PI / 180));
  const px = (z: number): number => (512 * 2 ** z) / (40075016.7 * cos);
  return ["interpolate", ["exponential", 2], ["zoom"], 0, ["*", ["get", "depth"], 2 * px(0)], 22, ["*", ["get", "depth"], 2 * px(22)]];
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
  if (net.watch.terrain) out.push(...reliefLayers());
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
      layout: { "text-field": zoneText() as never, "text-font": FONT, "text-size": 12, "text-variable-anchor": ["center", "left", "right", "top", "bottom"], "text-radial-offset": 2, "text-justify": "auto" },
      paint: { "text-color": byKind(p.ink) as string, ...halo },
    },
    {
      id: "line-room",
      type: "symbol",
      source: "band",
      layout: { "symbol-placement": "line", "symbol-spacing": 12, "icon-image": "line", "icon-allow-overlap": true, "icon-rotation-alignment": "viewport" },
    },
    // Room only: the overlay draws posts and bases above the line.
    ...WITH_ROOM.map((p): LayerSpecification => ({
      id: p.id,
      type: "symbol",
      source: p.id,
      minzoom: p.zoom,
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": p.size, "text-anchor": ANCHOR as never, "text-offset": OFFSET as never },
      paint: { "text-opacity": 0 },
    })),
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
        "text-anchor": "top",
        "text-offset": [0, 1.15],
        "text-optional": true,
      },
      paint: { "text-opacity": 0 },
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
    ...nameLayers(),
  ];
}

export function style(net: Network): StyleSpecification {
  return { version: 8, sources: sources(net), layers: layers(net) };
}
