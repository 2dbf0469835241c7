// What was seen on the ground: seen now, out of sight, ended. A chosen one shows its history and why it is believed to exist.
import { type Track } from "../api";
import { attr, h, icon, KeyedList, put, toggle, type Row } from "../dom";
import { hhmm, km, num, percent, span } from "../fmt";
import { t, tMaybe, words, type Words } from "../lang";
import { drawTrack } from "../map/tracks";
import { store } from "../store";
import { CLASSES, headingOf, isMoving, isSeen, listed, speedOf, unseen_s } from "../tracks";
import { icons } from "./icons";
import { report } from "./report";

type Group = "tracks_seen" | "tracks_coasting" | "tracks_ended";
const GROUPS: Group[] = ["tracks_seen", "tracks_coasting", "tracks_ended"];
const WINDS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;
const SIGN = 30;

const groupOf = (k: Track): Group => (k.state === "ended" ? "tracks_ended" : isSeen(k) ? "tracks_seen" : "tracks_coasting");

export function windWords(deg: number): Words {
  return tMaybe(`wind_${WINDS[Math.round(((deg % 360) + 360) / 45) % 8]!}`, "");
}

function placeWords(k: Track): Words {
  if (k.line === null || k.s_m === null) return t("track_away");
  const at = { km: km(k.s_m), line: store.net.line(k.line)?.name ?? "" };
  return store.net.single ? t("at_km", at) : t("at_km_line", at);
}

function moveWords(k: Track): Words {
  return isMoving(k) ? t("track_moves", { speed: num(speedOf(k), 1), to: windWords(headingOf(k)) }) : t("track_stands");
}

function seenWords(k: Track): Words {
  if (isSeen(k)) return t("track_seen_by", { by: k.by });
  return t("track_last_seen", { by: k.by, age: span(unseen_s(k)) });
}

/** The classes that are worth a word, the likeliest first. */
function classWords(k: Track): Words {
  const some = CLASSES.filter((c) => k.class_p[c] >= 0.05).sort((a, b) => k.class_p[b] - k.class_p[a]);
  return words(some.map((c) => `${t(`class_${c}`)} ${percent(k.class_p[c])}`).join(", "));
}

function drawSign(canvas: HTMLCanvasElement, k: Track): void {
  const c = canvas.getContext("2d")!;
  c.setTransform(2, 0, 0, 2, 0, 0);
  c.clearRect(0, 0, SIGN, SIGN);
  c.translate(SIGN / 2, SIGN / 2);
  drawTrack(c, k.class, !isSeen(k), 1.2);
}

export class Tracks {
  readonly el = h("div", { class: "tab-body", id: "panel-tracks", role: "tabpanel" });
  private lists = new Map<Group, { head: HTMLElement; list: KeyedList<Track> }>();
  private empty!: HTMLElement;
  private saw!: HTMLButtonElement;

  constructor(private onChoose: (k: Track) => void, private onGo: (k: Track) => void, private middle: () => { lat: number; lon: number }) {
    this.build();
  }

  build(): void {
    attr(this.el, "aria-labelledby", "tab-tracks");
    this.saw = h("button", { class: "btn small saw", onclick: () => void report(this.middle()) }, icon(icons.plus), t("report_open"));
    this.empty = h("div", { class: "empty" }, icon(icons.kept, "icon empty-icon"), h("strong", {}, t("tracks_none")), h("p", {}, t("tracks_none_more")));
    this.el.replaceChildren(h("div", { class: "saw-row" }, this.saw), this.empty);
    this.lists.clear();
    for (const group of GROUPS) {
      const head = h("div", { class: "group-head" }, h("h3", {}, t(group)), h("span", { class: "count" }));
      const list = new KeyedList<Track>(h("div", { class: "rows" }), (k) => k.id, () => this.row());
      this.lists.set(group, { head, list });
      this.el.append(head, list.el);
    }
    this.refresh();
  }

  refresh(): void {
    const all = listed();
    this.empty.hidden = all.length > 0 || !store.shown;
    this.saw.hidden = store.replay;
    this.saw.disabled = store.looking_back;
    for (const [group, { head, list }] of this.lists) {
      const some = all.filter((k) => groupOf(k) === group);
      head.hidden = some.length === 0;
      put(head.lastElementChild!, num(some.length));
      list.set(some);
    }
  }

  private row(): Row<Track> {
    let track!: Track;
    let drawn = "";
    const canvas = h("canvas", { attrs: { width: String(2 * SIGN), height: String(2 * SIGN), "aria-hidden": "true" } });
    const what = h("strong", { class: "track-what" });
    const id = h("span", { class: "muted" });
    const place = h("span", { class: "drone-next" });
    const move = h("span", { class: "muted" });
    const seen = h("span", { class: "drone-next" });
    const lines = h("span", { class: "track-lines" }, h("span", { class: "drone-line" }, what, id, place), h("span", { class: "drone-line" }, move, seen));
    const head = h("button", { class: "drone-head track-head", onclick: () => this.onChoose(track) }, canvas, lines);
    const detail = h("div", { class: "drone-detail track-detail" });
    const el = h("article", { class: "drone track" }, head, detail);
    return { el, update: (k) => {
      track = k;
      const chosen = store.track === k.id;
      const alert = k.alert ? store.shown?.alerts.get(k.alert) : undefined;
      el.dataset.id = k.id;
      toggle(el, "chosen", chosen);
      toggle(el, "trouble", alert?.level === "urgent" && alert.state === "open");
      attr(head, "aria-expanded", String(chosen));
      put(what, t(`class_${k.class}`));
      put(id, words(k.id));
      put(place, placeWords(k));
      put(move, moveWords(k));
      put(seen, seenWords(k));
      const look = `${k.class} ${isSeen(k)} ${document.documentElement.dataset.theme}`;
      if (look !== drawn) drawSign(canvas, k);
      drawn = look;
      this.detail(k, detail, chosen);
    } };
  }

  private detail(k: Track, box: HTMLElement, chosen: boolean): void {
    box.hidden = !chosen;
    if (!chosen) {
      box.replaceChildren();
      return;
    }
    if (!box.firstChild) {
      const go = h("button", { class: "btn small go", onclick: () => this.onGo(store.shown?.tracks.get(k.id) ?? k) }, t("track_go"));
      box.append(h("p", { class: "track-where" }), h("p", { class: "cause crossed" }), h("h4", {}, t("track_why")), h("ul", { class: "why" }), h("h4", {}, t("track_history")), h("ol", { class: "spells" }), h("div", { class: "alert-foot" }, h("span", { class: "by" }), go));
    }
    put(box.querySelector(".track-where")!, this.where(k));
    const crossed = box.querySelector<HTMLElement>(".crossed")!;
    crossed.hidden = !k.crossed_us && !k.zone;
    put(crossed, k.crossed_us ? t("track_crossed", { time: hhmm(k.crossed_us / 1e6) }) : t("track_zone", { zone: k.zone }));
    this.items(box.querySelector(".why")!, this.why(k));
    this.items(box.querySelector(".spells")!, this.spells(k));
    put(box.querySelector(".by")!, k.alert ? t("track_alert", { id: k.alert }) : words(""));
  }

  private where(k: Track): Words {
    const place = { lat: num(k.lat, 5), lon: num(k.lon, 5), error: num(Math.max(1, Math.round(k.error_m))) };
    if (k.side_m === null) return t("track_where", place);
    return t(k.side_m < 0 ? "track_where_left" : "track_where_right", { ...place, side: num(Math.abs(Math.round(k.side_m))) });
  }

  private why(k: Track): Words[] {
    const out = [
      t("why_hits", { hits: num(k.hits), looks: num(k.looks) }),
      t("why_exists", { share: percent(Math.min(k.p, 0.999)) }),
      t("why_class", { classes: classWords(k) }),
      t("why_motion", { motion: tMaybe(`motion_${k.motion}`, k.motion) }),
    ];
    if (k.relinked) out.push(t("why_again", { n: num(k.relinked) }));
    return out;
  }

  /** When it was seen, and by whom; the newest first. */
  private spells(k: Track): Words[] {
    const one = ([by, from, to]: [string, number, number]): Words =>
      to - from < 60 ? t("spell_once", { time: hhmm(from), by }) : t("spell", { from: hhmm(from), to: hhmm(to), by, length: span(to - from) });
    return [...k.seen].reverse().map(one);
  }

  private items(list: Element, texts: Words[]): void {
    while (list.children.length > texts.length) list.lastElementChild!.remove();
    while (list.children.length < texts.length) list.append(h("li"));
    texts.forEach((text, i) => put(list.children[i]!, text));
  }
}
