// What the chosen drone carries and says beside its flight: camera, addresses of its video, who has the gimbal, remote id, its
// last words. Asked of the station every few seconds while the card is open.
import { get, type Aboard, type VideoStream } from "../api";
import { attr, h, put, toggle } from "../dom";
import { hhmm, num, span } from "../fmt";
import { t, tMaybe, words, type Words } from "../lang";
import { store } from "../store";

const EVERY_MS = 4000;
const TEXTS = 4;
const BAD = new Set(["emergency", "alert", "critical", "error"]);

function cameraWords(a: Aboard): Words | null {
  const c = a.camera;
  if (!c) return null;
  const parts: Words[] = [words(`${c.vendor} ${c.model}`.trim() || t("ab_camera"))];
  if (c.recording) parts.push(t("ab_recording", { span: span(c.recording_s ?? 0) }));
  else if (c.recording === false) parts.push(t("ab_not_recording"));
  if (c.zoom !== null) parts.push(t("ab_zoom", { n: num(c.zoom * 100) }));
  if (c.free_mib !== null) parts.push(t("ab_free", { n: num(c.free_mib / 1024, 1) }));
  if (c.storage && c.storage !== "ready") parts.push(tMaybe(`ab_storage_${c.storage}`, c.storage));
  return words(parts.join(" · "));
}

function streamWords(s: VideoStream): Words {
  const what = [s.name || String(s.id)];
  if (s.thermal) what.push(t("ab_thermal"));
  if (s.width && s.height) what.push(`${s.width} × ${s.height}`);
  if (!s.running) what.push(t("ab_stopped"));
  return words(what.join(" · "));
}

export class AboardCard {
  readonly el = h("div", { class: "aboard" });
  private camera = h("p", { class: "facts" });
  private streams = h("ul", { class: "streams" });
  private gimbal = h("p", { class: "cause" });
  private remote = h("p", { class: "cause" });
  private texts = h("ul", { class: "said" });
  private id = "";
  private asked_ms = 0;
  private stop: AbortController | null = null;

  constructor() {
    this.el.append(this.camera, this.streams, this.gimbal, this.remote, this.texts);
    this.show(null);
  }

  /** Called at each refresh of the card. */
  refresh(id: string): void {
    if (id !== this.id) {
      this.id = id;
      this.asked_ms = 0;
      this.stop?.abort();
      this.show(null);
    }
    const now = performance.now();
    if (store.looking_back || store.replay || now - this.asked_ms < EVERY_MS) return;
    this.asked_ms = now;
    void this.ask(id);
  }

  private async ask(id: string): Promise<void> {
    this.stop?.abort();
    this.stop = new AbortController();
    try {
      const a = await get<Aboard>(`api/drones/${encodeURIComponent(id)}/aboard`, this.stop.signal);
      if (id === this.id) this.show(a);
    } catch {
      if (id === this.id && !this.stop.signal.aborted) this.show(null); // a replay, or a station that is away: the card says so itself
    }
  }

  private show(a: Aboard | null): void {
    const camera = a ? cameraWords(a) : null;
    this.camera.hidden = !camera;
    put(this.camera, camera ?? words(""));
    this.streams.replaceChildren(...(a?.streams ?? []).map((s) => h("li", {}, h("span", {}, streamWords(s)), h("code", {}, words(s.uri)))));
    const other = a?.gimbal?.holder === "other" ? a.gimbal : null;
    this.gimbal.hidden = !other;
    put(this.gimbal, other ? t("ab_gimbal_other", { n: num(other.sysid) }) : words(""));
    const rid = a?.remote_id ?? null;
    this.remote.hidden = !rid;
    put(this.remote, rid ? (rid.good ? t("ab_rid_good") : t("ab_rid_bad", { why: words(rid.reason || "–") })) : words(""));
    toggle(this.remote, "bad", !!rid && !rid.good);
    const said = (a?.texts ?? []).slice(0, TEXTS);
    this.texts.replaceChildren(...said.map((x) => {
      const li = h("li", {}, h("time", {}, words(hhmm(x.t_us / 1e6))), h("span", {}, words(x.text)));
      toggle(li, "bad", BAD.has(x.severity));
      attr(li, "title", x.severity);
      return li;
    }));
    this.texts.hidden = said.length === 0;
    this.el.hidden = !a;
  }
}
