// The alerts: unowned on top, newest first within its urgency; taken below; closed folded away.
import { act, type Alert } from "../api";
import { attr, h, icon, KeyedList, put, toggle, type Row } from "../dom";
import { hhmm, num } from "../fmt";
import { t, tMaybe, words } from "../lang";
import { store } from "../store";
import { alertText } from "./alerttext";
import { doAct, say, who } from "./dialog";
import { icons } from "./icons";

const LEVEL: Record<string, number> = { urgent: 0, warning: 1, info: 2 };
const CLOSED_SHOWN = 30;

/** Open before taken, urgent first, newest first. */
export function inOrder(alerts: Iterable<Alert>): Alert[] {
  const rank = (a: Alert): number => (a.state === "open" ? 0 : a.state === "taken" ? 10 : 20) + (a.state === "closed" ? 0 : LEVEL[a.level] ?? 2);
  return [...alerts].sort((a, b) => rank(a) - rank(b) || b.t_us - a.t_us || (a.id < b.id ? 1 : -1));
}

/** Does the station count down to an act of its own? */
function isAnnounced(a: Alert): boolean {
  return a.kind === "energy" && a.state !== "closed" && Boolean(a.params.act) && Number(a.params.at_us) > store.now_us();
}

export function openCount(): number {
  let n = 0;
  for (const a of store.shown?.alerts.values() ?? []) if (a.state === "open") n++;
  return n;
}

export class Alerts {
  readonly el = h("div", { class: "tab-body", id: "panel-alerts", role: "tabpanel" });
  private list!: KeyedList<Alert>;
  private closed!: KeyedList<Alert>;
  private empty!: HTMLElement;
  private fold!: HTMLDetailsElement;
  private fold_head!: HTMLElement;
  private note!: HTMLElement;

  constructor(private flyTo: (lon: number, lat: number) => void) {
    this.build();
  }

  build(): void {
    attr(this.el, "aria-labelledby", "tab-alerts");
    const make = (): Row<Alert> => this.card();
    this.list = new KeyedList<Alert>(h("div", { class: "cards" }), (a) => a.id, make);
    this.closed = new KeyedList<Alert>(h("div", { class: "cards" }), (a) => a.id, make);
    this.empty = h("div", { class: "empty" }, icon(icons.kept, "icon empty-icon"), h("strong", {}, t("alerts_none")), h("p", {}, t("alerts_none_more")));
    this.fold_head = h("summary");
    this.fold = h("details", { class: "fold" }, this.fold_head, this.closed.el);
    this.note = h("p", { class: "note" }, t("acts_off"));
    this.el.replaceChildren(this.note, this.empty, this.list.el, this.fold);
    this.refresh();
  }

  refresh(): void {
    const all = inOrder(store.shown?.alerts.values() ?? []);
    const live = all.filter((a) => a.state !== "closed");
    const closed = all.filter((a) => a.state === "closed").slice(0, CLOSED_SHOWN);
    this.list.set(live);
    this.closed.set(closed);
    this.empty.hidden = live.length > 0 || !store.shown;
    this.fold.hidden = closed.length === 0;
    this.note.hidden = !store.looking_back || store.replay;
    put(this.fold_head, words(`${t("alerts_closed")} ${num(closed.length)}`));
  }

  private card(): Row<Alert> {
    let alert!: Alert;
    const sign = h("span", { class: "alert-sign" });
    const title = h("button", { class: "alert-title", title: t("alert_show"), onclick: () => alert.lat !== null && alert.lon !== null && this.flyTo(alert.lon, alert.lat) });
    const level = h("span", { class: "level" });
    const since = h("span", { class: "muted since" });
    const more = h("p");
    const cause = h("p", { class: "cause" });
    const by = h("span", { class: "by" });
    const stop = h("button", { class: "btn small danger stop", onclick: () => void this.stop(alert) }, t("announced_stop"));
    const take = h("button", { class: "btn small primary take", onclick: () => void this.take(alert) }, t("alert_take"));
    const close = h("button", { class: "btn small close", onclick: () => void this.close(alert) }, t("alert_close"));
    const el = h("article", { class: "alert" },
      h("div", { class: "alert-head" }, sign, h("div", { class: "alert-what" }, title, h("div", { class: "alert-meta" }, level, since))),
      more, cause, h("div", { class: "alert-foot" }, by, stop, take, close));
    let shape = "";
    const update = (a: Alert): void => {
      alert = a;
      const text = alertText(a);
      el.dataset.id = a.id;
      const want = `alert ${a.level} ${a.state}`;
      if (el.className !== want) el.className = want;
      const d = a.level === "urgent" ? icons.broken : a.level === "warning" ? icons.at_risk : icons.info;
      if (shape !== d) sign.replaceChildren(icon((shape = d)));
      put(title, text.title);
      put(level, tMaybe(`level_${a.level}`, a.level));
      put(since, t("alert_since", { time: hhmm(a.t_us / 1e6) }));
      more.hidden = !text.more;
      if (text.more) put(more, text.more);
      cause.hidden = !text.cause;
      if (text.cause) put(cause, text.cause);
      put(by, a.state === "open" ? t("alert_nobody") : t(a.state === "taken" ? "alert_taken_by" : "alert_closed_by", { name: a.by || "–" }));
      toggle(by, "nobody", a.state === "open");
      take.hidden = a.state !== "open";
      stop.hidden = !isAnnounced(a) || store.looking_back;
      close.hidden = a.state === "closed";
      take.disabled = close.disabled = store.looking_back;
    };
    return { el, update };
  }

  /** Stop what the station has announced with this alert. */
  private async stop(a: Alert): Promise<void> {
    const by = await this.mayAct();
    const drone = String(a.params.drone);
    if (by) await doAct(() => act(`api/drones/${encodeURIComponent(drone)}/stop`, { by }), t("announced_stop_ok", { drone }));
  }

  async take(a: Alert): Promise<void> {
    const by = await this.mayAct();
    if (by) await doAct(() => act(`api/alerts/${encodeURIComponent(a.id)}/take`, { by }), t("alert_taken_ok", { what: alertText(a).title }));
  }

  async close(a: Alert): Promise<void> {
    const by = await this.mayAct();
    if (by) await doAct(() => act(`api/alerts/${encodeURIComponent(a.id)}/close`, { by }), t("alert_closed_ok", { what: alertText(a).title }));
  }

  private async mayAct(): Promise<string | null> {
    if (!store.looking_back) return who();
    say(t("acts_off"), true);
    return null;
  }

  /** Key a: the top alert that nobody has. */
  takeTop(): void {
    const top = inOrder(store.shown?.alerts.values() ?? []).find((a) => a.state === "open");
    if (top) void this.take(top);
    else say(t("alerts_none"));
  }

  /** Key c: the alert under the keyboard's focus, else the newest one that this person has. */
  closeMine(): void {
    const focused = (document.activeElement?.closest(".alert") as HTMLElement | null)?.dataset.id;
    const me = localStorage.getItem("vigie.name");
    const all = inOrder(store.shown?.alerts.values() ?? []);
    const mine = all.find((a) => a.id === focused && a.state !== "closed") ?? all.find((a) => a.state === "taken" && a.by === me);
    if (mine) void this.close(mine);
  }
}
