// The fleet: what each drone does, its energy and link, what comes next; consent to launch and the call home.
import { act, type Drone, type DroneLink, type Sortie } from "../api";
import { attr, h, icon, KeyedList, put, toggle, type Row } from "../dom";
import { hhmm, km, num, percent, span } from "../fmt";
import { t, tMaybe, words, type Words } from "../lang";
import { store } from "../store";
import { AboardCard } from "./aboard";
import { ask, doAct, who } from "./dialog";
import { FlightCard, preflightWords } from "./flightcard";
import { icons } from "./icons";
import { Statuses } from "../statuses";

const AIR = new Set(["launching", "flying", "landing", "returning"]);

type Group = "group_trouble" | "group_air" | "group_ground";

function groupOf(d: Drone): Group {
  if (d.state === "lost" || d.state === "fault" || d.link === "lost" || (AIR.has(d.state) && d.link === "stale")) return "group_trouble";
  return AIR.has(d.state) ? "group_air" : "group_ground";
}

function stateWords(d: Drone): Words {
  if (d.state === "flying" && d.phase) return tMaybe(`ph_${d.phase}`, d.phase);
  return tMaybe(`st_${d.state}`, d.state);
}

function nextWords(d: Drone): Words | null {
  if (!d.next || !d.next_us) return null;
  const left = d.next_us / 1e6 - store.now_us() / 1e6;
  const values = { what: tMaybe(`next_${d.next}`, d.next), time: hhmm(d.next_us / 1e6), span: span(left) };
  return t(left > 0 ? "next_in" : "next_due", values);
}

function placeWords(d: Drone): Words | null {
  if (d.line === null || d.s_m === null) return null;
  const at = { km: km(d.s_m), line: store.net.line(d.line)?.name ?? "" };
  return store.net.single ? t("at_km", at) : t("at_km_line", at);
}

/** "udpin:0.0.0.0:14550" as people say it: "UDP 14550"; a device by its name. */
function linkName(to: string): string {
  const [kind, ...rest] = to.split(":");
  const where = rest.join(":");
  if (kind === "serial") return where.replace(/^\/dev\//, "").replace(/:\d+$/, "");
  const name = kind!.startsWith("udp") ? "UDP" : "TCP";
  return `${name} ${where.replace(/^(0\.0\.0\.0|127\.0\.0\.1):/, "")}`;
}

function linkWords(l: DroneLink, several: boolean): Words {
  const parts: Words[] = [tMaybe(`path_${l.state}`, l.state)];
  if (several && l.used) parts.push(t("path_used"));
  if (l.satellite) parts.push(t("path_satellite"));
  if (l.state === "up" && l.delay_ms !== null) parts.push(t("path_delay", { n: num(l.delay_ms) }));
  if (l.state === "up" && l.loss !== null) parts.push(t("path_loss", { n: percent(l.loss) }));
  if (l.rssi !== null) parts.push(t("path_rssi", { n: num(l.rssi), noise: l.noise === null ? "–" : num(l.noise) }));
  return t("path_line", { to: linkName(l.to), what: parts.join(" · ") });
}

function linkRow(): Row<DroneLink & { several: boolean }> {
  const text = h("span");
  const el = h("li", { class: "path" }, icon(icons.link), text);
  return { el, update: (l) => {
    put(text, linkWords(l, l.several));
    toggle(el, "bad", l.state === "closed" || (l.state === "silent" && !l.satellite)); // a satellite speaks only once asked
    toggle(el, "used", l.several && l.used);
  } };
}

/** Sorties that wait for the pilot, the next to take off first. */
export function dueConsents(): Sortie[] {
  return [...(store.shown?.sorties.values() ?? [])].filter((s) => s.consent === "needed" && !["landed", "missed", "aborted"].includes(s.state)).sort((a, b) => a.takeoff_us - b.takeoff_us);
}

export class Drones {
  readonly el = h("div", { class: "tab-body", id: "panel-drones", role: "tabpanel" });
  private lists = new Map<Group, { head: HTMLElement; list: KeyedList<Drone> }>();
  private paths = new WeakMap<HTMLElement, KeyedList<DroneLink & { several: boolean }>>();
  private consents!: KeyedList<Sortie>;
  private consent_box!: HTMLElement;
  private all!: HTMLButtonElement;
  private empty!: HTMLElement;
  private statuses = new Statuses(() => this.looked_at(), () => this.refresh());
  private aboard = new AboardCard(); // of the one chosen drone

  constructor(private onChoose: (d: Drone) => void) {
    this.build();
  }

  /** Somebody chose a drone: do not wait for the next round. */
  chosen(): void {
    this.refresh();
    void this.statuses.refresh();
  }

  build(): void {
    attr(this.el, "aria-labelledby", "tab-drones");
    this.consents = new KeyedList<Sortie>(h("div", { class: "cards" }), (s) => s.id, () => this.consentRow());
    this.all = h("button", { class: "btn small", onclick: () => void this.consentAll() });
    this.consent_box = h("section", { class: "consents" }, h("div", { class: "group-head" }, h("h3", {}, t("consent_title")), this.all), this.consents.el);
    this.empty = h("div", { class: "empty" }, icon(icons.up, "icon empty-icon"), h("strong", {}, t("drones_none")), h("p", {}, t("drones_none_more")));
    this.el.replaceChildren(this.consent_box, this.empty);
    this.lists.clear();
    for (const group of ["group_trouble", "group_air", "group_ground"] as Group[]) {
      const count = h("span", { class: "count" });
      const head = h("div", { class: "group-head" }, h("h3", {}, t(group)), count);
      const list = new KeyedList<Drone>(h("div", { class: "rows" }), (d) => d.id, () => this.row());
      this.lists.set(group, { head, list });
      this.el.append(head, list.el);
    }
    this.refresh();
  }

  refresh(): void {
    const drones = [...(store.shown?.drones.values() ?? [])];
    this.empty.hidden = drones.length > 0 || !store.shown;
    for (const [group, { head, list }] of this.lists) {
      const some = drones.filter((d) => groupOf(d) === group);
      head.hidden = some.length === 0;
      put(head.lastElementChild!, num(some.length));
      list.set(some);
    }
    const due = dueConsents();
    this.consent_box.hidden = due.length === 0;
    this.all.hidden = due.length < 2;
    this.all.disabled = store.looking_back;
    put(this.all, t("consent_all", { n: due.length }));
    this.consents.set(due);
  }

  /** The chosen drone, and those whose pilot is to decide. */
  private looked_at(): string[] {
    if (this.el.hidden) return [];
    const ids = new Set(dueConsents().slice(0, 12).map((s) => s.drone));
    if (store.selected && store.live?.drones.has(store.selected)) ids.add(store.selected);
    return [...ids];
  }

  private consentRow(): Row<Sortie> {
    let sortie!: Sortie;
    const text = h("p");
    const ready = h("p", { class: "cause" });
    const give = h("button", { class: "btn small primary consent", onclick: () => void this.consent(sortie) }, t("consent_give"));
    const refuse = h("button", { class: "btn small refuse", onclick: () => void this.refuse(sortie) }, t("consent_refuse"));
    const el = h("article", { class: "consent-row" }, text, ready, h("div", { class: "alert-foot" }, h("span", { class: "by" }), refuse, give));
    return {
      el,
      update: (s) => {
        sortie = s;
        put(text, t("consent_one", this.values(s)));
        put(el.querySelector(".by")!, t("sortie_label", { id: s.id }));
        give.disabled = refuse.disabled = store.looking_back;
        const status = this.statuses.of(s.drone);
        const mine = status?.sortie === s.id && status.preflight.length > 0 ? status : null;
        ready.hidden = mine === null;
        toggle(ready, "bad", mine?.preflight.some((p) => p.holds && p.state !== "waiting") ?? false);
        if (mine) put(ready, preflightWords(mine.preflight));
      },
    };
  }

  private values(s: Sortie): Record<string, string> {
    return { drone: s.drone, sortie: s.id, base: s.base_from, time: hhmm(s.takeoff_us / 1e6) };
  }

  private async consent(s: Sortie): Promise<void> {
    const v = this.values(s);
    if (!(await ask(t("consent_ask", v), t("consent_ask_more", v), t("consent_yes"), false, this.beforeConsent(s)))) return;
    const by = await who();
    if (by) await doAct(() => act(`api/sorties/${encodeURIComponent(s.id)}/consent`, { by }), t("consent_ok", v));
  }

  /** What must have been read before consent: what holds it or warns, and what it does by itself without a link. */
  private beforeConsent(s: Sortie): Node[] {
    const status = this.statuses.of(s.drone);
    if (!status || status.sortie !== s.id) return [];
    const points = status.preflight.filter((p) => p.state !== "good" && p.point !== "lost_link");
    const list = h("ul", { class: "points" }, ...points.map((p) => h("li", { class: `point ${p.state}` }, h("span", {}, h("strong", {}, words(p.title)), words(` ${p.reason}`)))));
    return [h("p", {}, t("lost_link", { what: status.lost_link.reason })), list];
  }

  private async refuse(s: Sortie): Promise<void> {
    const by = await who();
    if (by) await doAct(() => act(`api/sorties/${encodeURIComponent(s.id)}/refuse`, { by }), t("refuse_ok", this.values(s)));
  }

  /** One question for all that wait, each drone named. */
  private async consentAll(): Promise<void> {
    const due = dueConsents();
    const list = due.map((s) => t("consent_one", this.values(s))).join(" · ");
    if (!(await ask(t("consent_all_ask", { n: due.length }), t("consent_all_more", { list }), t("consent_yes")))) return;
    const by = await who();
    if (!by) return;
    const one = (s: Sortie): Promise<unknown> => act(`api/sorties/${encodeURIComponent(s.id)}/consent`, { by });
    await doAct(() => Promise.all(due.map(one)), t("consent_ok", { drone: due.map((s) => s.drone).join(", ") }));
  }

  private row(): Row<Drone> {
    let drone!: Drone;
    const name = h("strong", { class: "drone-id" });
    const state = h("span", { class: "drone-state" });
    const link = h("span", { class: "link" }, icon(icons.link), h("span"));
    const bar = h("span", { class: "bar-fill" });
    const level = h("span", { class: "energy-text" });
    const energy = h("span", { class: "energy" }, h("span", { class: "bar" }, bar), level);
    const place = h("span", { class: "muted" });
    const next = h("span", { class: "drone-next" });
    const head = h("button", { class: "drone-head", onclick: () => this.onChoose(drone) },
      h("span", { class: "drone-line" }, name, state, energy),
      h("span", { class: "drone-line" }, place, next));
    const detail = h("div", { class: "drone-detail" });
    let card: FlightCard | null = null;
    const el = h("article", { class: "drone" }, head, detail);
    return { el, update: (d) => {
      drone = d;
      const chosen = store.selected === d.id;
      el.dataset.id = d.id;
      toggle(el, "chosen", chosen);
      attr(head, "aria-expanded", String(chosen));
      const trouble = groupOf(d) === "group_trouble";
      toggle(el, "trouble", trouble);
      put(name, words(d.id));
      put(state, trouble && d.link !== "fresh" && d.state !== "fault" ? tMaybe(`link_${d.link}`, d.link) : stateWords(d));
      this.energy(d, energy, bar, level);
      put(place, placeWords(d) ?? words(d.mode || ""));
      put(next, nextWords(d) ?? words(""));
      this.detail(d, detail, chosen, link);
      if (!chosen) card = null;
      else if (!card) {
        card = new FlightCard();
        detail.prepend(card.banner);
        detail.querySelector(".alert-foot")!.before(card.el);
      }
      card?.update(this.statuses.of(d.id));
    } };
  }

  private energy(d: Drone, energy: HTMLElement, bar: HTMLElement, level: HTMLElement): void {
    const share = d.battery;
    put(level, share === null ? words("–") : percent(share));
    const width = `${Math.round((share ?? 0) * 100)}%`;
    if (bar.style.width !== width) bar.style.width = width;
    toggle(energy, "low", share !== null && share < 0.25);
    attr(energy, "title", share === null ? t("energy_unknown") : t("energy"));
  }

  private detail(d: Drone, box: HTMLElement, chosen: boolean, link: HTMLElement): void {
    box.hidden = !chosen;
    if (!chosen) {
      if (box.firstChild) box.replaceChildren();
      return;
    }
    if (!box.firstChild) {
      const paths = new KeyedList<DroneLink & { several: boolean }>(h("ul", { class: "paths" }), (l) => l.to, linkRow);
      this.paths.set(box, paths);
      const facts = h("p", { class: "facts" });
      const note = h("p", { class: "cause" });
      const follow = h("button", { class: "btn small follow", onclick: () => store.select(d.id, !store.follow) });
      const home = h("button", { class: "btn small danger home", onclick: () => void this.callHome(d.id) }, icon(icons.home), t("call_home"));
      // What it does and what it can be told first; how it is reached, what it carries and says below.
      box.append(link, facts, note, h("div", { class: "alert-foot" }, h("span", { class: "by" }), follow, home), paths.el, h("p", { class: "signed" }), this.aboard.el);
    }
    this.aboard.refresh(d.id);
    const heard = d.heard_us ? t("heard_ago", { age: span((store.now_us() - d.heard_us) / 1e6) }) : t("link_never");
    put(link.lastElementChild!, d.link === "fresh" ? words(`${t("link_fresh")}, ${heard}`) : heard);
    toggle(link, "bad", d.link === "stale" || d.link === "lost");
    const links = d.links ?? [];
    this.paths.get(box)?.set(links.map((l) => ({ ...l, several: links.length > 1 })));
    const signed = box.querySelector<HTMLElement>(".signed")!;
    signed.hidden = !d.signed;
    put(signed, d.signed ? tMaybe(`signed_${d.signed}`, d.signed) : words(""));
    toggle(signed, "bad", d.signed === "refused");
    const facts: Words[] = [];
    if (d.agl_m !== null) facts.push(t("above_ground", { n: num(d.agl_m) }));
    if (d.speed_mps !== null) facts.push(t("speed", { n: num(d.speed_mps, 1) }));
    if (d.heading_deg !== null) facts.push(t("heading", { n: num(d.heading_deg) }));
    if (d.sortie) facts.push(t("sortie_label", { id: d.sortie }));
    if (d.mode) facts.push(t("mode", { mode: d.mode }));
    put(box.querySelector(".facts")!, words(facts.join(" · ")));
    const note = box.querySelector<HTMLElement>(".cause")!;
    note.hidden = !d.note;
    put(note, words(d.note));
    const follow = box.querySelector<HTMLButtonElement>(".follow")!;
    put(follow, store.follow ? t("follow_stop") : t("follow"));
    const home = box.querySelector<HTMLButtonElement>(".home")!;
    home.hidden = !AIR.has(d.state) || d.state === "returning" || d.state === "landing";
    home.disabled = store.looking_back;
  }

  private async callHome(id: string): Promise<void> {
    const drone = store.live?.drones.get(id);
    if (!drone) return;
    const v = { drone: id, sortie: drone.sortie };
    if (!(await ask(t("call_home_ask", v), t("call_home_more", v), t("call_home_yes", v), true))) return;
    const by = await who();
    if (by) await doAct(() => act(`api/drones/${encodeURIComponent(id)}/return`, { by }), t("called_home_ok", v));
  }
}
