// The page: reads the watch, opens the stream, puts the parts together and listens to keys.
import { get, type About, type Watch } from "./api";
import { Chart } from "./chart/chart";
import { attr, h } from "./dom";
import { emit, on } from "./emitter";
import { lang, setLang, t, tables, words, type LangId } from "./lang";
import { Live } from "./live";
import { WatchMap } from "./map/map";
import { PlanLayer } from "./map/planlayer";
import { moment } from "./moment";
import { Alerts } from "./parts/alerts";
import { say } from "./parts/dialog";
import { Drones } from "./parts/drones";
import { GroundNote } from "./parts/groundnote";
import { help } from "./parts/help";
import { Panel } from "./parts/panel";
import { Planning } from "./parts/planning";
import { Rail } from "./parts/rail";
import { Status } from "./parts/status";
import { TimeBar } from "./parts/timebar";
import { Tip } from "./parts/tip";
import { Tracks } from "./parts/tracks";
import { whatif } from "./plan/whatif";
import { store } from "./store";
import { firstTheme, palette, setTheme, theme } from "./theme";
import { traffic } from "./traffic";

const LANG = "vigie.lang";
const REFRESH_MS = 250;
const RETRY_MS = 2000;

function firstLang(about: string): LangId {
  const pick = (s: string | null | undefined): LangId | null => (s?.startsWith("fr") ? "fr" : s?.startsWith("en") ? "en" : null);
  return pick(localStorage.getItem(LANG)) ?? pick(about) ?? pick(navigator.language) ?? "en";
}

/** What the screen says until the watch is read. */
function splash(text: string): void {
  const host = document.getElementById("app")!;
  host.replaceChildren(h("div", { class: "splash", role: "status" }, h("p", {}, words(text))));
}

async function readWatch(): Promise<void> {
  for (;;) {
    try {
      store.about = await get<About>("api/about");
      setLang(firstLang(store.about.lang));
      store.setWatch(await get<Watch>("api/watch"));
      return;
    } catch (e) {
      splash(e instanceof TypeError ? t("conn_never") : t("load_failed", { why: (e as Error).message }));
      await new Promise((resolve) => window.setTimeout(resolve, RETRY_MS));
    }
  }
}

class Page {
  readonly map: WatchMap;
  readonly chart: Chart;
  readonly live: Live;
  readonly status: Status;
  readonly rail: Rail;
  readonly bar: TimeBar;
  readonly alerts: Alerts;
  readonly drones: Drones;
  readonly tracks: Tracks;
  readonly planning: Planning;
  readonly panel: Panel;
  private tip: Tip;
  private note = new GroundNote();
  private map_host = h("div", { class: "map", id: "map" });
  private chart_host = h("div", { class: "chart", id: "chart" });
  private narrow = window.matchMedia("(max-width: 760px)");
  private due = 0;

  constructor() {
    const centre = h("main", { class: "centre" });
    const strip = h("section", { class: "strip" });
    this.status = new Status({ worst: () => this.showWorst(), language: () => this.switchLang(), theme: () => this.switchTheme(), retry: () => this.live.retryNow() });
    this.bar = new TimeBar();
    centre.append(h("div", { class: "map-frame" }, this.map_host, this.bar.back, this.note.el), strip);
    document.getElementById("app")!.replaceChildren(this.status.el, this.status.banner, centre);
    this.map = new WatchMap(this.map_host, () => this.openDrones(), () => this.openTracks());
    this.chart = new Chart(this.chart_host, (line, s_m) => this.flyToKm(line, s_m), (id) => this.choose(id));
    this.alerts = new Alerts((lon, lat) => this.map.flyTo(lon, lat));
    this.drones = new Drones((d) => this.choose(d.id));
    this.tracks = new Tracks((k) => this.chooseTrack(k.id), (k) => this.map.flyTo(k.lon, k.lat, 14), () => this.middle());
    this.rail = new Rail(this.map, {
      fit: () => this.map.fitWatch(), terrain: () => this.switchTerrain(), chart: () => this.switchChart(),
      picture: () => void this.savePicture(), help,
    });
    const controls = h("div", { class: "strip-head" }, this.bar.el, this.bar.legend);
    this.planning = new Planning(() => this.middle(), (b) => this.map.flyTo(b.lon, b.lat, 8));
    new PlanLayer(this.map);
    this.map_host.parentElement!.append(this.planning.banner);
    this.panel = new Panel(this.alerts, this.drones, this.tracks, this.planning, [controls, this.chart_host], strip);
    this.panel.onTab = () => {
      whatif.setOpen(this.panel.tab === "plan" && !store.replay);
      this.chart.show(this.chartShown());
      this.refresh();
    };
    this.tip = new Tip(this.chart);
    document.getElementById("app")!.append(this.rail.el, this.panel.el, this.rail.box, this.tip.el);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const url = new URL("api/live", document.baseURI);
    url.protocol = scheme;
    this.live = new Live(url.href, () => this.panel.refresh());
    this.wire();
  }

  private wire(): void {
    on("picture", () => this.refreshSoon());
    on("turned", () => this.refresh());
    on("select", () => {
      this.drones.chosen();
      this.tracks.refresh();
    });
    on("link", () => this.status.refresh());
    on("moment", () => this.bar.refresh());
    on("whatif", () => this.planning.refresh());
    on("hover", () => this.tip.refresh());
    on("ground", () => this.tip.refresh());
    on("quality", () => this.note.refresh(this.map.cellsOn));
    on("look", () => this.rebuild());
    this.narrow.addEventListener("change", () => this.layOut());
    this.layOut();
    this.map.settle();
    this.labels();
    window.setInterval(() => this.tick(), 250);
    document.addEventListener("keydown", (e) => this.key(e));
    if (store.replay) moment.goTo(store.watch.from_us);
    else this.live.start();
    if (!store.replay) traffic.start();
  }

  private layOut(): void {
    this.panel.narrow(this.narrow.matches);
    this.chart.show(this.chartShown());
  }

  private chartShown(): boolean {
    if (this.narrow.matches) return this.panel.tab === "chart" && this.panel.isOpen;
    return !document.documentElement.classList.contains("no-chart");
  }

  /** Lists at most a few times a second, however fast messages come. */
  private refreshSoon(): void {
    if (this.due) return;
    this.due = window.setTimeout(() => {
      this.due = 0;
      this.refresh();
    }, REFRESH_MS);
  }

  private refresh(): void {
    this.status.refresh();
    this.panel.refresh();
    if (this.panel.tab === "alerts") this.alerts.refresh();
    if (this.panel.tab === "drones") this.drones.refresh();
    if (this.panel.tab === "tracks") this.tracks.refresh();
    this.bar.refresh();
    if (store.hover || store.ground) this.tip.refresh();
  }

  private tick(): void {
    this.status.tick();
    this.bar.refresh();
    this.note.refresh(this.map.cellsOn);
  }

  private rebuild(): void {
    this.status.build();
    this.bar.build();
    this.alerts.build();
    this.drones.build();
    this.tracks.build();
    this.planning.build();
    this.rail.build();
    this.panel.build();
    this.labels();
  }

  private labels(): void {
    attr(this.map.map.getCanvas(), "aria-label", t("map_label"));
    const canvas = this.chart_host.querySelector(".chart-top");
    if (canvas) attr(canvas, "aria-label", t("chart_label"));
  }

  private switchLang(): void {
    const next: LangId = lang() === "fr" ? "en" : "fr";
    localStorage.setItem(LANG, next);
    setLang(next);
    emit("look");
  }

  private switchTheme(): void {
    setTheme(theme() === "dark" ? "light" : "dark");
  }

  private switchTerrain(): void {
    if (!store.watch.terrain) return;
    this.map.setTerrain(!this.map.terrain);
    this.rail.refresh();
  }

  private switchChart(): void {
    if (this.narrow.matches) {
      this.panel.choose("chart");
      return;
    }
    document.documentElement.classList.toggle("no-chart");
    this.chart.show(this.chartShown());
    this.rail.refresh();
  }

  private async savePicture(): Promise<void> {
    const blob = await this.map.picture();
    if (!blob) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${store.watch.name}-${new Date(store.now_us() / 1000).toISOString().slice(0, 19).replace(/:/g, "")}.png`;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  private showWorst(): void {
    const p = store.shown?.promise;
    if (p && p.worst_m !== null) this.flyToKm(p.worst_line ?? 0, p.worst_m);
  }

  private flyToKm(line: number, s_m: number): void {
    const [lon, lat] = store.net.at({ line, s_m });
    this.map.flyTo(lon, lat, 9);
    store.point({ line, s_m }, "map");
  }

  /** Where a new base comes to stand. */
  private middle(): { lat: number; lon: number } {
    const at = this.map.map.getCenter();
    return { lat: at.lat, lon: at.lng };
  }

  private openDrones(): void {
    if (this.narrow.matches) return;
    this.panel.choose("drones");
    document.querySelector(`.drone[data-id="${CSS.escape(store.selected ?? "")}"]`)?.scrollIntoView({ block: "nearest" });
  }

  private openTracks(): void {
    if (this.narrow.matches) return;
    this.panel.choose("tracks");
    document.querySelector(`.track[data-id="${CSS.escape(store.track ?? "")}"]`)?.scrollIntoView({ block: "nearest" });
  }

  /** A track chosen in the list: shown, with its history; chosen again: let go. */
  private chooseTrack(id: string): void {
    store.selectTrack(store.track === id ? null : id);
    const k = store.track ? store.shown?.tracks.get(id) : undefined;
    if (k) this.map.flyTo(k.lon, k.lat, 12);
  }

  private openPlan(): void {
    if (!store.replay) this.panel.choose("plan");
  }

  /** A drone chosen in a list or on the chart: the map goes there; chosen again: let go. */
  private choose(id: string): void {
    if (store.selected === id) {
      store.select(null);
      return;
    }
    store.select(id);
    const d = store.shown?.drones.get(id);
    if (d && d.lat !== null && d.lon !== null) this.map.flyTo(d.lon, d.lat, 9.5);
    this.openDrones();
  }

  private escape(): void {
    if (!this.rail.box.hidden) this.rail.openLayers(false);
    else if (store.track) store.selectTrack(null);
    else if (store.selected) store.select(null);
    else this.panel.open(false);
  }

  private key(e: KeyboardEvent): void {
    const at = e.target as HTMLElement;
    if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    if (at.matches("input[type=text], select, textarea") && e.key !== "Escape") return;
    const button = at.closest("button, summary, input") !== null;
    const acts: Record<string, () => void> = {
      a: () => this.alerts.takeTop(), c: () => this.alerts.closeMine(), f: () => this.map.fitWatch(), g: () => this.switchChart(),
      d: () => this.switchTerrain(), t: () => this.switchTheme(), l: () => this.switchLang(), n: () => moment.now(),
      "1": () => this.panel.choose("alerts"), "2": () => this.panel.choose("drones"), "3": () => this.openPlan(), "4": () => this.panel.choose("tracks"), "?": help, h: help, Escape: () => this.escape(),
    };
    if (!button) acts[" "] = () => moment.toggle();
    const f = acts[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    if (!f) return;
    e.preventDefault();
    f();
  }
}

async function main(): Promise<void> {
  setTheme(firstTheme(), false);
  setLang(firstLang(""));
  await readWatch();
  const page = new Page();
  // For tests, measurements and a curious engineer at the console.
  (window as unknown as { vigie: unknown }).vigie = { store, page, moment, tables, say, whatif, traffic, palette };
}

void main();
