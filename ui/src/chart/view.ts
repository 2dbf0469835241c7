// The chart's window on time and kilometres, and its place on the screen.
const AXIS_PX = 24;

export interface Window {
  from_s: number;
  to_s: number;
  lo_m: number;
  hi_m: number;
}

export class View {
  width = 0;
  height = 0;
  /** Room for kilometres at the left. */
  readonly left = 58;
  constructor(public window: Window) {}

  get plotW(): number {
    return this.width - this.left;
  }
  get plotH(): number {
    return this.height - AXIS_PX;
  }
  x(t_s: number): number {
    return this.left + ((t_s - this.window.from_s) / (this.window.to_s - this.window.from_s)) * this.plotW;
  }
  y(axis_m: number): number {
    return this.plotH * (1 - (axis_m - this.window.lo_m) / (this.window.hi_m - this.window.lo_m));
  }
  timeAt(x: number): number {
    return this.window.from_s + ((x - this.left) / this.plotW) * (this.window.to_s - this.window.from_s);
  }
  axisAt(y: number): number {
    return this.window.hi_m - (y / this.plotH) * (this.window.hi_m - this.window.lo_m);
  }
}
