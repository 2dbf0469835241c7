// The bar between map and chart: the moment on the screen, and the legend of both.
import { css, scales } from "../age";
import { attr, h, icon, put, setTitle, toggle } from "../dom";
import { clock, day, span } from "../fmt";
import { t, words } from "../lang";
import { moment, SPEEDS } from "../moment";
import { store } from "../store";
import { theme } from "../theme";
import { icons } from "./icons";

const STEP_S = 60;

export class TimeBar {
  readonly el = h("div", { class: "timebar" });
  readonly back = h("div", { class: "banner back" });
  readonly legend = h("div", { class: "legend" });
  private play!: HTMLButtonElement;
  private slider!: HTMLInputElement;
  private speed!: HTMLSelectElement;
  private back_text!: HTMLElement;
  private dragging = false;

  constructor() {
    this.build();
  }

  build(): void {
    this.play = h("button", { class: "tool play", onclick: () => moment.toggle() });
    this.slider = h("input", { class: "moment", type: "range", label: t("moment_slider"), attrs: { step: String(STEP_S) } });
    this.slider.addEventListener("input", () => this.slid());
    this.slider.addEventListener("pointerdown", () => (this.dragging = true));
    this.slider.addEventListener("pointerup", () => (this.dragging = false));
    this.speed = h("select", { class: "speed", title: t("play_speed"), label: t("play_speed") });
    for (const s of SPEEDS) this.speed.append(h("option", { attrs: { value: String(s) } }, words(`×${s}`)));
    this.speed.value = String(moment.speed);
    this.speed.addEventListener("change", () => (moment.speed = Number(this.speed.value)));
    this.el.replaceChildren(this.play, this.slider, this.speed);
    this.back_text = h("span", { role: "status" });
    this.back.replaceChildren(icon(icons.starting), this.back_text, h("button", { class: "btn small primary now", onclick: () => moment.now() }, t("back_now")));
    this.buildLegend();
    this.refresh();
  }

  private slid(): void {
    // Read before anything else: a pause draws the bar again, and with it the slider.
    const t_us = Number(this.slider.value) * 1e6;
    moment.pause();
    if (t_us + STEP_S * 1e6 >= moment.to_us && !store.replay) moment.now();
    else moment.goTo(t_us);
  }

  private buildLegend(): void {
    const scale = scales[theme()];
    const ramp = h("span", { class: "ramp" });
    ramp.style.background = `linear-gradient(90deg, ${scale.stops.map(([r, c]) => `${css(c)} ${r * 100}%`).join(", ")})`;
    const broken = h("span", { class: "swatch" });
    broken.style.background = `repeating-linear-gradient(135deg, ${css(scale.broken)} 0 4px, ${css(scale.broken_ink)} 4px 5.5px)`;
    const never = h("span", { class: "swatch never" });
    never.style.background = `repeating-linear-gradient(90deg, ${css(scale.never)} 0 5px, transparent 5px 8px)`;
    const out = h("span", { class: "swatch dots" });
    out.style.background = `radial-gradient(circle, ${css(scale.never)} 1.6px, transparent 1.9px) 0 0 / 6px 6px`;
    const item = (mark: HTMLElement, text: string): HTMLElement => h("span", { class: "legend-item" }, mark, words(text));
    const promise = span(store.watch.promise_s);
    this.legend.replaceChildren(
      h("span", { class: "legend-item" }, h("span", {}, t("legend_age")), h("span", {}, words("0")), ramp, h("span", {}, promise)),
      item(broken, t("legend_broken")), item(never, t("legend_never")));
    if (store.watch.stretches.some((s) => s.unreachable)) this.legend.append(item(out, t("legend_unreachable")));
  }

  refresh(): void {
    const at_us = store.looking_back ? moment.chosen_us : store.now_us();
    toggle(this.el, "looking-back", store.looking_back);
    toggle(document.documentElement, "is-back", store.looking_back && !store.replay);
    this.play.disabled = !store.looking_back;
    const d = moment.playing ? icons.pause : icons.play;
    if (this.play.dataset.d !== d) {
      this.play.dataset.d = d;
      this.play.replaceChildren(icon(d));
      setTitle(this.play, t(moment.playing ? "pause" : "play"));
    }
    this.refreshSlider(at_us);
    this.back.hidden = !store.looking_back || store.replay;
    const same_day = Math.floor(at_us / 864e8) === Math.floor(store.liveNow_us() / 864e8);
    const time = same_day ? clock(at_us) : words(`${day(at_us / 1e6)} ${clock(at_us)}`);
    put(this.back_text, moment.error ? t("moment_failed", { why: moment.error }) : t("back_banner", { time }));
  }

  private refreshSlider(at_us: number): void {
    const lo = Math.floor(moment.from_us / 1e6);
    const hi = Math.max(lo + STEP_S, Math.ceil(moment.to_us / 1e6));
    attr(this.slider, "min", String(lo));
    attr(this.slider, "max", String(hi));
    const value = String(Math.round(at_us / 1e6));
    if (!this.dragging && this.slider.value !== value) this.slider.value = value;
    attr(this.slider, "aria-valuetext", t("at_utc", { time: clock(at_us) }));
    const share = hi > lo ? Math.min(1, Math.max(0, (at_us / 1e6 - lo) / (hi - lo))) : 1;
    this.slider.style.setProperty("--share", `${share * 100}%`);
  }
}
