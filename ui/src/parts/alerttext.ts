// What an alert says in words, from its kind and parameters.
import type { Alert } from "../api";
import { hhmm, km, num as digits, percent, span } from "../fmt";
import { t, tMaybe, words, type Words } from "../lang";
import { store } from "../store";
import { windWords } from "./tracks";

export interface AlertText {
  title: Words;
  more: Words | null;
  cause: Words | null;
}

const str = (v: unknown): string => (v === null || v === undefined ? "" : String(v));
const num = (v: unknown): number => (typeof v === "number" ? v : Number(v) || 0);

function where(p: Alert["params"]): Words {
  const values = { a: km(num(p.from_km) * 1000), b: km(num(p.to_km) * 1000), line: str(p.line) };
  return store.net.single || !p.line ? t("where_km", values) : t("where_km_line", values);
}

function swept(p: Alert["params"]): Words | null {
  return p.from_km === undefined || p.from_km === null ? null : t("a_swept", { where: where(p) });
}

type Teller = (p: Alert["params"]) => AlertText;

interface Forecast {
  gap_s: number;
  promise_s: number;
  km: number;
  broken_km: number;
  line: string;
}

function wind(p: Alert["params"]): { speed: Words; from: Words } {
  const w = p.wind as unknown as { from_deg: number; speed_mps: number } | undefined;
  return { speed: t("speed", { n: digits(num(w?.speed_mps), 1) }), from: words(`${num(w?.from_deg)}°`) };
}

function replannedTitle(p: Alert["params"], out: string, back: string): Words {
  if (p.cause === "wind") return t("a_replanned_wind", wind(p));
  if (out) return t(num(p.bases) > 0 ? "a_replanned_out" : "a_replanned_on", { drones: out });
  return back ? t("a_replanned_back", { drones: back }) : t("a_replanned_promise");
}

/** The timetable was made anew: for whose sake, what it promises, what it would have been without. */
function replanned(p: Alert["params"]): AlertText {
  const list = (v: unknown): string => (Array.isArray(v) ? v.join(", ") : "");
  const now = p.with as unknown as Forecast;
  const before = p.without as unknown as Forecast;
  const values = { gap: span(num(now?.gap_s)), promise: span(num(now?.promise_s)), before: span(num(before?.gap_s)) };
  return {
    title: replannedTitle(p, list(p.out), list(p.back)),
    more: t(num(now?.broken_km) > 0 ? "a_replanned_broken" : "a_replanned_kept", { ...values, km: km(num(now?.broken_km) * 1000) }),
    cause: num(now?.broken_km) > 0 ? t("a_replanned_where", { km: km(num(now?.km) * 1000) }) : null,
  };
}

/** It will not get home with its reserve: by how much, and what the station does about it. */
function energy(p: Alert["params"]): AlertText {
  const values = { drone: str(p.drone), base: str(p.base), share: percent(Math.max(0, -num(p.margin))), battery: percent(num(p.battery)) };
  const what = p.act === "divert" ? "a_energy_divert" : p.act === "return" ? "a_energy_return" : "a_energy_none";
  return { title: t("a_energy", values), more: t("a_energy_more", values), cause: t(what, values) };
}

function height(p: Alert["params"]): AlertText {
  const low = p.ceiling_m === undefined;
  const values = { drone: str(p.drone), n: digits(num(p.agl_m)), limit: digits(num(low ? p.floor_m : p.ceiling_m)) };
  return { title: t(low ? "a_low" : "a_high", values), more: t(low ? "a_low_more" : "a_high_more", values), cause: null };
}

/** An aircraft comes near: who, where, when nearest, what the pilot may do. */
function near(p: Alert["params"], title: "a_traffic" | "a_conflict"): AlertText {
  const c = p.contact as { name?: string; id?: string; kind?: string } | null;
  const kind = tMaybe(`kind_${str(c?.kind)}`, str(c?.kind));
  const up = num(p.vertical_m);
  const ten = (v: unknown): Words => digits(Math.round(Math.abs(num(v)) / 10) * 10);
  const height = p.vertical_m === undefined ? t("traffic_no_height") : t(up < 0 ? "a_traffic_below" : "a_traffic_above", { h: ten(up), error: ten(p.height_error_m) });
  const values = { distance: km(num(p.distance_m)), bearing: `${digits(num(p.bearing_deg))}°`, height, when: span(num(p.closest_s)), closest: ten(p.closest_m) };
  return {
    title: t(title, { contact: `${kind} ${str(c?.name ?? c?.id)}`, drone: str(p.drone) }),
    more: t("a_traffic_more", values),
    cause: tMaybe(`advice_${str(p.advice)}`, "", { m: digits(num(p.descend_m)), deg: digits(num(p.turn_deg)) }),
  };
}

/** Something on the ground is near the line, in a zone, or over the line: what, where, how surely, who saw it. */
function track(p: Alert["params"]): AlertText {
  const n = num(p.n);
  const kind = str(p.class) || "unknown";
  const what = n > 1 ? tMaybe(`several_${kind}`, kind, { n: digits(n) }) : tMaybe(`class_${kind}`, kind);
  const at = { km: km(num(p.km) * 1000, 2), line: str(p.line) };
  const where = p.km === undefined ? words("") : store.net.single ? t("at_km", at) : t("at_km_line", at);
  const moves = num(p.speed_mps) >= 0.3 ? t("track_moves", { speed: digits(num(p.speed_mps), 1), to: windWords(num(p.heading_deg)) }) : t("track_stands");
  const values = { what, where, zone: str(p.zone), error: digits(Math.max(1, num(p.error_m))), moves, by: str(p.by), time: hhmm(num(p.seen_us) / 1e6) };
  const title = p.what === "crossed" ? "a_track_crossed" : p.what === "zone" ? "a_track_zone" : "a_track_inside";
  const cause = p.ended ? t("a_track_ended") : p.eta_s !== undefined ? t("a_track_eta", { when: span(num(p.eta_s)) }) : null;
  return { title: t(title, values), more: t("a_track_more", values), cause };
}

const feeds = (p: Alert["params"]): string => (Array.isArray(p.feeds) ? p.feeds : []).map((f: { kind: string; from: string }) => `${f.kind} ${f.from}`).join(", ");

const tellers: Record<string, Teller> = {
  unseen: (p) => ({
    title: t("a_unseen", { where: where(p) }),
    more: t("a_unseen_more", { age: span(num(p.age_s)), promise: span(num(p.promise_s)) }),
    cause: p.cause ? tMaybe(`cause_${str(p.cause)}`, str(p.cause), { drone: str(p.drone) }) : null,
  }),
  stale: (p) => ({ title: t("a_stale", { drone: str(p.drone) }), more: t("a_stale_more", { sortie: str(p.sortie) }), cause: swept(p) }),
  lost: (p) => ({ title: t("a_lost", { drone: str(p.drone) }), more: t("a_lost_more", { sortie: str(p.sortie) }), cause: swept(p) }),
  heard_again: (p) => ({ title: t("a_heard_again", { drone: str(p.drone) }), more: t("a_heard_again_more"), cause: null }),
  mission_failed: (p) => ({
    title: t("a_mission_failed", { drone: str(p.drone) }),
    more: t("a_mission_failed_more", { sortie: str(p.sortie), reason: str(p.reason) }),
    cause: null,
  }),
  battery: (p) => ({ title: t("a_battery", { drone: str(p.drone) }), more: t("a_battery_more", { battery: percent(num(p.battery)) }), cause: null }),
  refused: (p) => ({ title: t("a_refused", { drone: str(p.drone) }), more: p.reason ? words(str(p.reason)) : null, cause: null }),
  record: (p) => ({ title: t("a_record"), more: t("a_record_more", { reason: str(p.reason) }), cause: null }),
  late_launch: (p) => ({
    title: t("a_late_launch", { drone: str(p.drone) }),
    more: t("a_late_launch_more", { sortie: str(p.sortie), late: span(num(p.late_s)) }),
    cause: null,
  }),
  energy: (p) => energy(p),
  off_track: (p) => ({ title: t("a_off_track", { drone: str(p.drone) }), more: t("a_off_track_more", { n: digits(num(p.cross_m)) }), cause: null }),
  height: (p) => height(p),
  near_own: (p) => ({
    title: t("a_near_own", { drone: str(p.drone), other: str(p.other) }),
    more: t("a_near_own_more", { n: digits(num(p.in_s)), across: digits(num(p.horizontal_m)), up: digits(num(p.vertical_m)) }),
    cause: p.hold ? t("a_near_own_hold", { drone: str(p.hold) }) : null,
  }),
  says_landed: (p) => ({ title: t("a_says_landed", { drone: str(p.drone) }), more: t("a_says_landed_more"), cause: null }),
  list_replaced: (p) => ({ title: t("a_list_replaced", { drone: str(p.drone) }), more: t("a_list_replaced_more", { sortie: str(p.sortie) }), cause: null }),
  replaced: (p) => ({ title: t("a_replaced", { drone: str(p.drone) }), more: t("a_replaced_more", { sortie: str(p.sortie) }), cause: null }),
  control: (p) => ({ title: t("a_control", { drone: str(p.drone), station: str(p.station) }), more: t("a_control_more"), cause: null }),
  replanned: (p) => replanned(p),
  wind: (p) => ({ title: t("a_wind", wind(p)), more: words(str(p.reason)), cause: null }),
  traffic: (p) => near(p, "a_traffic"),
  conflict: (p) => near(p, "a_conflict"),
  feed: (p) => ({ title: t("a_feed", { feeds: feeds(p) }), more: t("a_feed_more"), cause: null }),
  track: (p) => track(p),
  report: (p) => ({
    title: t("a_report", { by: str(p.by), what: tMaybe(`class_${str(p.class)}`, str(p.class)) }),
    more: t("a_report_more", { error: digits(num(p.error_m)) }),
    cause: p.note ? words(str(p.note)) : null,
  }),
  zone: (p) => ({ title: t("a_zone", { drone: str(p.drone), zone: str(p.zone) }), more: t("a_zone_more"), cause: null }),
};

export function alertText(a: Alert): AlertText {
  const teller = tellers[a.kind];
  return teller ? teller(a.params) : { title: t("a_other", { kind: a.kind }), more: null, cause: null };
}
