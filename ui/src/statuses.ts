// What the station says of single drones beyond the live stream: asked every two seconds for those that somebody looks at.
import { get, type DroneStatus } from "./api";
import { lang } from "./lang";
import { store } from "./store";

const EVERY_MS = 2000;

export class Statuses {
  private known = new Map<string, DroneStatus>();
  private asking = false;

  /** `wanted`: whose status is shown now. */
  constructor(private wanted: () => string[], private onChange: () => void) {
    window.setInterval(() => void this.refresh(), EVERY_MS);
  }

  of(id: string): DroneStatus | null {
    return store.looking_back || store.replay ? null : this.known.get(id) ?? null;
  }

  async refresh(): Promise<void> {
    if (this.asking || store.looking_back || store.replay || store.link !== "live") return;
    this.asking = true;
    const ids = this.wanted();
    const one = async (id: string): Promise<void> => {
      try {
        this.known.set(id, await get<DroneStatus>(`api/drones/${encodeURIComponent(id)}?lang=${lang()}`));
      } catch {
        this.known.delete(id);
      }
    };
    await Promise.all(ids.map(one));
    for (const id of this.known.keys()) if (!ids.includes(id)) this.known.delete(id);
    this.asking = false;
    if (ids.length > 0) this.onChange();
  }
}
