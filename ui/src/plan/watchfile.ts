// What to change in the watch file so that what was tried comes to fly: the lines, in the file's own form.
import { store } from "../store";
import { whatif, type Group, type PlanBase } from "./whatif";

/** A duration as the watch file takes it: 90min is 1h 30min. */
function duration(s: number): string {
  const h = Math.floor(s / 3600);
  const min = Math.round((s % 3600) / 60);
  return h && min ? `${h}h ${min}min` : h ? `${h}h` : `${min}min`;
}

const plain = (name: string): string => (/^[\p{L}][\p{L}\p{N} _-]*$/u.test(name) ? name : JSON.stringify(name));

function baseLine(b: PlanBase): string {
  const pads = store.watch.bases.find((x) => x.name === b.name)?.pads ?? 2;
  return `  - {name: ${plain(b.name)}, at: [${b.lat.toFixed(5)}, ${b.lon.toFixed(5)}], pads: ${pads}}`;
}

function droneLines(groups: Group[]): string[] {
  const own = store.watch.drones.map((d) => ({ ...d, used: false }));
  const out: { id: string; type: string; base: string }[] = [];
  const wanted = groups.flatMap((g) => Array.from({ length: g.n }, () => g));
  // Drones keep their names where they stay; then any of the type; then new ones.
  const named = wanted.map((g) => {
    const d = own.find((x) => !x.used && x.type === g.type && x.base === g.base);
    if (d) d.used = true;
    return d?.id ?? "";
  });
  let k = 0;
  wanted.forEach((g, i) => {
    const spare = named[i] ? undefined : own.find((x) => !x.used && x.type === g.type);
    if (spare) spare.used = true;
    let id = named[i] || spare?.id || "";
    while (!id || (!named[i] && !spare && own.some((x) => x.id === id))) id = `N${++k}`;
    out.push({ id, type: g.type, base: g.base });
  });
  return out.map((d) => `  - {id: ${plain(d.id)}, type: ${plain(d.type)}${d.base ? `, base: ${plain(d.base)}` : ""}}`);
}

/** The parts that differ from the watch file; whole lists where anything in them differs. */
export function changedLines(): string {
  const w = store.watch;
  const out = [`# ${w.name}`];
  if (whatif.promise_s !== w.promise_s) out.push("line:", `  revisit: ${duration(whatif.promise_s)}`);
  const bases = whatif.bases.map(baseLine);
  const before = w.bases.map((b) => baseLine(b));
  if (bases.join("\n") !== before.join("\n")) out.push("bases:", ...bases);
  const drones = droneLines(whatif.groups.filter((g) => g.n > 0));
  if (drones.slice().sort().join("\n") !== w.drones.map((d) => `  - {id: ${plain(d.id)}, type: ${plain(d.type)}${d.base ? `, base: ${plain(d.base)}` : ""}}`).sort().join("\n")) out.push("drones:", ...drones);
  return `${out.join("\n")}\n`;
}
