// The panel at the right; on a narrow screen the sheet at the bottom, where the chart is one more tab.
import { attr, h, put, toggle } from "../dom";
import { t, words } from "../lang";
import { store } from "../store";
import { seenCount } from "../tracks";
import { openCount, type Alerts } from "./alerts";
import { dueConsents, type Drones } from "./drones";
import type { Planning } from "./planning";
import type { Tracks } from "./tracks";

export type Tab = "alerts" | "drones" | "tracks" | "chart" | "plan";
const TABS: Tab[] = ["alerts", "drones", "tracks", "chart", "plan"];

export class Panel {
  readonly el = h("aside", { class: "panel" });
  private tabs = new Map<Tab, HTMLButtonElement>();
  private chart_body = h("div", { class: "tab-body chart-tab", id: "panel-chart", role: "tabpanel" });
  private body = h("div", { class: "panel-body" });
  tab: Tab = "alerts";
  onTab: () => void = () => undefined;

  constructor(private alerts: Alerts, private drones: Drones, private tracks: Tracks, private planning: Planning, private chart_parts: HTMLElement[], private wide_home: HTMLElement) {
    this.body.append(alerts.el, drones.el, tracks.el, this.chart_body, planning.el);
    this.build();
  }

  build(): void {
    const handle = h("button", { class: "handle", title: t("sheet_handle"), label: t("sheet_handle"), onclick: () => this.open(!this.isOpen) });
    const bar = h("div", { class: "tabs", role: "tablist", label: t("tabs_label") });
    for (const tab of TABS) {
      const count = h("span", { class: "count" });
      const b = h("button", { class: `tab tab-${tab}`, id: `tab-${tab}`, role: "tab", attrs: { "aria-controls": `panel-${tab}` }, onclick: () => this.choose(tab) }, h("span", {}, t(`tab_${tab}`)), count);
      b.addEventListener("keydown", (e) => this.arrows(e));
      this.tabs.set(tab, b);
      // A finished watch has no planner behind it.
      b.hidden = tab === "plan" && store.replay;
      bar.append(b);
    }
    attr(this.chart_body, "aria-labelledby", "tab-chart");
    this.el.replaceChildren(handle, bar, this.body);
    this.choose(this.tab, false);
    this.refresh();
  }

  private arrows(e: KeyboardEvent): void {
    if (e.key !== "ArrowLeft" && e.key !== "ArrowRight") return;
    const shown = TABS.filter((x) => this.tabs.get(x)!.offsetParent !== null);
    const next = shown[(shown.indexOf(this.tab) + (e.key === "ArrowRight" ? 1 : shown.length - 1)) % shown.length]!;
    e.preventDefault();
    this.choose(next);
    this.tabs.get(next)!.focus();
  }

  get isOpen(): boolean {
    return this.el.classList.contains("open");
  }

  open(yes: boolean): void {
    toggle(this.el, "open", yes);
    toggle(document.documentElement, "sheet-open", yes);
    this.onTab();
  }

  choose(tab: Tab, open = true): void {
    this.tab = tab;
    for (const [id, b] of this.tabs) {
      attr(b, "aria-selected", String(id === tab));
      b.tabIndex = id === tab ? 0 : -1;
    }
    this.alerts.el.hidden = tab !== "alerts";
    this.drones.el.hidden = tab !== "drones";
    this.tracks.el.hidden = tab !== "tracks";
    this.chart_body.hidden = tab !== "chart";
    this.planning.el.hidden = tab !== "plan";
    if (open) this.open(true);
    this.onTab();
  }

  /** On a narrow screen the chart lives in the sheet; on a wide one under the map. */
  narrow(yes: boolean): void {
    (yes ? this.chart_body : this.wide_home).append(...this.chart_parts);
    if (!yes && this.tab === "chart") this.choose("alerts", false);
    if (!yes) this.open(false);
  }

  refresh(): void {
    const n = openCount();
    const count = (tab: Tab, text: string, hot: boolean): void => {
      const el = this.tabs.get(tab)!.lastElementChild as HTMLElement;
      put(el, words(text));
      toggle(el, "hot", hot);
      el.hidden = text === "";
    };
    const due = dueConsents().length;
    count("alerts", n ? String(n) : "", n > 0);
    count("drones", due ? String(due) : "", due > 0);
    const seen = seenCount();
    count("tracks", seen ? String(seen) : "", false);
    count("chart", "", false);
    count("plan", "", false);
    document.title = n ? `(${n}) ${store.watch.name} · ${t("page_title")}` : `${store.watch.name} · ${t("page_title")}`;
  }
}
