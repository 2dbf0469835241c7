// Everything that moves or changes colour, drawn on two canvases over the map: the line and the trails (again only with new
// messages or a moved map) and drones with their footprints (every animation frame while something glides). The WebGL map
// below is left alone then: without a GPU, drawing it once costs as much as a second of this.
import { LngLat, type Map as MapLibre } from "maplibre-gl";
import { mercX, mercY } from "../line";
import { store } from "../store";
import { palette } from "../theme";
import { AgeLine, type Projector } from "./ageline";
import { Glides, type Glider } from "./glide";
import { drawContacts } from "./contacts";
import { drawBase, drawPost, SIGN_PX } from "./images";
import { postsAt, type Post } from "./posts";
import { drawTracks, pickTrack } from "./tracks";
import type { Shown } from "./style";

/** The drone's own shape: long straight wings, nose up, on a 1-unit grid scaled by the drawing. */
function wings(): Path2D {
  const p = new Path2D();
  p.moveTo(0, -9);
  p.lineTo(1.9, -3.4);
  p.lineTo(12, 0.4);
  p.lineTo(12, 2.6);
  p.lineTo(1.7, 1.8);
  p.lineTo(1.2, 6.2);
  p.lineTo(4.4, 8);
  p.lineTo(4.4, 9.4);
  p.lineTo(0, 8.6);
  p.lineTo(-4.4, 9.4);
  p.lineTo(-4.4, 8);
  p.lineTo(-1.2, 6.2);
  p.lineTo(-1.7, 1.8);
  p.lineTo(-12, 2.6);
  p.lineTo(-12, 0.4);
  p.lineTo(-1.9, -3.4);
  p.closePath();
  return p;
}

const WINGS = wings();

type Box = [number, number, number, number];
const overlap = (a: Box, b: Box): boolean => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

/** How a drone is drawn: in the air, silent, lost, or on the ground. Shapes differ, not only colours. */
export function lookOf(g: Glider): "air" | "stale" | "lost" | "ground" {
  const d = g.drone;
  if (d.state === "lost" || d.link === "lost") return "lost";
  const ground = d.state === "ready" || d.state === "preparing" || d.state === "waiting" || d.state === "turning" || d.state === "absent";
  if (ground) return "ground";
  return d.link === "stale" ? "stale" : "air";
}

/** Draw one drone sign at the origin. Also used by the help page. */
export function drawSign(c: CanvasRenderingContext2D, look: ReturnType<typeof lookOf>, heading_deg: number, scale: number): void {
  const p = palette();
  c.save();
  if (look === "ground") {
    c.fillStyle = p.drone;
    c.strokeStyle = p.drone_halo;
    c.lineWidth = 1.5;
    c.beginPath();
    c.rect(-3.5 * scale, -3.5 * scale, 7 * scale, 7 * scale);
    c.fill();
    c.stroke();
    c.restore();
    return;
  }
  c.rotate((heading_deg * Math.PI) / 180);
  c.scale(scale, scale);
  c.lineJoin = "round";
  c.strokeStyle = p.drone_halo;
  c.lineWidth = 3.4;
  c.stroke(WINGS);
  if (look === "air") {
    c.fillStyle = p.drone;
    c.fill(WINGS);
  } else {
    c.fillStyle = p.panel;
    c.fill(WINGS);
    c.strokeStyle = look === "lost" ? p.lost : p.drone;
    c.lineWidth = 1.5;
    c.stroke(WINGS);
  }
  c.restore();
  if (look !== "lost") return;
  c.save();
  for (const [colour, width] of [[p.drone_halo, 4.6], [p.lost, 2.4]] as [string, number][]) {
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.lineCap = "round";
    c.beginPath();
    const r = 9 * scale;
    c.moveTo(-r, -r);
    c.lineTo(r, r);
    c.moveTo(r, -r);
    c.lineTo(-r, r);
    c.stroke();
  }
  c.restore();
}

/** Words with a halo, from their lower left corner. */
function text(c: CanvasRenderingContext2D, words: string, x: number, y: number, colour: string): void {
  c.lineWidth = 3.2;
  c.lineJoin = "round";
  c.strokeStyle = palette().halo;
  c.strokeText(words, x, y);
  c.fillStyle = colour;
  c.fillText(words, x, y);
}

export class Overlay {
  readonly glides = new Glides();
  readonly line = new AgeLine();
  private back: HTMLCanvasElement;
  private front: HTMLCanvasElement;
  private width = 0;
  private height = 0;
  private back_dirty = true;
  private front_dirty = true;
  /** Affine while the map is seen from above, else the map's own projection. */
  private project: Projector = () => undefined;
  private camera = "";
  private readonly pt = new Float64Array(2);
  frames = 0;
  /** When the line was first on the screen (since navigation); 0: not yet. */
  line_ms = 0;

  constructor(private map: MapLibre, private shown: Shown) {
    const host = map.getCanvasContainer();
    const make = (cls: string): HTMLCanvasElement => {
      const canvas = document.createElement("canvas");
      canvas.className = cls;
      host.append(canvas);
      return canvas;
    };
    this.back = make("overlay overlay-back");
    this.front = make("overlay overlay-front");
    map.on("render", () => this.cameraMoved() && this.draw());
    map.on("resize", () => this.invalidate());
    const tick = (): void => {
      this.frame();
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  /** Take all drones of the shown picture. */
  hear(jump: boolean): void {
    const now = performance.now();
    const drones = store.shown?.drones;
    if (!drones) return;
    this.glides.keep(drones);
    for (const d of drones.values()) this.glides.hear(d, now, jump);
    this.back_dirty = this.front_dirty = true;
  }

  /** Bring the line's colours up to date. */
  age(at_once: boolean): void {
    if (this.line.refresh(at_once)) this.back_dirty = true;
  }

  invalidate(): void {
    this.back_dirty = this.front_dirty = true;
  }

  /** The drone drawn nearest to a screen point, within a fingertip. */
  pick(x: number, y: number, reach = 22): string | null {
    let best: string | null = null;
    let best_d = reach;
    for (const g of this.glides.gliders.values()) {
      this.project(g.x, g.y, this.pt);
      const d = Math.hypot(this.pt[0]! - x, this.pt[1]! - y) + (lookOf(g) === "ground" ? 4 : 0);
      if (d < best_d) {
        best_d = d;
        best = g.drone.id;
      }
    }
    return best;
  }

  /** The track drawn nearest to a screen point. */
  pickTrack(x: number, y: number, reach = 16): string | null {
    return this.shown.tracks ? pickTrack(this.project, x, y, reach) : null;
  }

  screenOf(lon: number, lat: number): [number, number] {
    this.project(mercX(lon), mercY(lat), this.pt);
    return [this.pt[0]!, this.pt[1]!];
  }

  private cameraMoved(): boolean {
    const m = this.map;
    const c = m.getCenter();
    const sign = `${c.lng},${c.lat},${m.getZoom()},${m.getBearing()},${m.getPitch()},${m.getTerrain() ? 1 : 0},${m.getCanvas().width}x${m.getCanvas().height}`;
    if (sign === this.camera && !m.getTerrain()) return false;
    this.camera = sign;
    this.fit();
    this.project = m.getPitch() === 0 && !m.getTerrain() ? this.affine() : this.full();
    this.invalidate();
    return true;
  }

  private fit(): void {
    const box = this.map.getContainer();
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.width = box.clientWidth;
    this.height = box.clientHeight;
    for (const canvas of [this.back, this.front]) {
      const w = Math.round(this.width * ratio);
      const h = Math.round(this.height * ratio);
      if (canvas.width !== w || canvas.height !== h) {
        canvas.width = w;
        canvas.height = h;
        canvas.style.width = `${this.width}px`;
        canvas.style.height = `${this.height}px`;
      }
      canvas.getContext("2d")!.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
  }

  private affine(): Projector {
    const corner = (x: number, y: number): [number, number] => {
      const l = this.map.unproject([x, y]);
      return [mercX(l.lng), mercY(l.lat)];
    };
    const [x0, y0] = corner(0, 0);
    const [xa, ya] = corner(this.width, 0);
    const [xb, yb] = corner(0, this.height);
    const a = (xa - x0) / this.width;
    const b = (ya - y0) / this.width;
    const c = (xb - x0) / this.height;
    const d = (yb - y0) / this.height;
    const det = a * d - b * c || 1e-30;
    return (x, y, out) => {
      const dx = x - x0;
      const dy = y - y0;
      out[0] = (dx * d - dy * c) / det;
      out[1] = (dy * a - dx * b) / det;
    };
  }

  private full(): Projector {
    return (x, y, out) => {
      const lat = (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90;
      const p = this.map.project(new LngLat(x * 360 - 180, lat));
      out[0] = p.x;
      out[1] = p.y;
    };
  }

  private frame(): void {
    const moving = this.glides.step(performance.now());
    if (store.follow) this.followSelected();
    if (moving || this.front_dirty || this.back_dirty) this.draw();
  }

  private followSelected(): void {
    const g = store.selected ? this.glides.gliders.get(store.selected) : undefined;
    if (!g || !g.moving || this.map.isMoving()) return;
    const lat = (Math.atan(Math.exp((0.5 - g.y) * 2 * Math.PI)) * 360) / Math.PI - 90;
    this.map.jumpTo({ center: [g.x * 360 - 180, lat] });
  }

  private draw(): void {
    if (!this.width) return;
    this.frames++;
    if (this.back_dirty) this.drawBack();
    this.back_dirty = false;
    this.drawFront();
    this.front_dirty = false;
  }

  private drawBack(): void {
    const c = this.back.getContext("2d")!;
    c.clearRect(0, 0, this.width, this.height);
    this.line.draw(c, this.project, this.map.getZoom());
    if (!this.line_ms && this.line.ready) this.line_ms = performance.now();
    if (this.shown.km) this.posts(c);
    if (this.shown.trails) {
      c.strokeStyle = palette().trail;
      c.lineJoin = "round";
      for (const g of this.glides.gliders.values()) this.trail(c, g);
      c.globalAlpha = 1;
    }
  }

  private posts(c: CanvasRenderingContext2D): void {
    const taken = store.watch.bases.map((b): Box => {
      const [x, y] = this.screenOf(b.lon, b.lat);
      return [x - 14, y - 14, x + 14, y + 32];
    });
    for (const post of postsAt(store.net, this.map.getZoom())) {
      const [x, y] = this.screenOf(...store.net.at(post.spot));
      if (x < -60 || y < -25 || x > this.width + 60 || y > this.height + 25) continue;
      drawPost(c, x, y);
      this.postName(c, post, x, y, taken);
    }
  }

  private postName(c: CanvasRenderingContext2D, post: Post, x: number, y: number, taken: Box[]): void {
    c.font = `${post.size}px system-ui, sans-serif`;
    const w = c.measureText(post.name).width;
    const dx = post.side === "right" ? 9 : post.side === "left" ? -9 - w : -w / 2;
    const dy = post.side === "below" ? 19 : post.side === "above" ? -10 : 4;
    const box: Box = [x + dx - 3, y + dy - 12, x + dx + w + 3, y + dy + 4];
    if (taken.some((b) => overlap(box, b))) return;
    taken.push(box);
    text(c, post.name, x + dx, y + dy, palette().ink_soft);
  }

  /** A trail in three parts, the older the fainter and thinner. */
  private trail(c: CanvasRenderingContext2D, g: Glider): void {
    const n = g.trail.length / 2;
    if (n < 2 || lookOf(g) === "ground") return;
    const chosen = g.drone.id === store.selected;
    for (let part = 0; part < 3; part++) {
      const from = Math.floor((n * part) / 3);
      const to = Math.min(n - 1, Math.floor((n * (part + 1)) / 3));
      c.globalAlpha = ((part + 1) / 3) * (chosen ? 0.95 : 0.6);
      c.lineWidth = (chosen ? 1.4 : 0.8) + part * 0.4;
      c.beginPath();
      for (let i = from; i <= to; i++) {
        this.project(g.trail[2 * i]!, g.trail[2 * i + 1]!, this.pt);
        if (i === from) c.moveTo(this.pt[0]!, this.pt[1]!);
        else c.lineTo(this.pt[0]!, this.pt[1]!);
      }
      c.stroke();
    }
  }

  private drawFront(): void {
    const c = this.front.getContext("2d")!;
    c.clearRect(0, 0, this.width, this.height);
    if (this.shown.footprints) this.footprints(c);
    this.pointed(c);
    const taken: Box[] = [];
    const bases = this.bases(c, taken);
    if (this.shown.traffic) this.contacts(c, taken);
    if (this.shown.tracks) this.tracks(c, taken);
    const all = [...this.glides.gliders.values()];
    const chosen = all.find((g) => g.drone.id === store.selected);
    const list = all.filter((g) => g === chosen || !this.onPad(g, bases));
    for (const g of list) if (g !== chosen) this.sign(c, g, false);
    if (chosen) this.sign(c, chosen, true);
    if (!this.shown.labels && !chosen) return;
    if (chosen) this.label(c, chosen, true, taken);
    if (this.shown.labels) for (const g of list) if (g !== chosen) this.label(c, g, false, taken);
  }

  private contacts(c: CanvasRenderingContext2D, taken: Box[]): void {
    drawContacts(c, {
      project: this.project, width: this.width, height: this.height, bearing: this.map.getBearing(), labels: this.shown.labels, taken,
      text: (words, x, y, colour) => text(c, words, x, y, colour),
    });
  }

  private tracks(c: CanvasRenderingContext2D, taken: Box[]): void {
    drawTracks(c, {
      project: this.project, width: this.width, height: this.height, labels: this.shown.labels, taken,
      text: (words, x, y, colour) => text(c, words, x, y, colour),
    });
  }

  private footprints(c: CanvasRenderingContext2D): void {
    const p = palette();
    c.strokeStyle = p.footprint;
    c.fillStyle = p.footprint;
    c.lineWidth = 1;
    c.beginPath();
    for (const g of this.glides.gliders.values()) {
      const n = g.ring.length / 2;
      if (n < 3) continue;
      const ox = g.x - g.ring_x;
      const oy = g.y - g.ring_y;
      for (let i = 0; i < n; i++) {
        this.project(g.ring[2 * i]! + ox, g.ring[2 * i + 1]! + oy, this.pt);
        if (i === 0) c.moveTo(this.pt[0]!, this.pt[1]!);
        else c.lineTo(this.pt[0]!, this.pt[1]!);
      }
      c.closePath();
    }
    c.globalAlpha = 0.14;
    c.fill();
    c.globalAlpha = 0.7;
    c.stroke();
    c.globalAlpha = 1;
  }

  private sign(c: CanvasRenderingContext2D, g: Glider, chosen: boolean): void {
    this.project(g.x, g.y, this.pt);
    const [x, y] = [this.pt[0]!, this.pt[1]!];
    if (x < -20 || y < -20 || x > this.width + 20 || y > this.height + 20) return;
    c.save();
    c.translate(x, y);
    if (chosen) {
      c.strokeStyle = palette().accent;
      c.lineWidth = 2.5;
      c.beginPath();
      c.arc(0, 0, 18, 0, 2 * Math.PI);
      c.stroke();
    }
    drawSign(c, lookOf(g), g.heading - this.map.getBearing(), chosen ? 1.15 : 0.92);
    c.restore();
  }

  /** Signs and names of bases; they keep their room. Answers where the bases are. */
  private bases(c: CanvasRenderingContext2D, taken: Box[]): [number, number][] {
    const p = palette();
    c.font = "700 13px system-ui, sans-serif";
    return store.watch.bases.map((b) => {
      const [x, y] = this.screenOf(b.lon, b.lat);
      c.translate(x - SIGN_PX / 2, y - SIGN_PX / 2);
      drawBase(c);
      c.translate(SIGN_PX / 2 - x, SIGN_PX / 2 - y);
      const half = c.measureText(b.name).width / 2;
      text(c, b.name, x - half, y + 27, p.ink);
      taken.push([x - 14, y - 14, x + 14, y + 14], [x - half, y + 14, x + half, y + 32]);
      return [x, y];
    });
  }

  /** Drones on the ground at their base are under its sign until the map is near enough to part them. */
  private onPad(g: Glider, bases: [number, number][]): boolean {
    if (lookOf(g) !== "ground") return false;
    this.project(g.x, g.y, this.pt);
    return bases.some(([x, y]) => Math.hypot(this.pt[0]! - x, this.pt[1]! - y) < 20);
  }

  /** The drone's name beside it where there is room; the chosen one always. */
  private label(c: CanvasRenderingContext2D, g: Glider, chosen: boolean, taken: Box[]): void {
    const look = lookOf(g);
    if (look === "ground" && !chosen) return;
    this.project(g.x, g.y, this.pt);
    const [gx, gy] = [this.pt[0]!, this.pt[1]!];
    if (gx < -40 || gy < -20 || gx > this.width + 10 || gy > this.height + 20) return;
    const p = palette();
    c.font = `${chosen ? 700 : 600} 12px system-ui, sans-serif`;
    const mark = look === "lost" ? `${g.drone.id} ✕` : look === "stale" ? `${g.drone.id} ?` : g.drone.id;
    const w = c.measureText(mark).width;
    const spots: [number, number][] = [[13, -11], [13, 19], [-13 - w, -11], [-13 - w, 19]];
    const boxes = spots.map(([dx, dy]): Box => [gx + dx - 3, gy + dy - 11, gx + dx + w + 3, gy + dy + 4]);
    let k = boxes.findIndex((box) => !taken.some((b) => overlap(box, b)));
    if (k < 0 && !chosen) return;
    k = Math.max(0, k);
    taken.push(boxes[k]!);
    const [x, y] = [gx + spots[k]![0], gy + spots[k]![1]];
    text(c, mark, x, y, look === "lost" ? p.lost : p.ink);
  }

  /** The kilometre pointed at, in the map or on the chart. */
  private pointed(c: CanvasRenderingContext2D): void {
    if (!store.hover) return;
    const [lon, lat] = store.net.at(store.hover.spot);
    const [x, y] = this.screenOf(lon, lat);
    const p = palette();
    for (const [colour, width] of [[p.halo, 5], [p.accent, 2.4]] as [string, number][]) {
      c.strokeStyle = colour;
      c.lineWidth = width;
      c.beginPath();
      c.arc(x, y, 9, 0, 2 * Math.PI);
      c.stroke();
    }
  }
}
