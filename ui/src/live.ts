// The live stream: a snapshot, then deltas without a hole; comes back by itself, a little later each time (at most 5 s).
import type { Delta, Snapshot } from "./api";
import { store } from "./store";

const FIRST_WAIT_MS = 300;
const MAX_WAIT_MS = 5000;
/** No message for this long means that the connection is dead, whatever the socket believes. */
const SILENCE_MS = 6000;

export class Live {
  private socket: WebSocket | null = null;
  private seq = 0;
  private tries = 0;
  private timer = 0;
  private watchdog = 0;

  constructor(private url: string, private onReturn: () => void) {}

  start(): void {
    window.clearTimeout(this.timer);
    this.drop();
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onmessage = (e) => socket === this.socket && this.take(String(e.data));
    socket.onclose = () => socket === this.socket && this.retry();
    this.guard(MAX_WAIT_MS);
  }

  /** Forget the wait and try at once. */
  retryNow(): void {
    this.tries = 0;
    this.start();
  }

  private drop(): void {
    const old = this.socket;
    this.socket = null;
    if (old && old.readyState <= WebSocket.OPEN) old.close();
  }

  private guard(ms: number): void {
    window.clearTimeout(this.watchdog);
    this.watchdog = window.setTimeout(() => this.retry(), ms);
  }

  private retry(): void {
    this.drop();
    window.clearTimeout(this.watchdog);
    window.clearTimeout(this.timer);
    store.setLink("away");
    const ceiling = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** this.tries++);
    this.timer = window.setTimeout(() => this.start(), ceiling * (0.5 + Math.random() / 2));
  }

  private take(text: string): void {
    let message: Snapshot | Delta;
    try {
      message = JSON.parse(text) as Snapshot | Delta;
    } catch {
      this.retry();
      return;
    }
    this.guard(SILENCE_MS);
    if (message.type === "snapshot") {
      const returned = store.live !== null;
      this.tries = 0;
      this.seq = message.seq;
      store.snapshot(message);
      store.setLink("live");
      if (returned) this.onReturn();
      return;
    }
    if (message.seq !== this.seq + 1) {
      this.retry();
      return;
    }
    this.seq = message.seq;
    store.delta(message);
  }
}
