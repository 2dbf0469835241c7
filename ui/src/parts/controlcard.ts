// Which ground station is in control of a drone, where it says so; taking it, giving it up, and the answer to one that asks.
import { act, type DroneStatus } from "../api";
import { h, put, toggle } from "../dom";
import { t, tMaybe } from "../lang";
import { store } from "../store";
import { ask, doAct, who } from "./dialog";

/** Refusing changes nothing and is done at once, as the time to answer is short. */
const ACTS = ["let", "refuse", "take", "give-up"];

export class ControlCard {
  readonly el = h("div", { class: "control" });
  private text = h("p");
  private acts = h("div", { class: "acts" });
  private status: DroneStatus | null = null;

  constructor() {
    for (const name of ACTS) {
      this.acts.append(h("button", { class: "btn small", data: { control: name }, onclick: () => void this.answer(name) }, tMaybe(`control_${name}`, name)));
    }
    this.el.append(this.text, this.acts);
  }

  update(status: DroneStatus): void {
    this.status = status;
    const c = status.control;
    this.el.hidden = c === null;
    if (!c) return;
    const wanted = c.wanted_by !== 0;
    toggle(this.el, "announced", wanted);
    const v = { drone: status.id, station: String(wanted ? c.wanted_by : c.station), others: c.others.join(", "), n: Math.max(0, Math.round((c.wanted_until_us - store.now_us()) / 1e6)) };
    if (wanted) put(this.text, t("control_wanted", v));
    else if (c.ours) put(this.text, t("control_ours"));
    else if (c.station === 0) put(this.text, t("control_nobody"));
    else put(this.text, t(c.others.length > 0 ? "control_other_shared" : "control_other", v));
    for (const b of this.acts.querySelectorAll("button")) {
      b.hidden = !c.acts.includes(b.dataset.control!);
      b.disabled = store.looking_back;
    }
  }

  private async answer(name: string): Promise<void> {
    const s = this.status;
    if (!s?.control) return;
    const v = { drone: s.id, station: String(s.control.wanted_by || s.control.station) };
    if (name !== "refuse" && !(await ask(tMaybe(`control_${name}_ask`, name, v), tMaybe(`control_${name}_more`, name, v), tMaybe(`control_${name}`, name), name === "give-up"))) return;
    const by = await who();
    if (by) await doAct(() => act(`api/drones/${encodeURIComponent(s.id)}/control`, { by, act: name }), tMaybe(`control_${name}_ok`, name, v));
  }
}
