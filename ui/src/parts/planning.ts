// The planning view: promise, drones and bases to try, what is proven and what a first timetable gives beside what flies, the
// price of a promise, and the way to take a change away.
import { attr, h, icon, put, toggle } from "../dom";
import { emit } from "../emitter";
import { km, num, span } from "../fmt";
import { t, words, type Key, type Words } from "../lang";
import { asked, flying, verdictOf, type Figures, type Verdict } from "../plan/verdict";
import { changedLines } from "../plan/watchfile";
import { whatif, type PlanBase } from "../plan/whatif";
import { store } from "../store";
import { drawCurve, type Mark } from "./curve";
import { say } from "./dialog";
import { icons } from "./icons";
import { PlanBases, Stepper } from "./planbases";

const SIGN: Record<Verdict, string> = { kept: icons.kept, open: icons.at_risk, impossible: icons.broken, refused: icons.broken, asking: icons.starting };

const dash = words("–");
const place = (u: { line: number; from_m: number; to_m: number }): Words => {
  const at = { a: km(u.from_m), b: km(u.to_m), line: store.net.line(u.line)?.name ?? "" };
  return store.net.single ? t("where_km", at) : t("where_km_line", at);
};

export class Planning {
  readonly el = h("div", { class: "tab-body planning", id: "panel-plan", role: "tabpanel" });
  readonly banner = h("div", { class: "banner whatif", role: "status" });
  private head = h("div", { class: "plan-verdict", role: "status" });
  private sign = h("span", { class: "verdict-sign" });
  private verdict = h("strong");
  private more = h("p");
  private promise = new Stepper((up) => whatif.stepPromise(up));
  private total = new Stepper((up) => whatif.deal(whatif.types[0] ?? null, whatif.total + (up ? 1 : -1)));
  private table = h("table", { class: "plan-table" });
  private bases: PlanBases;
  private curve = h("div", { class: "curve" });
  private drawn = "";
  private curve_note = h("p", { class: "muted curve-note" });
  private out = h("ul", { class: "plan-out" });
  private out_head = h("h3");
  private radio = h("section", { class: "plan-radio" });
  private radio_more = h("span");
  private deal!: HTMLButtonElement;
  private back!: HTMLButtonElement;
  private take!: HTMLElement;

  constructor(private middle: () => { lat: number; lon: number }, private show: (b: PlanBase) => void) {
    this.bases = new PlanBases((b) => this.show(b));
    this.build();
  }

  build(): void {
    attr(this.el, "aria-labelledby", "tab-plan");
    this.drawn = "";
    this.back = h("button", { class: "btn small plan-back", onclick: () => whatif.reset() }, t("plan_back"));
    this.head.replaceChildren(h("div", { class: "plan-verdict-line" }, this.sign, this.verdict), this.more);
    this.deal = h("button", { class: "btn small", onclick: () => whatif.deal(null, whatif.total) }, t("plan_deal"));
    const add = h("button", { class: "btn small", onclick: () => this.addBase() }, t("plan_add"));
    this.take = h("section", { class: "plan-take" }, h("h3", {}, t("plan_take")), h("p", { class: "muted" }, t("plan_take_more")),
      h("div", { class: "plan-buttons" }, h("button", { class: "btn small plan-download", onclick: () => void this.download() }, t("plan_download")), h("button", { class: "btn small plan-copy", onclick: () => void this.copy() }, t("plan_copy"))));
    this.radio.replaceChildren(h("h3", {}, t("plan_radio")), h("p", {}, h("span", { class: "silent-sign", attrs: { "aria-hidden": "true" } }), this.radio_more));
    const row = (key: Key, s: Stepper): HTMLElement => h("div", { class: "plan-row" }, h("span", {}, t(key)), s.el);
    this.el.replaceChildren(
      this.head, h("section", { class: "plan-asks" }, row("plan_promise", this.promise), whatif.types.length === 1 && row("plan_total", this.total)),
      this.table, this.back,
      h("section", {}, h("h3", {}, t("plan_bases")), h("p", { class: "muted plan-hint" }, t("plan_hint")), this.bases.el, h("div", { class: "plan-buttons" }, add, this.deal)),
      h("section", { class: "plan-unreached" }, this.out_head, this.out), this.radio,
      h("section", {}, h("h3", {}, t("curve_title")), this.curve, this.curve_note), this.take);
    this.banner.replaceChildren(icon(icons.plan), h("span", {}, t("plan_banner")), h("button", { class: "btn small primary", onclick: () => whatif.reset() }, t("plan_back")));
    this.bases.build();
    this.refresh();
  }

  refresh(): void {
    this.banner.hidden = !whatif.shown;
    toggle(document.documentElement, "is-whatif", whatif.shown);
    if (!whatif.open) return;
    const now = flying();
    const then = whatif.changed ? asked() : null;
    const verdict = verdictOf(whatif.changed ? then : now);
    this.refreshHead(verdict, whatif.changed ? then : now);
    this.promise.set(span(whatif.promise_s), t("plan_promise"), whatif.promise_s > 60);
    this.total.set(num(whatif.total), t("plan_total"), whatif.total > 1);
    this.refreshTable(now, then);
    this.bases.refresh();
    this.deal.disabled = whatif.bases.length < 2;
    this.back.hidden = this.take.hidden = !whatif.changed;
    this.refreshOut((whatif.changed ? then : now)?.unreached ?? []);
    this.refreshRadio();
    this.refreshCurve(now, then);
  }

  private refreshHead(v: Verdict, f: Figures | null): void {
    this.head.className = `plan-verdict ${whatif.changed ? "whatif" : "flies"} ${v}`;
    if (this.sign.dataset.v !== v) this.sign.replaceChildren(icon(SIGN[v]));
    this.sign.dataset.v = v;
    put(this.verdict, t(whatif.changed ? "plan_if" : "plan_flies", { verdict: t(`plan_${v}`) }));
    const values = { gap: f?.gap_s ? span(f.gap_s) : dash, bound: f?.bound_s ? span(f.bound_s) : dash, promise: span(whatif.promise_s) };
    const words_of: Record<Verdict, Words> = {
      kept: t("plan_kept_more", values), open: t("plan_open_more", values), impossible: t("plan_impossible_more", values),
      refused: words(whatif.answer?.refused ?? ""), asking: t("plan_asking_more"),
    };
    put(this.more, whatif.error ? t("plan_failed", { why: whatif.error }) : words_of[v]);
    toggle(this.head, "failed", whatif.error !== "");
  }

  /** What flies beside what is asked. */
  private refreshTable(now: Figures, then: Figures | null): void {
    const waits = whatif.changed && !whatif.answer?.refused ? words("…") : dash;
    const gap = (s: number | null | undefined): Words => (s ? span(s) : waits);
    const ratio = (f: Figures | null): Words => (f?.gap_s && f.bound_s ? t("plan_times", { n: num(f.gap_s / f.bound_s, 2) }) : waits);
    const rows: [Words, Words, Words][] = [
      [t("plan_promise"), span(now.promise_s), span(whatif.promise_s)],
      [t("plan_gap"), now.gap_s ? span(now.gap_s) : dash, gap(then?.gap_s)],
      [t("plan_bound"), now.bound_s ? span(now.bound_s) : dash, gap(then?.bound_s)],
      [t("plan_ratio"), ratio(now), ratio(then)],
      [t("plan_reach"), t("plan_reach_of", { n: km(now.reach_m, 0), of: km(now.line_m, 0) }), then ? t("plan_reach_of", { n: km(then.reach_m, 0), of: km(then.line_m, 0) }) : waits],
      [t("plan_drones"), num(now.drones), num(whatif.total)],
    ];
    const head = h("tr", {}, h("td"), h("th", { attrs: { scope: "col" } }, t("plan_col_flies")), whatif.changed && h("th", { class: "col-whatif", attrs: { scope: "col" } }, t("plan_col_whatif")));
    this.table.replaceChildren(head, ...rows.map(([name, a, b]) => h("tr", {}, h("th", { attrs: { scope: "row" } }, name), h("td", {}, a), whatif.changed && h("td", { class: "col-whatif" }, b))));
  }

  private refreshOut(list: Figures["unreached"]): void {
    this.out_head.parentElement!.hidden = !list.length;
    put(this.out_head, t("plan_out"));
    const same = list.map((u) => `${place(u)}${u.reason}`).join("|");
    if (this.out.dataset.of === same) return;
    this.out.dataset.of = same;
    this.out.replaceChildren(...list.map((u) => h("li", {}, h("strong", {}, place(u)), h("span", { class: "muted" }, words(u.reason)))));
  }

  /** The legend of the dashes on the map, and how much they come to. */
  private refreshRadio(): void {
    const r = whatif.radio;
    this.radio.hidden = !store.watch.radio;
    toggle(this.radio, "none", !r?.silent.length);
    if (!r) put(this.radio_more, whatif.error || whatif.answer?.refused ? dash : t("plan_radio_waits"));
    else if (!r.silent.length) put(this.radio_more, t("plan_radio_all"));
    else put(this.radio_more, t("plan_radio_more", { n: km(r.out_m, 0), of: km(r.flown_m, 0), span: span(r.longest_s) }));
  }

  private refreshCurve(now: Figures, then: Figures | null): void {
    const c = whatif.curve;
    this.curve_note.hidden = whatif.asking !== "curve";
    put(this.curve_note, t("curve_more"));
    if (!c) {
      this.curve.replaceChildren(h("p", { class: "muted" }, whatif.error ? dash : t("curve_waits")));
      this.drawn = "";
      return;
    }
    const marks: Mark[] = [];
    if (now.gap_s) marks.push({ promise_s: now.gap_s, drones: now.drones, kind: "flies" });
    if (then?.gap_s) marks.push({ promise_s: then.gap_s, drones: then.drones, kind: "whatif" });
    const same = JSON.stringify([c, marks, whatif.promise_s, document.documentElement.lang]);
    if (same === this.drawn) return;
    this.drawn = same;
    drawCurve(this.curve, c, whatif.promise_s, marks);
  }

  private addBase(): void {
    const at = this.middle();
    whatif.add(t("plan_new_base"), at.lat, at.lon);
    emit("whatif");
  }

  private async download(): Promise<void> {
    try {
      const { text, refused } = await whatif.file();
      if (text === undefined) {
        say(t("plan_no_file", { why: refused ?? "" }), true);
        return;
      }
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
      link.download = `${store.watch.name}.yaml`;
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } catch (e) {
      say(t("plan_failed", { why: (e as Error).message }), true);
    }
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(changedLines());
      say(t("plan_copied"));
    } catch {
      say(t("plan_not_copied"), true);
    }
  }
}
