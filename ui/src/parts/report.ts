// "I saw something": a person's own sighting, given to the tracker as one more measurement.
import { act } from "../api";
import { h } from "../dom";
import { km, num } from "../fmt";
import { t, type Words } from "../lang";
import { CLASSES } from "../tracks";
import { ask, doAct, who } from "./dialog";

/** Give or take, 95 %, m. */
const ERRORS = [10, 30, 100, 300, 1000];
const NOTE_MAX = 200;

const errorWords = (m: number): Words => (m < 1000 ? t("report_m", { n: num(m) }) : t("report_km", { n: km(m, 0) }));

function row(label: Words, field: HTMLElement): HTMLElement {
  return h("label", { class: "report-row" }, h("span", {}, label), field);
}

function choice(label: Words, options: [string, Words][]): HTMLSelectElement {
  const el = h("select", { class: "field", label });
  for (const [value, text] of options) el.append(h("option", { attrs: { value } }, text));
  return el;
}

function text(label: Words, value: string, attrs: Record<string, string> = {}): HTMLInputElement {
  const el = h("input", { class: "field", type: "text", label, attrs: { autocomplete: "off", ...attrs } });
  el.value = value;
  return el;
}

/** Ask what was seen, where and how surely; then tell the station. */
export async function report(middle: { lat: number; lon: number }): Promise<void> {
  const kind = choice(t("report_class"), CLASSES.map((c): [string, Words] => [c, t(`class_${c}`)]));
  const lat = text(t("report_lat"), middle.lat.toFixed(5), { inputmode: "decimal" });
  const lon = text(t("report_lon"), middle.lon.toFixed(5), { inputmode: "decimal" });
  const error = choice(t("report_error"), ERRORS.map((m): [string, Words] => [String(m), errorWords(m)]));
  error.value = "100";
  const note = text(t("report_note"), "", { maxlength: String(NOTE_MAX) });
  const form = h("div", { class: "report" }, row(t("report_class"), kind), row(t("report_lat"), lat), row(t("report_lon"), lon), row(t("report_error"), error), row(t("report_note"), note));
  if (!(await ask(t("report_title"), t("report_more"), t("report_yes"), false, [form]))) return;
  const by = await who();
  if (!by) return;
  const number = (s: string): number => Number(s.replace(",", ".").trim() || NaN);
  const body = { by, lat: number(lat.value), lon: number(lon.value), class: kind.value, error_m: Number(error.value), note: note.value };
  await doAct(() => act("api/reports", body), t("report_ok"));
}
