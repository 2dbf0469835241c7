// What if: other bases, drones or another promise, asked of the station's planner while an officer tries them. Nothing here
// flies anything. One question at a time, the newest wish wins: the quick bound first, then the first timetable, then the curve.
import { act, type Curve, type PlanAnswer, type PlanQuestion, type Radio } from "../api";
import { emit } from "../emitter";
import { lang } from "../lang";
import { store } from "../store";

/** A change is followed by others: what takes longer waits until the hand rests. */
const REST_MS = 250;
const CURVE_REST_MS = 500;
const NAME_MOST = 60;

export interface PlanBase {
  name: string;
  lat: number;
  lon: number;
}

export interface Group {
  type: string;
  base: string;
  n: number;
}

type Want = "bound" | "plan" | "price" | "curve" | "radio";

const pause = (ms: number): Promise<void> => new Promise((resolve) => window.setTimeout(resolve, ms));
const asker = Math.random().toString(36).slice(2, 12) || "page";

/** Round promises, steps as the curve has them: minutes where short, hours where long. */
function step(s: number): number {
  const steps: [number, number][] = [[600, 60], [1800, 120], [3600, 300], [7200, 600], [14400, 900], [43200, 1800], [172800, 3600]];
  return steps.find(([to]) => s < to)?.[1] ?? 21600;
}

class WhatIf {
  /** The planning view is on the screen. */
  open = false;
  promise_s = 0;
  bases: PlanBase[] = [];
  groups: Group[] = [];
  /** To the question as it stands, without a timetable until that is made; null: what flies. */
  answer: PlanAnswer | null = null;
  curve: Curve | null = null;
  private flying_radio: Radio | null = null;
  /** What is being asked; "": nothing. */
  asking: Want | "" = "";
  error = "";
  /** Base that has the keyboard or the hand. */
  chosen: string | null = null;
  private curve_of = "";
  private dirty = false;
  private running = false;
  private deals = false;
  private abort: AbortController | null = null;

  /** What the watch has and wants. */
  private own(): { promise_s: number; bases: PlanBase[]; groups: Group[] } {
    const w = store.watch;
    const groups: Group[] = [];
    for (const d of w.drones) {
      const same = groups.find((g) => g.type === d.type && g.base === d.base);
      if (same) same.n++;
      else groups.push({ type: d.type, base: d.base, n: 1 });
    }
    return { promise_s: w.promise_s, bases: w.bases.map(({ name, lat, lon }) => ({ name, lat, lon })), groups };
  }

  setOpen(yes: boolean): void {
    if (yes === this.open) return;
    this.open = yes;
    if (yes && !this.promise_s) Object.assign(this, this.own());
    if (yes) this.touch();
    else this.abort?.abort();
    emit("whatif");
  }

  get changed(): boolean {
    return this.promise_s > 0 && JSON.stringify(this.key()) !== JSON.stringify(key(this.own()));
  }

  /** What no base hears: of the timetable that is tried, or of the one in force; null: not known, or not looked at. */
  get radio(): Radio | null {
    if (!this.open) return null;
    return this.changed ? this.answer?.plan?.radio ?? null : this.flying_radio;
  }

  /** Something that does not fly is on the screen. */
  get shown(): boolean {
    return this.open && this.changed;
  }

  private key(): unknown {
    return key(this);
  }

  get types(): string[] {
    return [...new Set(store.watch.drones.map((d) => d.type))];
  }

  get total(): number {
    return this.groups.reduce((sum, g) => sum + g.n, 0);
  }

  count(base: string, type: string): number {
    return this.groups.find((g) => g.base === base && g.type === type)?.n ?? 0;
  }

  home(name: string): PlanBase | null {
    return store.watch.bases.find((b) => b.name === name) ?? null;
  }

  // ---- what an officer does ----

  reset(): void {
    Object.assign(this, this.own(), { answer: null, error: "", chosen: null });
    this.touch();
  }

  setPromise(s: number): void {
    this.promise_s = Math.min(30 * 86400, Math.max(60, s));
    this.touch();
  }

  stepPromise(up: boolean): void {
    const size = step(up ? this.promise_s : this.promise_s - 1);
    this.setPromise((up ? Math.floor(this.promise_s / size + 1e-9) + 1 : Math.ceil(this.promise_s / size - 1e-9) - 1) * size);
  }

  move(name: string, lat: number, lon: number): void {
    const b = this.bases.find((x) => x.name === name);
    if (!b || !(Math.abs(lat) <= 85) || !(Math.abs(lon) <= 180)) return;
    b.lat = Math.round(lat * 1e5) / 1e5;
    b.lon = Math.round(lon * 1e5) / 1e5;
    this.touch();
  }

  add(name: string, lat: number, lon: number): void {
    let free = name.slice(0, NAME_MOST);
    for (let k = 2; this.bases.some((b) => b.name === free); k++) free = `${name.slice(0, NAME_MOST - 3)} ${k}`;
    this.bases.push({ name: free, lat, lon });
    this.chosen = free;
    this.move(free, lat, lon);
  }

  remove(name: string): void {
    if (this.bases.length < 2) return;
    this.bases = this.bases.filter((b) => b.name !== name);
    this.groups = this.groups.filter((g) => g.base !== name);
    this.touch();
  }

  setDrones(base: string, type: string, n: number): void {
    const g = this.groups.find((x) => x.base === base && x.type === type);
    if (g) g.n = Math.max(0, n);
    else if (n > 0) this.groups.push({ type, base, n });
    this.touch();
  }

  /** So many drones of a type in all (of one type: the others stay where they are), dealt by the planner. */
  deal(type: string | null, n: number): void {
    const types = type === null ? this.types : [type];
    for (const x of types) {
      const sum = type === null ? this.groups.filter((g) => g.type === x).reduce((s, g) => s + g.n, 0) : n;
      this.groups = [...this.groups.filter((g) => g.type !== x), { type: x, base: "", n: Math.max(0, sum) }];
    }
    this.deals = true;
    this.touch();
  }

  // ---- asking ----

  private question(): PlanQuestion {
    const drones = this.groups.filter((g) => g.n > 0).map(({ type, base, n }) => (base ? { type, base, n } : { type, n }));
    return { promise_s: this.promise_s, bases: this.bases, drones };
  }

  /** The curve is that of the watch's own fleet, free to be at any of the bases. */
  private curveQuestion(): PlanQuestion {
    const drones = this.types.map((type) => ({ type, n: store.watch.drones.filter((d) => d.type === type).length }));
    return { promise_s: this.promise_s, bases: this.bases, drones };
  }

  private async ask(want: Want, question: PlanQuestion | Record<string, never>): Promise<PlanAnswer> {
    this.asking = want;
    emit("whatif");
    this.abort = new AbortController();
    return act<PlanAnswer>("api/plan", { want, asker, lang: lang(), ...question }, this.abort.signal);
  }

  /** The watch file, changed so that it says what is tried; or why it cannot be. */
  async file(): Promise<PlanAnswer> {
    return act<PlanAnswer>("api/plan", { want: "watch", asker: `${asker}-f`, lang: lang(), ...this.question() });
  }

  private touch(): void {
    this.dirty = true;
    // The bound comes in a moment and is waited for, so that figures follow the hand; what takes longer is given up.
    if (this.asking && this.asking !== "bound") this.abort?.abort();
    emit("whatif");
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.dirty && this.open) {
      this.dirty = false;
      try {
        await this.round();
        this.error = "";
      } catch (e) {
        if ((e as Error).name !== "AbortError") this.error = (e as Error).message;
      }
      this.asking = "";
      emit("whatif");
    }
    this.running = false;
  }

  /** One wish: bound, timetable, curve; left as soon as there is a newer one. */
  private async round(): Promise<void> {
    if (this.changed) {
      this.take(await this.ask("bound", this.question()));
      emit("whatif");
      await pause(REST_MS);
      if (this.dirty) return;
      if (!this.answer?.refused) this.take(await this.ask("plan", this.question()));
      emit("whatif");
    } else {
      this.answer = null;
      if (store.watch.radio) this.flying_radio = (await this.ask("radio", {})).radio ?? null;
      emit("whatif");
    }
    const of = JSON.stringify(this.curveQuestion());
    if (this.dirty || this.answer?.refused || of === this.curve_of || !store.watch.drones.length) return;
    await pause(CURVE_REST_MS);
    if (this.dirty) return;
    for (const want of ["price", "curve"] as const) {
      const got = (await this.ask(want, this.curveQuestion())).curve;
      if (this.dirty) return;
      if (got) this.curve = got;
      emit("whatif");
    }
    this.curve_of = of;
  }

  private take(a: PlanAnswer): void {
    this.answer = a;
    // Where the planner put the drones is where they are from now on.
    if (this.deals && !a.refused && !this.dirty) {
      this.groups = a.drones.map((g) => ({ ...g }));
      this.deals = false;
    }
  }
}

function key(of: { promise_s: number; bases: PlanBase[]; groups: Group[] }): unknown {
  const bases = of.bases.map((b) => [b.name, b.lat.toFixed(5), b.lon.toFixed(5)].join());
  const groups = of.groups.filter((g) => g.n > 0).map((g) => [g.base, g.type, g.n].join());
  return [of.promise_s, bases.sort(), groups.sort()];
}

export const whatif = new WhatIf();
