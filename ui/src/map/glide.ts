// Where each drone is drawn between two messages: it glides from where it is drawn to where it was last heard,
// over the time that its messages take to come, so that motion is even at any speed of the clock.
import type { Drone } from "../api";
import { mercX, mercY } from "../line";

const LEAST_MS = 120;
const MOST_MS = 1200;

export interface Glider {
  drone: Drone;
  x: number;
  y: number;
  heading: number;
  /** Trail in Mercator units, oldest first. */
  trail: Float64Array;
  ring: Float64Array;
  /** Where the ring was measured from. */
  ring_x: number;
  ring_y: number;
  moving: boolean;
}

interface Way {
  x0: number;
  y0: number;
  h0: number;
  x1: number;
  y1: number;
  h1: number;
  from_ms: number;
  over_ms: number;
}

const turn = (from: number, to: number): number => ((to - from + 540) % 360) - 180;

export class Glides {
  readonly gliders = new Map<string, Glider>();
  private ways = new Map<string, Way>();

  clear(): void {
    this.gliders.clear();
    this.ways.clear();
  }

  /** Take a drone as last heard. `jump`: put it there at once (another moment, reduced motion). */
  hear(drone: Drone, now_ms: number, jump: boolean): void {
    if (drone.lat === null || drone.lon === null) {
      this.gliders.delete(drone.id);
      return;
    }
    const known = this.gliders.get(drone.id);
    if (known?.drone === drone) return;
    const x1 = mercX(drone.lon);
    const y1 = mercY(drone.lat);
    const h1 = drone.heading_deg ?? known?.heading ?? 0;
    const ring = Float64Array.from(drone.footprint.flatMap((c) => [mercX(c[0]), mercY(c[1])]));
    const trail = Float64Array.from(drone.trail.flatMap((p) => [mercX(p[1]), mercY(p[2])]));
    const glider: Glider = known ?? { drone, x: x1, y: y1, heading: h1, trail, ring, ring_x: x1, ring_y: y1, moving: false };
    Object.assign(glider, { drone, trail, ring, ring_x: x1, ring_y: y1 });
    this.gliders.set(drone.id, glider);
    const old = this.ways.get(drone.id);
    const gap = old ? now_ms - old.from_ms : LEAST_MS;
    const over_ms = Math.min(MOST_MS, Math.max(LEAST_MS, gap * 1.1));
    const far = Math.hypot(x1 - glider.x, y1 - glider.y) > 2e-4;
    if (jump || far || gap > 5000) {
      Object.assign(glider, { x: x1, y: y1, heading: h1 });
      this.ways.set(drone.id, { x0: x1, y0: y1, h0: h1, x1, y1, h1, from_ms: now_ms, over_ms });
    } else {
      this.ways.set(drone.id, { x0: glider.x, y0: glider.y, h0: glider.heading, x1, y1, h1, from_ms: now_ms, over_ms });
    }
  }

  keep(ids: { has(id: string): boolean }): void {
    for (const id of this.gliders.keys()) {
      if (ids.has(id)) continue;
      this.gliders.delete(id);
      this.ways.delete(id);
    }
  }

  /** Move every drone to its place at a wall time; answers whether anything still moves. */
  step(now_ms: number): boolean {
    let moving = false;
    for (const [id, g] of this.gliders) {
      const w = this.ways.get(id)!;
      const f = Math.min(1, (now_ms - w.from_ms) / w.over_ms);
      g.x = w.x0 + (w.x1 - w.x0) * f;
      g.y = w.y0 + (w.y1 - w.y0) * f;
      g.heading = w.h0 + turn(w.h0, w.h1) * f;
      g.moving = f < 1 && (w.x0 !== w.x1 || w.y0 !== w.y1);
      moving ||= g.moving;
    }
    return moving;
  }
}
