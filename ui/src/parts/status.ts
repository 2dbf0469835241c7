// The status line: is the promise kept, where is the worst place, who is up, what time is it, is the picture live.
import { attr, h, icon, put, setTitle, toggle } from "../dom";
import { clock, km, num, percent, span } from "../fmt";
import { lang, t, words, type Words } from "../lang";
import { store } from "../store";
import { theme } from "../theme";
import { icons } from "./icons";

export interface StatusActs {
  worst(): void;
  language(): void;
  theme(): void;
  retry(): void;
}

export class Status {
  readonly el = h("header", { class: "status" });
  readonly banner = h("div", { class: "banner away", role: "alert" });
  private verdict!: HTMLElement;
  private verdict_sign!: HTMLElement;
  private promise!: HTMLElement;
  private state!: HTMLElement;
  private worst!: HTMLButtonElement;
  private fleet!: HTMLElement;
  private time!: HTMLElement;
  private sim!: HTMLElement;
  private conn!: HTMLElement;
  private sign = "";

  constructor(private acts: StatusActs) {
    this.build();
  }

  build(): void {
    this.sign = "";
    this.verdict_sign = h("span", { class: "verdict-sign" });
    this.promise = h("span", { class: "verdict-promise" });
    this.state = h("strong", { class: "verdict-state" });
    this.verdict = h("div", { class: "verdict", role: "status" }, this.verdict_sign, this.promise, this.state);
    this.worst = h("button", { class: "worst", title: t("worst_show"), onclick: this.acts.worst }, h("strong"), h("span", { class: "worst-place" }), h("span", { class: "worst-promise" }));
    this.fleet = h("div", { class: "fleet" });
    for (const k of ["up", "turning", "lost"] as const) this.fleet.append(h("span", { class: `fleet-${k}` }, icon(icons[k]), h("span")));
    this.time = h("span", { class: "time" });
    this.sim = h("span", { class: "badge" });
    this.conn = h("span", { class: "conn" }, h("span", { class: "conn-dot" }), h("span"));
    const other = lang() === "fr" ? "en" : "fr";
    const flag = (id: string): HTMLElement => h("span", { class: id === lang() ? "on" : "" }, words(id.toUpperCase()));
    const language = h("button", { class: "tool lang", title: t("switch_language"), label: t("switch_language"), attrs: { lang: other }, onclick: this.acts.language }, flag("fr"), flag("en"));
    const dark = theme() === "dark";
    const look = h("button", { class: "tool theme", onclick: this.acts.theme }, icon(dark ? icons.sun : icons.moon));
    setTitle(look, dark ? t("switch_theme_light") : t("switch_theme_dark"));
    this.el.replaceChildren(
      h("div", { class: "watch-name" }, icon("M12 2.5v4M7.5 6.5h9l-1.2 5H8.7zM9.5 11.5L7 21M14.5 11.5L17 21M8.4 16h7.2", "icon mark"), h("h1", {}, words(store.watch?.name ?? ""))),
      this.verdict, this.worst, this.fleet, this.conn, h("div", { class: "clock" }, this.time, h("span", { class: "zone" }, t("utc"))), this.sim, language, look);
    this.refresh();
  }

  refresh(): void {
    this.refreshVerdict();
    this.refreshWorst();
    this.refreshFleet();
    this.tick();
  }

  private refreshVerdict(): void {
    const p = store.shown?.promise;
    const state = p?.state ?? "none";
    if (state !== this.sign) {
      this.sign = state;
      this.verdict.className = `verdict ${state}`;
      this.verdict_sign.replaceChildren(icon(state === "none" ? icons.starting : icons[state]));
      put(this.state, t(`promise_${state}`));
    }
    const words = t("promise", { time: span(p?.promise_s ?? store.watch?.promise_s ?? 0) });
    put(this.promise, words);
    put(this.worst.lastElementChild!, words);
  }

  /** The age of the worst place, and where it is. */
  private worstWords(): [Words, Words] | null {
    const p = store.shown?.promise;
    if (!p || p.worst_age_s === null || p.worst_m === null) return null;
    const line = store.net.line(p.worst_line ?? 0)?.name ?? "";
    const at = { km: km(p.worst_m), line };
    const where = store.net.single ? t("worst_at", at) : t("worst_at_line", at);
    const seen = p.state === "starting" && p.seen_share !== null ? ` · ${t("starting_seen", { share: percent(p.seen_share) })}` : "";
    return [t("worst", { age: span(p.worst_age_s) }), words(`${where}${seen}`)];
  }

  private refreshWorst(): void {
    const text = this.worstWords();
    this.worst.hidden = !text;
    if (!text) return;
    put(this.worst.firstElementChild!, text[0]);
    put(this.worst.children[1]!, text[1]);
  }

  private refreshFleet(): void {
    const p = store.shown?.promise;
    const count = { up: p?.up ?? 0, turning: p?.turning ?? 0, lost: p?.lost ?? 0 };
    const [up, turning, lost] = [...this.fleet.children] as [HTMLElement, HTMLElement, HTMLElement];
    put(up.lastElementChild!, t("up", { n: num(count.up) }));
    put(turning.lastElementChild!, t("turning", { n: num(count.turning) }));
    put(lost.lastElementChild!, t(count.lost < 2 ? "lost_one" : "lost", { n: num(count.lost) }));
    lost.hidden = count.lost === 0;
    toggle(lost, "bad", count.lost > 0);
  }

  /** The clock, and how old the picture is while the station is away. */
  tick(): void {
    const has = store.shown !== null;
    put(this.time, has ? clock(store.now_us()) : words("--:--:--"));
    const badge = store.replay ? t("replay_badge") : store.sim ? t("sim_badge", { n: num(store.speed) }) : null;
    this.sim.hidden = !badge;
    if (badge) put(this.sim, badge);
    this.conn.hidden = store.replay || store.link === "away";
    toggle(this.conn, "live", store.link === "live");
    put(this.conn.lastElementChild!, t(store.link === "live" ? "conn_live" : "conn_connecting"));
    this.refreshAway();
  }

  private refreshAway(): void {
    const away = store.link === "away";
    toggle(document.documentElement, "is-away", away);
    if (!away) {
      this.banner.hidden = true;
      if (this.banner.firstChild) this.banner.replaceChildren();
      return;
    }
    if (!this.banner.firstChild || this.banner.dataset.lang !== lang()) {
      this.banner.dataset.lang = lang();
      this.banner.replaceChildren(icon(icons.at_risk), h("span", { class: "away-text" }), h("span", { class: "away-age", attrs: { "aria-live": "off" } }),
        h("button", { class: "btn small", onclick: this.acts.retry }, t("conn_retry_now")));
    }
    this.banner.hidden = false;
    const text = this.banner.querySelector(".away-text")!;
    const age = this.banner.querySelector(".away-age")!;
    const live = store.live;
    put(text, live ? t("conn_lost", { time: words(`${clock(live.t_us)} ${t("utc")}`) }) : t("conn_never"));
    put(age, live ? t("conn_lost_age", { age: span((performance.now() - store.heard_ms) / 1000) }) : words(""));
    attr(this.banner, "data-state", "away");
  }
}
