// The left rail: large buttons for gloves, each with a title; and the box of layers.
import { attr, h, icon, setTitle } from "../dom";
import { t, type Key } from "../lang";
import type { WatchMap } from "../map/map";
import type { Shown } from "../map/style";
import { on } from "../emitter";
import { QUALITIES, store, type Quality } from "../store";
import { icons } from "./icons";

export interface RailActs {
  fit(): void;
  terrain(): void;
  chart(): void;
  picture(): void;
  help(): void;
}

const RELIEF: (keyof Shown)[] = ["hillshade", "slope", "contour"];
/** Drawn from a certain zoom only, as the box says. */
const NEAR: (keyof Shown)[] = ["contour", "cells"];
const LAYERS: (keyof Shown)[] = [...RELIEF, "band", "cells", "zones", "places", "km", "trails", "footprints", "labels", "tracks", "traffic"];

const qualityKey = (q: Quality): Key => (q ? `quality_${q}` : "quality_any");

export class Rail {
  readonly el = h("nav", { class: "rail" });
  readonly box = h("div", { class: "layer-box", id: "layer-box" });
  private terrain!: HTMLButtonElement;
  private chart!: HTMLButtonElement;
  private layers!: HTMLButtonElement;
  private quality!: HTMLSelectElement;

  constructor(private map: WatchMap, private acts: RailActs) {
    this.box.hidden = true;
    document.addEventListener("pointerdown", (e) => {
      const at = e.target as Node;
      if (!this.box.hidden && !this.box.contains(at) && !this.layers.contains(at)) this.openLayers(false);
    });
    on("quality", () => (this.quality.value = store.quality));
    this.build();
  }

  build(): void {
    attr(this.el, "aria-label", t("rail"));
    const button = (key: Key, d: string, run: () => void, cls = ""): HTMLButtonElement =>
      h("button", { class: `tool ${cls}`, title: t(key), label: t(key), onclick: run }, icon(d));
    this.layers = button("layers", icons.layers, () => this.openLayers(this.box.hidden === true), "layers");
    attr(this.layers, "aria-controls", "layer-box");
    this.terrain = button("terrain_3d", icons.terrain, this.acts.terrain);
    this.chart = button("chart_toggle", icons.chart, this.acts.chart, "chart-toggle");
    this.el.replaceChildren(
      button("fit_watch", icons.fit, this.acts.fit), this.layers, this.terrain, this.chart,
      button("snapshot", icons.camera, this.acts.picture, "snapshot"),
      button("help", icons.help, this.acts.help),
      h("span", { class: "rail-gap" }),
      button("zoom_in", icons.plus, () => this.map.zoomBy(1), "zoom"), button("zoom_out", icons.minus, () => this.map.zoomBy(-1), "zoom"));
    if (!store.watch.terrain) {
      this.terrain.disabled = true;
      setTitle(this.terrain, t("terrain_none"));
    }
    this.buildBox();
    this.refresh();
  }

  private buildBox(): void {
    attr(this.box, "role", "group");
    attr(this.box, "aria-label", t("layers"));
    const has = (name: keyof Shown): boolean => (RELIEF.includes(name) ? store.watch.terrain !== null : name === "traffic" ? store.about.traffic === true : name !== "cells" || store.watch.cells);
    this.buildQuality();
    const rows = LAYERS.filter(has).flatMap((name) => {
      const box = h("input", { type: "checkbox" });
      box.checked = this.map.shown[name];
      box.addEventListener("change", () => this.map.setShown(name, box.checked));
      const row = h("label", { class: "layer-row" }, box, h("span", {}, t(`layer_${name}`), NEAR.includes(name) && h("span", { class: "layer-note" }, t("layer_near"))));
      return name === "cells" ? [row, h("label", { class: "layer-row layer-more" }, h("span", {}, t("quality")), this.quality)] : [row];
    });
    this.box.replaceChildren(h("h2", {}, t("layers")), ...rows);
  }

  /** Which looks count on the layer of seen ground. */
  private buildQuality(): void {
    this.quality = h("select", { class: "quality" }, ...QUALITIES.map((q) => h("option", { attrs: { value: q } }, t(qualityKey(q)))));
    this.quality.value = store.quality;
    this.quality.addEventListener("change", () => store.setQuality(this.quality.value as Quality));
  }

  openLayers(yes: boolean): void {
    this.box.hidden = !yes;
    attr(this.layers, "aria-expanded", String(yes));
    if (yes) this.box.querySelector("input")?.focus();
  }

  refresh(): void {
    attr(this.terrain, "aria-pressed", String(this.map.terrain));
    attr(this.chart, "aria-pressed", String(!document.documentElement.classList.contains("no-chart")));
    attr(this.layers, "aria-expanded", String(!this.box.hidden));
  }
}
