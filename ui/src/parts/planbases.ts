// The bases of the planning view: drones at each, where each is, and how to move it without a mouse.
import { attr, h, icon, KeyedList, put, setTitle, toggle, type Row } from "../dom";
import { km, num } from "../fmt";
import { t, words, type Words } from "../lang";
import { whatif, type PlanBase } from "../plan/whatif";
import { icons } from "./icons";

const EARTH_M = 6371000;
const RAD = Math.PI / 180;

/** Metres between two places, near enough for words. */
export function metres(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const x = (b.lon - a.lon) * RAD * Math.cos(((a.lat + b.lat) / 2) * RAD);
  return EARTH_M * Math.hypot(x, (b.lat - a.lat) * RAD);
}

export function movedWords(b: PlanBase): Words | null {
  const home = whatif.home(b.name);
  if (!home) return t("plan_new");
  const m = metres(home, b);
  return m < 1 ? null : t("plan_moved", { km: km(m) });
}

/** A number between two buttons, for fingers in gloves. */
export class Stepper {
  readonly el = h("div", { class: "stepper", role: "group" });
  private less: HTMLButtonElement;
  private more: HTMLButtonElement;
  private value = h("output", { class: "stepper-value" });

  constructor(on_step: (up: boolean) => void) {
    this.less = h("button", { class: "btn small step", onclick: () => on_step(false) }, icon(icons.minus));
    this.more = h("button", { class: "btn small step", onclick: () => on_step(true) }, icon(icons.plus));
    this.el.append(this.less, this.value, this.more);
  }

  set(value: Words, label: Words, can_less = true): void {
    put(this.value, value);
    attr(this.el, "aria-label", label);
    setTitle(this.less, t("plan_less", { what: label }));
    setTitle(this.more, t("plan_more", { what: label }));
    this.less.disabled = !can_less;
  }
}

export class PlanBases {
  readonly el = h("div", { class: "plan-bases" });
  private list = new KeyedList<PlanBase>(this.el, (b) => b.name, (b) => this.row(b));

  constructor(private show: (b: PlanBase) => void) {}

  build(): void {
    this.list.clear();
    this.refresh();
  }

  refresh(): void {
    this.list.set([...whatif.bases]);
  }

  private row(first: PlanBase): Row<PlanBase> {
    const name = first.name;
    const title = h("button", { class: "plan-base-name", attrs: { "aria-expanded": "false" }, onclick: () => this.choose(name) }, h("strong", {}, words(name)), h("span", { class: "muted plan-base-moved" }));
    const steppers = new Map(whatif.types.map((type) => [type, new Stepper((up) => whatif.setDrones(name, type, whatif.count(name, type) + (up ? 1 : -1)))]));
    const many = steppers.size > 1;
    const counts = h("div", { class: "plan-counts" });
    for (const [type, s] of steppers) counts.append(h("div", { class: "plan-count" }, many && h("span", { class: "muted" }, words(type)), s.el));
    const place = this.place(name);
    const el = h("article", { class: "plan-base", data: { base: name } }, h("div", { class: "plan-base-head" }, title, counts), place.el);
    return {
      el,
      update: (b) => {
        const moved = movedWords(b);
        const chosen = whatif.chosen === name;
        toggle(el, "chosen", chosen);
        toggle(el, "changed", moved !== null);
        put(title.lastElementChild!, moved ?? words(""));
        attr(title, "aria-expanded", String(chosen));
        place.el.hidden = !chosen;
        place.set(b);
        for (const [type, s] of steppers) s.set(num(whatif.count(name, type)), many ? t("plan_drones_type", { base: name, type }) : t("plan_drones_at", { base: name }), whatif.count(name, type) > 0);
      },
    };
  }

  private choose(name: string): void {
    whatif.chosen = whatif.chosen === name ? null : name;
    const b = whatif.bases.find((x) => x.name === name);
    if (b && whatif.chosen) this.show(b);
    this.refresh();
  }

  /** Latitude and longitude in figures, and the base's end. */
  private place(name: string): { el: HTMLElement; set(b: PlanBase): void } {
    const field = (label: Words): HTMLInputElement => h("input", { class: "field plan-field", type: "text", label, attrs: { inputmode: "decimal", autocomplete: "off" } });
    const lat = field(t("plan_lat", { base: name }));
    const lon = field(t("plan_lon", { base: name }));
    const take = (): void => {
      const [a, o] = [lat, lon].map((f) => Number(f.value.trim().replace(",", ".")));
      const bad = [lat, lon].filter((f, k) => f.value.trim() === "" || !(Math.abs([a, o][k]!) <= [85, 180][k]!));
      for (const f of [lat, lon]) attr(f, "aria-invalid", bad.includes(f) ? "true" : null);
      if (!bad.length) whatif.move(name, a!, o!);
    };
    for (const f of [lat, lon]) f.addEventListener("change", take);
    const back = h("button", { class: "btn small", onclick: () => { const home = whatif.home(name); if (home) whatif.move(name, home.lat, home.lon); } }, t("plan_put_back"));
    const gone = h("button", { class: "btn small danger", onclick: () => whatif.remove(name) }, t("plan_remove"));
    const el = h("div", { class: "plan-place" },
      h("label", {}, h("span", { class: "muted" }, t("plan_lat_short")), lat), h("label", {}, h("span", { class: "muted" }, t("plan_lon_short")), lon), back, gone);
    return {
      el,
      set: (b) => {
        for (const [f, v] of [[lat, b.lat], [lon, b.lon]] as const) if (document.activeElement !== f) f.value = v.toFixed(5);
        back.hidden = !whatif.home(name) || movedWords(b) === null;
        gone.disabled = whatif.bases.length < 2;
      },
    };
  }
}
