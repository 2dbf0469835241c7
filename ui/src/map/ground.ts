// The cell of ground pointed at: asked of the station once the pointer rests, forgotten when it moves on.
import { get, type Cell } from "../api";
import { mercX, mercY } from "../line";
import { store } from "../store";
import { asked as askedOf } from "./cells";

/** The pointer rests this long before the station is asked. */
const REST_MS = 150;

export class Ground {
  private timer = 0;
  private asked: AbortController | null = null;
  private lon = 0;
  private lat = 0;
  private pointing = false;

  /** Point at ground; nothing is asked where nothing is watched. */
  point(lon: number, lat: number, at_once = false): void {
    this.clear();
    if (!store.shown || !store.watch.cells || !watched(lon, lat)) return;
    this.pointing = true;
    this.lon = lon;
    this.lat = lat;
    if (at_once) this.ask();
    else this.timer = window.setTimeout(() => this.ask(), REST_MS);
  }

  clear(): void {
    window.clearTimeout(this.timer);
    this.asked?.abort();
    this.asked = null;
    this.pointing = false;
    store.setGround(null);
  }

  /** Ask again about the same ground, as something was seen since. */
  again(): void {
    if (this.pointing && store.ground) this.ask();
  }

  private ask(): void {
    const asked = new AbortController();
    this.asked?.abort();
    this.asked = asked;
    get<Cell>(`api/cell?${askedOf()}lat=${this.lat.toFixed(6)}&lon=${this.lon.toFixed(6)}`, asked.signal)
      .then((cell) => this.asked === asked && store.setGround(cell))
      .catch(() => this.asked === asked && store.setGround(null));
  }
}

/** Whether a place lies within the depth watched beside the nearest place of a line. */
function watched(lon: number, lat: number): boolean {
  const net = store.net;
  const near = net.nearest(mercX(lon), mercY(lat));
  const depth_m = net.stretchAt(near.spot)?.depth_m ?? 0;
  return near.distance * 40075016.7 * Math.cos((lat * Math.PI) / 180) < depth_m;
}
