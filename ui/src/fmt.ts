// Numbers, times and spans as people of each language write them. Times are UTC.
import { lang, words, type Words } from "./lang";

const two = (n: number): string => String(n).padStart(2, "0");
const NBSP = "\u00a0";

/** HH:MM:SS of a UTC time. */
export function clock(t_us: number): Words {
  const d = new Date(t_us / 1000);
  return words(`${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`);
}

/** HH:MM of a UTC time. */
export function hhmm(t_s: number): Words {
  const d = new Date(t_s * 1000);
  return words(`${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`);
}

/** Day and month of a UTC time, as 23 Nov. */
export function day(t_s: number): Words {
  const form = new Intl.DateTimeFormat(lang(), { day: "numeric", month: "short", timeZone: "UTC" });
  return words(form.format(new Date(t_s * 1000)));
}

/** A span as people say it: 42 s, 12 min, 3 h 12, 2 d 4 h. */
export function span(seconds: number): Words {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return words(`${s}${NBSP}s`);
  const m = Math.floor(s / 60);
  if (m < 60) return words(`${m}${NBSP}min`);
  const h = Math.floor(m / 60);
  if (h < 48) return words(m % 60 ? `${h}${NBSP}h${NBSP}${two(m % 60)}` : `${h}${NBSP}h`);
  const d = Math.floor(h / 24);
  return words(`${d}${NBSP}${lang() === "fr" ? "j" : "d"}${h % 24 ? `${NBSP}${h % 24}${NBSP}h` : ""}`);
}

export function num(value: number, digits = 0): Words {
  return words(new Intl.NumberFormat(lang(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value));
}

/** Kilometres of a distance in metres, one decimal where it says something. */
export function km(metres: number, digits = 1): Words {
  return num(metres / 1000, digits);
}

export function percent(share: number): Words {
  return words(new Intl.NumberFormat(lang(), { style: "percent", maximumFractionDigits: 0 }).format(share));
}
