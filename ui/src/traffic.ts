// Other aircraft and ships, asked for once a second while the watch has receivers of them and the screen shows now.
import { get, type Contact, type Traffic } from "./api";
import { emit } from "./emitter";
import { store } from "./store";

const EVERY_MS = 1000;

const FLIES = new Set(["plane", "helicopter", "glider", "drone", "unknown"]);
export const flies = (c: Contact): boolean => FLIES.has(c.kind) && !c.ground;

class TrafficFeed {
  now: Traffic | null = null;
  private timer = 0;
  private asking = false;

  start(): void {
    if (store.about.traffic && !this.timer) this.timer = window.setInterval(() => void this.ask(), EVERY_MS);
  }

  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      this.now = store.looking_back || store.link === "away" ? null : await get<Traffic>("api/traffic");
    } catch {
      this.now = null; // what is not known to be there is not shown
    }
    this.asking = false;
    emit("traffic");
  }

  /** Contacts to show: aircraft far above all our drones are left out. */
  shown(): Contact[] {
    if (!this.now) return [];
    const tops = [...(store.shown?.drones.values() ?? [])].map((d) => d.alt_msl_m).filter((a): a is number => a !== null);
    const ceiling = (tops.length ? Math.max(...tops) : Infinity) + this.now.above_m;
    return this.now.contacts.filter((c) => !flies(c) || c.alt_msl_m === undefined || c.alt_msl_m - (c.alt_error_p95_m ?? 0) <= ceiling);
  }

  /** How bad it stands with a contact: the worst of its alarms. */
  levelOf(c: Contact): "" | "near" | "conflict" {
    const levels = (this.now?.alarms ?? []).filter((a) => a.contact?.id === c.id && a.contact.space === c.space).map((a) => a.level);
    return levels.includes("conflict") ? "conflict" : levels.includes("near") ? "near" : "";
  }
}

export const traffic = new TrafficFeed();
