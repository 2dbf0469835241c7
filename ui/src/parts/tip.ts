// Words beside the pointer: the kilometre pointed at, in the map or on the chart, how old its picture is, and the cell of ground.
import { ageOf, ageRgb, css, scales, type Kind } from "../age";
import type { Chart } from "../chart/chart";
import { h, put } from "../dom";
import { hhmm, km, span } from "../fmt";
import { t, words, type Words } from "../lang";
import { store, type Picture } from "../store";
import { theme } from "../theme";
import { cellPlace, CellTip } from "./celltip";

export class Tip {
  readonly el = h("div", { class: "tip" });
  private head = h("strong");
  private swatch = h("span", { class: "swatch" });
  private line = h("span");
  private promise = h("span", { class: "muted" });
  private body = h("div", { class: "tip-line" }, this.swatch, this.line);
  private cell = new CellTip();
  private x = 0;
  private y = 0;

  constructor(private chart: Chart) {
    this.el.hidden = true;
    this.el.append(this.head, this.body, this.promise, this.cell.el);
    // A finger comes down without having moved.
    for (const what of ["pointermove", "pointerdown"] as const) {
      document.addEventListener(what, (e) => {
        this.x = e.clientX;
        this.y = e.clientY;
        if (!this.el.hidden) this.place();
      });
    }
  }

  refresh(): void {
    const hover = store.hover;
    const picture = store.shown;
    const ground = hover?.from === "chart" ? null : store.ground;
    this.el.hidden = !picture || (!hover && !ground);
    if (!picture) return;
    this.body.hidden = this.promise.hidden = !hover;
    this.cell.refresh(ground, !hover);
    if (hover) this.kilometre(hover, picture);
    else if (ground) put(this.head, cellPlace(ground));
    if (!this.el.hidden) this.place();
  }

  private kilometre(hover: NonNullable<typeof store.hover>, picture: Picture): void {
    const bin = store.net.binAt(hover.spot);
    const now_s = store.now_us() / 1e6;
    const t_s = hover.t_s ?? now_s;
    const where = { km: km(hover.spot.s_m), line: store.net.line(hover.spot.line)?.name ?? "" };
    const place = store.net.single ? t("at_km", where) : t("at_km_line", where);
    put(this.head, words(`${place} · ${t("at_utc", { time: hhmm(t_s) })}`));
    const revisit = store.net.revisit_s[bin] || store.watch.promise_s;
    put(this.promise, t("hover_limit", { time: span(revisit) }));
    if (hover.t_s !== null && hover.t_s > store.liveNow_us() / 1e6) this.say("never", 0, t("hover_planned"));
    else if (hover.t_s !== null) this.past(bin, hover.t_s, revisit);
    else {
      const age = ageOf(store.net, picture, bin, now_s);
      this.say(age.kind, age.ratio, this.ageWords(age.kind === "unreachable", age.seen_s, age.age_s));
    }
  }

  private past(bin: number, t_s: number, revisit: number): void {
    const { seen_s, age_s } = this.chart.ageAt(bin, t_s);
    const out = store.net.unreachable[bin] === 1;
    const ratio = age_s / revisit;
    this.say(out ? "unreachable" : ratio > 1 ? "broken" : "seen", ratio, this.ageWords(out, seen_s, age_s));
  }

  private ageWords(out: boolean, seen_s: number, age_s: number): Words {
    if (out) return t("hover_unreachable");
    return seen_s ? t("hover_seen", { time: hhmm(seen_s), age: span(age_s) }) : t("hover_never", { age: span(age_s) });
  }

  private say(kind: Kind, ratio: number, text: Words): void {
    const grey = kind === "never" || kind === "unreachable";
    this.swatch.style.background = grey ? css(scales[theme()].never) : css(ageRgb(ratio, theme()));
    put(this.line, text);
  }

  private place(): void {
    const w = this.el.offsetWidth;
    const tall = this.el.offsetHeight;
    const x = this.x + 18 + w > window.innerWidth ? this.x - w - 14 : this.x + 18;
    const y = this.y + 18 + tall > window.innerHeight ? this.y - tall - 12 : this.y + 18;
    this.el.style.transform = `translate(${Math.max(4, x)}px, ${Math.max(4, y)}px)`;
  }
}
