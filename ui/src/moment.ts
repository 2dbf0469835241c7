// The moment on the screen: now, or one of the record, standing or played. One request at a time, the newest wish wins.
import { atUrl, get, type Snapshot } from "./api";
import { emit } from "./emitter";
import { store } from "./store";

export const SPEEDS = [1, 10, 60, 300];
const TICK_MS = 250;

class Moment {
  playing = false;
  speed = 60;
  error = "";
  private wanted_us: number | null = null;
  private busy = false;
  private last_tick = 0;
  private timer = 0;
  private ticket = 0;

  get from_us(): number {
    return store.replay ? store.watch.from_us : store.live?.start_us ?? store.watch.start_us;
  }

  get to_us(): number {
    return store.replay ? store.watch.to_us : store.liveNow_us();
  }

  /** The moment chosen, even while its picture is still on the way. */
  get chosen_us(): number {
    return this.wanted_us ?? store.now_us();
  }

  goTo(t_us: number): void {
    this.wanted_us = Math.min(this.to_us, Math.max(this.from_us, t_us));
    void this.fetch();
    emit("moment");
  }

  private async fetch(): Promise<void> {
    if (this.busy || this.wanted_us === null) return;
    const want = this.wanted_us;
    const ticket = ++this.ticket;
    this.busy = true;
    try {
      const snap = await get<Snapshot>(atUrl(want));
      this.error = "";
      if (ticket === this.ticket) store.showPast({ ...snap, t_us: snap.t_us || want });
      if (store.replay) store.setLink("live");
    } catch (e) {
      this.error = (e as Error).message;
      this.playing = false;
      if (e instanceof TypeError && store.replay) store.setLink("away");
    }
    this.busy = false;
    if (this.wanted_us === want) this.wanted_us = null;
    else void this.fetch();
    emit("moment");
  }

  /** Back to the live picture; in a replay, to the end of the record. */
  now(): void {
    this.pause();
    this.ticket++;
    this.wanted_us = null;
    if (store.replay) this.goTo(this.to_us);
    else store.showLive();
    emit("moment");
  }

  play(): void {
    if (this.playing) return;
    if (!store.looking_back) return;
    if (store.replay && store.now_us() >= this.to_us) this.goTo(this.from_us);
    this.playing = true;
    this.last_tick = performance.now();
    this.timer = window.setInterval(() => this.tick(), TICK_MS);
    emit("moment");
  }

  pause(): void {
    this.playing = false;
    window.clearInterval(this.timer);
    emit("moment");
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  private tick(): void {
    if (!this.playing) {
      window.clearInterval(this.timer);
      return;
    }
    const now = performance.now();
    const next = this.chosen_us + (now - this.last_tick) * 1000 * this.speed;
    this.last_tick = now;
    if (next < this.to_us) this.goTo(next);
    else this.now();
  }
}

export const moment = new Moment();
