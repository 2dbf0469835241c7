// One cell of ground in words: where it is, when and how often it was seen, and what the last look could have shown.
import { ageRgb, css, scales } from "../age";
import type { Cell, Look } from "../api";
import { h, put } from "../dom";
import { hhmm, km, num, percent, span } from "../fmt";
import { t, tMaybe, type Key, type Words } from "../lang";
import { store } from "../store";
import { theme } from "../theme";

const SIZES: ["person" | "group" | "vehicle", Key][] = [["person", "cell_person"], ["group", "cell_group"], ["vehicle", "cell_vehicle"]];

/** The kilometre of a cell, as the head of the words beside the pointer says it. */
export function cellPlace(cell: Cell): Words {
  const where = { km: km(cell.s_m), line: store.net.line(cell.line)?.name ?? "" };
  return store.net.single ? t("at_km", where) : t("at_km_line", where);
}

/** Metres and compass side of the line. */
function beside(cell: Cell): Words {
  const right = cell.side_m >= 0 ? 90 : -90;
  const bearing = store.net.heading({ line: cell.line, s_m: cell.s_m }) + right + 720;
  const side = tMaybe(`side_${Math.round(bearing / 45) % 8}`, "");
  return t("cell_beside", { n: num(Math.abs(cell.side_m)), side });
}

/** An upper limit: rounded up to a whole percent. */
function atMost(chance: number): Words {
  return percent(Math.min(1, Math.ceil(chance * 100 - 1e-6) / 100));
}

export class CellTip {
  readonly el = h("div", { class: "tip-cell" });
  private place = h("strong");
  private swatch = h("span", { class: "swatch" });
  private seen = h("span");
  private promise = h("span", { class: "muted" });
  private enough = h("span", { class: "muted" });
  private looks = h("span", { class: "muted" });
  private chance = h("div", { class: "chance" });

  constructor() {
    this.el.append(this.place, h("div", { class: "tip-line" }, this.swatch, this.seen), this.enough, this.promise, this.looks, this.chance);
  }

  /** `alone`: no words about the kilometre stand above. */
  refresh(cell: Cell | null, alone: boolean): void {
    this.el.hidden = !cell;
    this.el.classList.toggle("alone", alone);
    if (!cell) return;
    const net = store.net;
    const revisit = net.revisit_s[net.binAt({ line: cell.line, s_m: cell.s_m })] || store.watch.promise_s;
    const age_s = Math.max(0, store.now_us() / 1e6 - cell.seen_s);
    put(this.place, t("cell_here", { place: beside(cell) }));
    this.swatch.style.background = css(cell.seen_s ? ageRgb(age_s / revisit, theme()) : scales[theme()].never);
    put(this.seen, cell.seen_s ? t("hover_seen", { time: hhmm(cell.seen_s), age: span(age_s) }) : t("cell_never"));
    this.enough.hidden = !store.quality;
    if (store.quality) put(this.enough, t(`enough_${store.quality}` as Key));
    put(this.promise, t("hover_limit", { time: span(revisit) }));
    this.promise.hidden = !alone;
    this.quality(cell);
  }

  private quality(cell: Cell): void {
    this.looks.hidden = this.chance.hidden = !cell.seen_s;
    if (!cell.seen_s) return;
    const often = cell.looks === 1 ? t("cell_once") : t("cell_looks", { n: num(cell.looks) });
    put(this.looks, t("cell_looks_gsd", { often, gsd: cell.last ? t("cell_gsd", { n: num(cell.last.gsd_m * 100) }) : t("cell_unknown") }));
    this.chance.hidden = !cell.last;
    if (cell.last) this.chance.replaceChildren(h("span", { class: "muted" }, t("cell_chance")), ...chances(cell.last));
  }
}

function chances(look: Look): HTMLElement[] {
  return SIZES.map(([size, name]) => h("span", { class: "chance-of" }, h("b", {}, atMost(look[size])), h("span", { class: "muted" }, t(name))));
}
