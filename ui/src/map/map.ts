// The map: MapLibre with the watch's own tiles only, the age line, the overlay, and pointing.
import { AttributionControl, Map as MapLibre, ScaleControl, setWorkerUrl, type GeoJSONSource, type LayerSpecification } from "maplibre-gl";
import { get, type Mission } from "../api";
import { on } from "../emitter";
import { mercX, mercY } from "../line";
import { store } from "../store";
import { Cells, CELLS_ZOOM } from "./cells";
import { Ground } from "./ground";
import { putImages } from "./images";
import { Overlay } from "./overlay";
import { demSource, EMPTY, FIRST_SHOWN, layers, layersOf, style, zoneText, type Shown } from "./style";

const REACH_PX = 26;
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

export class WatchMap {
  readonly map: MapLibre;
  readonly overlay: Overlay;
  readonly shown: Shown = { ...FIRST_SHOWN };
  private cells: Cells;
  private ground = new Ground();
  private mission_of = "";
  /** When the map first had nothing left to load (since navigation); 0: not yet. */
  ready_ms = 0;

  constructor(host: HTMLElement, private onSelect: () => void, private onTrack: () => void) {
    setWorkerUrl(new URL("maplibre-worker.js", document.baseURI).href);
    const [w, s, e, n] = store.net.bounds();
    this.map = new MapLibre({
      container: host,
      style: style(store.net),
      bounds: [[w, s], [e, n]],
      fitBoundsOptions: { padding: this.padding(host) },
      attributionControl: false,
      maxPitch: 70,
      minZoom: 2,
      maxZoom: 17,
      renderWorldCopies: false,
      fadeDuration: 0,
      pitchWithRotate: true,
      canvasContextAttributes: { preserveDrawingBuffer: false, antialias: false },
    });
    this.map.addControl(new ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
    this.map.addControl(new AttributionControl({ compact: false, customAttribution: store.watch.attribution }), "bottom-right");
    this.cells = new Cells(this.map, this.shown, () => this.ground.again());
    this.overlay = new Overlay(this.map, this.shown);
    this.map.on("style.load", () => {
      putImages(this.map);
      this.turned();
    });
    this.map.once("idle", () => (this.ready_ms = performance.now()));
    this.pointing();
    this.listen();
  }

  /** Room around the watch; on a narrow screen the tools stand over the left edge of the map. */
  private padding(host: HTMLElement): { top: number; bottom: number; left: number; right: number } {
    const pad = Math.max(24, Math.min(64, Math.min(host.clientWidth, host.clientHeight) * 0.12));
    return { top: pad, bottom: pad, left: host.clientWidth < 700 ? 84 : pad, right: pad };
  }

  private listen(): void {
    on("picture", () => this.heard(false));
    on("turned", () => this.turned());
    on("hover", () => this.overlay.invalidate());
    on("traffic", () => this.overlay.invalidate());
    on("select", () => {
      this.overlay.invalidate();
      this.showMission();
    });
    on("look", () => this.restyle());
    on("quality", () => this.cells.refresh());
    window.setInterval(() => {
      this.overlay.age(false);
      this.cells.refresh();
    }, 500);
  }

  private heard(jump: boolean): void {
    this.overlay.hear(jump || still.matches);
    this.overlay.age(false);
    this.showMission();
  }

  private turned(): void {
    this.overlay.hear(true);
    this.overlay.age(true);
    this.ground.clear();
    this.cells.refresh();
    this.showMission();
  }

  /** Colours of the theme on every layer, without loading anything again. */
  private restyle(): void {
    if (!this.map.getLayer("ground")) return;
    putImages(this.map);
    for (const layer of layers(store.net)) this.paint(layer);
    this.map.setLayoutProperty("zone-name", "text-field", zoneText() as never);
    this.overlay.invalidate();
    this.map.triggerRepaint();
  }

  private paint(layer: LayerSpecification): void {
    const paint = (layer as { paint?: Record<string, unknown> }).paint ?? {};
    for (const [name, value] of Object.entries(paint)) this.map.setPaintProperty(layer.id, name as never, value as never);
  }

  /** Whether cells of seen ground stand on the map. */
  get cellsOn(): boolean {
    return this.cells.on;
  }

  setShown(name: keyof Shown, yes: boolean): void {
    this.shown[name] = yes;
    for (const id of layersOf(name)) {
      if (this.map.getLayer(id)) this.map.setLayoutProperty(id, "visibility", yes ? "visible" : "none");
    }
    this.cells.refresh();
    this.overlay.invalidate();
  }

  get terrain(): boolean {
    return this.map.getTerrain() !== null && this.map.getTerrain() !== undefined;
  }

  setTerrain(yes: boolean): void {
    if (!store.watch.terrain) return;
    if (yes && !this.map.getSource("dem3d")) this.map.addSource("dem3d", demSource(store.watch));
    this.map.setTerrain(yes ? { source: "dem3d", exaggeration: 1.5 } : null);
    this.map.easeTo({ pitch: yes ? 55 : 0, bearing: yes ? this.map.getBearing() : 0, duration: still.matches ? 0 : 600 });
    this.overlay.invalidate();
  }

  /** Fit again once the page has its final layout. */
  settle(): void {
    this.map.resize();
    const [w, s, e, n] = store.net.bounds();
    this.map.fitBounds([[w, s], [e, n]], { padding: this.padding(this.map.getContainer()), animate: false });
  }

  fitWatch(): void {
    store.select(null);
    const [w, s, e, n] = store.net.bounds();
    this.map.fitBounds([[w, s], [e, n]], { padding: this.padding(this.map.getContainer()), duration: still.matches ? 0 : 700, bearing: 0 });
  }

  flyTo(lon: number, lat: number, zoom = 10): void {
    const to = Math.max(zoom, this.map.getZoom());
    this.map.flyTo({ center: [lon, lat], zoom: to, duration: still.matches ? 0 : 900, essential: false });
  }

  zoomBy(step: number): void {
    this.map.zoomTo(this.map.getZoom() + step, { duration: still.matches ? 0 : 250 });
  }

  /** A picture of the map with what moves on it. */
  async picture(): Promise<Blob | null> {
    const done = new Promise<HTMLCanvasElement>((resolve) => {
      this.map.once("render", () => {
        const gl = this.map.getCanvas();
        const out = document.createElement("canvas");
        out.width = gl.width;
        out.height = gl.height;
        const c = out.getContext("2d")!;
        c.drawImage(gl, 0, 0);
        for (const el of this.map.getCanvasContainer().querySelectorAll<HTMLCanvasElement>(".overlay")) c.drawImage(el, 0, 0, out.width, out.height);
        resolve(out);
      });
    });
    this.map.triggerRepaint();
    const canvas = await done;
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }

  private pointing(): void {
    const canvas = this.map.getCanvasContainer();
    this.map.on("mousemove", (e) => {
      const drone = this.overlay.pick(e.point.x, e.point.y);
      canvas.style.cursor = drone ?? this.overlay.pickTrack(e.point.x, e.point.y) ? "pointer" : "";
      const near = store.net.nearest(mercX(e.lngLat.lng), mercY(e.lngLat.lat));
      const px = 512 * 2 ** this.map.getZoom();
      store.point(near.distance * px < REACH_PX ? near.spot : null, "map");
      this.pointGround(e.lngLat, false);
    });
    this.map.on("mouseout", () => {
      store.point(null, "map");
      this.ground.clear();
    });
    this.map.on("movestart", () => this.ground.clear());
    this.map.on("click", (e) => {
      const drone = this.overlay.pick(e.point.x, e.point.y, 28);
      const track = drone ? null : this.overlay.pickTrack(e.point.x, e.point.y, 24);
      const id = drone ?? track;
      if (!track) store.select(drone);
      if (drone) this.onSelect();
      if (track || !drone) store.selectTrack(track);
      if (track) this.onTrack();
      const near = store.net.nearest(mercX(e.lngLat.lng), mercY(e.lngLat.lat));
      const px = 512 * 2 ** this.map.getZoom();
      if (!id && near.distance * px < REACH_PX) store.point(near.spot, "map");
      if (id) this.ground.clear();
      else this.pointGround(e.lngLat, true);
    });
    this.map.on("dragstart", () => {
      if (store.follow) store.select(store.selected, false);
    });
  }

  private pointGround(at: { lng: number; lat: number }, at_once: boolean): void {
    if (this.map.getZoom() >= CELLS_ZOOM && !this.map.isMoving()) this.ground.point(at.lng, at.lat, at_once);
    else this.ground.clear();
  }

  /** The chosen drone's way, flown and to come. */
  private showMission(): void {
    const drone = store.selected ? store.shown?.drones.get(store.selected) : undefined;
    const sortie = drone && store.shown?.sorties.has(drone.sortie) ? drone.sortie : "";
    if (sortie === this.mission_of) return;
    const source = this.map.getSource("mission") as GeoJSONSource | undefined;
    if (!source) return;
    this.mission_of = sortie;
    if (!sortie) {
      void source.setData(EMPTY);
      return;
    }
    get<Mission>(`api/mission/${encodeURIComponent(sortie)}`)
      .then((m) => {
        if (this.mission_of !== sortie || m.coordinates.length < 2) return;
        void source.setData({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: m.coordinates.map((c) => [c[0]!, c[1]!]) } });
      })
      .catch(() => void source.setData(EMPTY));
  }
}
