// One drone in full: its pre-flight list before it flies, whether it gets home while it flies, and what it can be told.
import { act, type DroneStatus, type Flight, type PreflightPoint } from "../api";
import { attr, h, icon, put, toggle } from "../dom";
import { num, percent, span } from "../fmt";
import { t, tMaybe, words, type Words } from "../lang";
import { store } from "../store";
import { ControlCard } from "./controlcard";
import { ask, doAct, who } from "./dialog";
import { icons } from "./icons";

const SIGN: Record<string, string> = { good: icons.kept, waiting: icons.starting, bad: icons.broken, unknown: icons.info };
/** Asked for with one question each; calling home has its own button. */
const ACTS = ["hold", "continue", "divert", "land"];

function homeWords(f: Flight): Words {
  if (!f.reachable) return t("home_unreachable", { base: f.base });
  if (f.margin === null || f.margin_s === null) return t("home_unknown", { base: f.base });
  const values = { base: f.base, spare: span(Math.abs(f.margin_s)), share: percent(Math.abs(f.margin)), home: span(f.home_s ?? 0), reserve: percent(f.reserve ?? 0) };
  return t(f.margin >= 0 ? "home_reached" : "home_short", values);
}

function flightFacts(f: Flight): Words {
  const out: Words[] = [];
  if (f.late_s !== null) out.push(t(f.late_s >= 0 ? "flight_late" : "flight_early", { span: span(Math.abs(f.late_s)) }));
  if (f.cross_m !== null) out.push(t("flight_cross", { n: num(f.cross_m) }));
  if (f.floor_m !== null) out.push(t("flight_height", { floor: num(f.floor_m) }));
  if (f.wind_mps !== null) out.push(t("flight_wind", { n: num(f.wind_mps, 1) }));
  if (f.end_margin !== null && !f.held) out.push(t("flight_end", { share: words(`${f.end_margin < 0 ? "−" : "+"}${percent(Math.abs(f.end_margin))}`) }));
  return words(out.join(" · "));
}

/** "3 hold it, 1 warns": what a person must know before reading the list. */
export function preflightWords(points: PreflightPoint[]): Words {
  const held = points.filter((p) => p.holds);
  const holds = held.length;
  const warns = points.filter((p) => p.state !== "good" && !p.holds).length;
  if (holds > 0 && held.every((p) => p.state === "waiting")) return t("preflight_wait", { what: held.map((p) => p.title).join(", ") });
  if (holds > 0) return t(holds > 1 ? "preflight_hold" : "preflight_hold_one", { n: holds });
  return warns > 0 ? t(warns > 1 ? "preflight_warn" : "preflight_warn_one", { n: warns }) : t("preflight_good");
}

export class FlightCard {
  readonly el = h("div", { class: "flight-card" });
  /** What the station will do by itself: stands apart, on top of all. */
  readonly banner: HTMLElement;
  private banner_text = h("p");
  private home = h("p", { class: "home-margin" });
  private facts = h("p", { class: "facts" });
  private lost = h("p", { class: "facts" });
  private list = h("ul", { class: "points" });
  private fold: HTMLDetailsElement;
  private fold_head = h("summary");
  private acts = h("div", { class: "acts" });
  private control = new ControlCard();
  private shown = "";
  private status: DroneStatus | null = null;

  constructor() {
    const stop = h("button", { class: "btn small danger", onclick: () => void this.stop() }, t("announced_stop"));
    this.banner = h("div", { class: "announced", role: "alert" }, this.banner_text, stop);
    this.fold = h("details", { class: "fold" }, this.fold_head, this.list);
    this.el.append(this.control.el, this.home, this.facts, this.lost, this.fold, this.acts);
    for (const name of ACTS) {
      this.acts.append(h("button", { class: "btn small", data: { act: name }, onclick: () => void this.order(name) }, tMaybe(`act_${name}`, name)));
    }
  }

  update(status: DroneStatus | null): void {
    this.status = status;
    this.el.hidden = status === null;
    if (!status) {
      this.banner.hidden = true;
      return;
    }
    this.announced(status);
    this.control.update(status);
    const f = status.flight;
    this.home.hidden = this.facts.hidden = f === null;
    if (f) {
      put(this.home, homeWords(f));
      toggle(this.home, "bad", !f.reachable || (f.margin !== null && f.margin < 0));
      put(this.facts, flightFacts(f));
    }
    put(this.lost, t("lost_link", { what: status.lost_link.reason }));
    this.points(status.preflight);
    for (const b of this.acts.querySelectorAll("button")) {
      b.hidden = !status.acts.includes(b.dataset.act!) || (b.dataset.act === "divert" && store.watch.bases.length < 2);
    }
    this.acts.hidden = status.acts.length === 0;
  }

  private announced(s: DroneStatus): void {
    const a = s.announced;
    this.banner.hidden = a === null && !s.stopped_by;
    const stop = this.banner.querySelector("button")!;
    stop.hidden = a === null;
    if (a) {
      const left = Math.max(0, Math.round((a.at_us - store.now_us()) / 1e6));
      put(this.banner_text, t(a.act === "divert" ? "announced_divert" : "announced_return", { drone: s.id, base: a.base, n: left }));
    } else if (s.stopped_by) put(this.banner_text, t("announced_stopped", { name: s.stopped_by }));
  }

  private points(points: PreflightPoint[]): void {
    this.fold.hidden = points.length === 0;
    if (points.length === 0) return;
    put(this.fold_head, preflightWords(points));
    const key = JSON.stringify(points);
    if (key === this.shown) return;
    if (this.shown === "") this.fold.open = points.some((p) => p.holds);
    this.shown = key;
    this.list.replaceChildren(...points.map((p) => this.point(p)));
  }

  private point(p: PreflightPoint): HTMLElement {
    const state = p.overruled ? t("point_overruled") : tMaybe(`point_${p.state}`, p.state);
    const el = h("li", { class: `point ${p.state}${p.holds ? " holds" : ""}` }, icon(SIGN[p.state] ?? icons.info),
      h("span", {}, h("strong", {}, words(p.title)), words(" "), h("span", { class: "muted" }, state), h("br"), words(p.reason)));
    if (p.holds && p.may_overrule) {
      el.append(h("button", { class: "btn small", onclick: () => void this.overrule(p) }, t("point_overrule")));
    }
    attr(el, "data-point", p.point);
    return el;
  }

  private async stop(): Promise<void> {
    const s = this.status;
    const by = s && (await who());
    if (s && by) await doAct(() => act(`api/drones/${encodeURIComponent(s.id)}/stop`, { by }), t("announced_stop_ok", { drone: s.id }));
  }

  private async overrule(p: PreflightPoint): Promise<void> {
    const s = this.status;
    if (!s || !(await ask(t("overrule_ask", { what: p.title }), t("overrule_more", { drone: s.id, reason: p.reason }), t("overrule_yes"), true))) return;
    const by = await who();
    if (by) await doAct(() => act(`api/sorties/${encodeURIComponent(s.sortie)}/overrule`, { by, point: p.point }), t("overrule_ok", { what: p.title }));
  }

  private async order(name: string): Promise<void> {
    const s = this.status;
    if (!s) return;
    const base = name === "divert" ? await this.chooseBase(s) : "";
    if (base === null) return;
    const v = { drone: s.id, base };
    const more = name === "land" && s.kind === "plane" ? t("act_land_plane", v) : tMaybe(`act_${name}_more`, name, v);
    if (name !== "divert" && !(await ask(tMaybe(`act_${name}_ask`, name, v), more, tMaybe(`act_${name}`, name), name === "land"))) return;
    const by = await who();
    const body = base ? { by, base } : { by };
    if (by) await doAct(() => act(`api/drones/${encodeURIComponent(s.id)}/${name}`, body), tMaybe(`act_${name}_ok`, name, v));
  }

  /** The one question of a diversion: to which base? The button names the drone. */
  private async chooseBase(s: DroneStatus): Promise<string | null> {
    const field = h("select", { class: "field", label: t("act_divert_base") });
    for (const b of store.watch.bases) {
      const o = h("option", {}, words(b.name));
      o.value = b.name;
      field.append(o);
    }
    const other = store.watch.bases.find((b) => b.name !== s.flight?.base);
    if (other) field.value = other.name;
    const yes = await ask(t("act_divert_ask", { drone: s.id }), t("act_divert_more"), t("act_divert"), true, [field]);
    return yes ? field.value : null;
  }
}
