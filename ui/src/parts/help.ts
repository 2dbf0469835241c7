// Keys and signs, on one page.
import { h } from "../dom";
import { t, words, type Key, type Words } from "../lang";
import { drawContact } from "../map/contacts";
import { baseSign } from "../map/images";
import { drawSign, type lookOf } from "../map/overlay";
import { drawTrack } from "../map/tracks";
import { store } from "../store";
import { show } from "./dialog";

const KEYS: [Words | Key, Key][] = [
  [words("A"), "k_take"], [words("C"), "k_close"], [words("F"), "k_fit"], [words("1 2 3 4"), "k_tabs"], [words("G"), "k_chart"],
  [words("D"), "k_3d"], [words("T"), "k_theme"], [words("L"), "k_lang"], [words("N"), "k_now"], ["key_space", "k_play"],
  [words("← →"), "k_step"], [words("?"), "k_help"], ["key_esc", "k_esc"],
];

const isKey = (k: Words | Key): k is Key => k === "key_space" || k === "key_esc";

function sign(look: ReturnType<typeof lookOf>): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 68;
  const c = canvas.getContext("2d")!;
  c.scale(2, 2);
  c.translate(17, 17);
  drawSign(c, look, look === "ground" ? 0 : 40, 1);
  return canvas;
}

function contact(kind: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 68;
  const c = canvas.getContext("2d")!;
  c.scale(2, 2);
  c.translate(17, 17);
  drawContact(c, kind, 40);
  return canvas;
}

function track(kind: "person" | "vehicle" | "animal", hollow: boolean): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 68;
  const c = canvas.getContext("2d")!;
  c.scale(2, 2);
  c.translate(17, 17);
  drawTrack(c, kind, hollow);
  return canvas;
}

function base(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 68;
  canvas.getContext("2d")!.putImageData(baseSign(), 8, 8);
  return canvas;
}

export function help(): void {
  const keys = h("dl", { class: "keys" });
  for (const [k, what] of KEYS) keys.append(h("dt", {}, h("kbd", {}, isKey(k) ? t(k) : k)), h("dd", {}, t(what)));
  const signs = h("dl", { class: "signs" });
  const add = (c: HTMLCanvasElement, what: Key): void => signs.append(h("dt", {}, c), h("dd", {}, t(what)));
  add(sign("air"), "sign_flying");
  add(sign("stale"), "sign_stale");
  add(sign("lost"), "sign_lost");
  add(sign("ground"), "sign_ground");
  add(base(), "sign_base");
  add(track("person", false), "sign_person");
  add(track("vehicle", false), "sign_vehicle");
  add(track("animal", false), "sign_animal");
  add(track("person", true), "sign_unseen");
  if (store.about.traffic) {
    add(contact("plane"), "sign_traffic");
    add(contact("ship"), "sign_ship");
  }
  show(t("help_title"), [h("div", { class: "help-cols" }, h("section", {}, h("h3", {}, t("help_keys")), keys), h("section", {}, h("h3", {}, t("help_signs")), signs))], "help");
}
