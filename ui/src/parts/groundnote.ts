// What the cells on the map say while not every look counts: in words, with a button that lets every look count again.
import { h, put } from "../dom";
import { t, type Key } from "../lang";
import { store } from "../store";

export class GroundNote {
  readonly el = h("div", { class: "ground-note", role: "status" });
  private text = h("span");
  private all = h("button", { class: "btn small", onclick: () => store.setQuality("") });

  constructor() {
    this.el.append(this.text, this.all);
    this.refresh(false);
  }

  /** `shown`: cells stand on the map. */
  refresh(shown: boolean): void {
    this.el.hidden = !shown || !store.quality;
    if (!store.quality) return;
    put(this.text, t(`note_${store.quality}` as Key));
    put(this.all, t("quality_any"));
  }
}
