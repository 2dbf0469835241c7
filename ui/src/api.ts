// The station's interface as docs/api.md states it: types, reads and acts.

export type LonLat = [number, number];

export interface About {
  name: string;
  version: string;
  mode: "live" | "replay";
  lang: string;
  /** The watch has receivers of other aircraft and ships. */
  traffic?: boolean;
}

export interface LineInfo {
  name: string;
  length_m: number;
  offset_m: number;
  first_bin: number;
  n_bins: number;
  coordinates: LonLat[];
  s_m: number[];
}

export interface Stretch {
  id: string;
  name: string;
  line: number;
  from_m: number;
  to_m: number;
  revisit_s: number;
  depth_m: number;
  unreachable: boolean;
  reason: string;
}

export interface Base {
  name: string;
  lat: number;
  lon: number;
  pads: number;
}

export interface Zone {
  name: string;
  kind: string;
  coordinates: LonLat[];
}

export interface Place {
  name: string;
  lat: number;
  lon: number;
  population: number;
}

export interface Watch {
  name: string;
  promise_s: number;
  attribution: string;
  start_us: number;
  sim: boolean;
  speed: number;
  from_us: number;
  to_us: number;
  bin_m: number;
  lines: LineInfo[];
  stretches: Stretch[];
  bases: Base[];
  zones: Zone[];
  places: Place[];
  drones: { id: string; type: string; base: string }[];
  /** Whether the station knows where the cells of seen ground lie: not in the replay of an old record. */
  cells: boolean;
  terrain: { bounds: [number, number, number, number]; maxzoom: number } | null;
  /** Whether the watch says what bases hear. */
  radio?: boolean;
  plan?: { period_s: number; worst_gap_s: number; bound_s: number; ratio: number } | null;
}

export type PromiseState = "starting" | "kept" | "at_risk" | "broken";

export interface PromiseInfo {
  state: PromiseState;
  promise_s: number;
  worst_ratio: number | null;
  worst_age_s: number | null;
  worst_line: number | null;
  worst_m: number | null;
  seen_share: number | null;
  up: number;
  turning: number;
  lost: number;
}

/** One way to a drone. Reception fields only from radios that tell of it. */
export interface DroneLink {
  to: string;
  state: "never" | "up" | "silent" | "closed";
  used: boolean;
  satellite: boolean;
  delay_ms: number | null;
  loss: number | null;
  rssi: number | null;
  remote_rssi: number | null;
  noise: number | null;
  buffer_free: number | null;
}

export interface Drone {
  id: string;
  state: string;
  phase: string;
  link: "never" | "fresh" | "stale" | "lost";
  heard_us: number;
  lat: number | null;
  lon: number | null;
  alt_msl_m: number | null;
  agl_m: number | null;
  heading_deg: number | null;
  speed_mps: number | null;
  battery: number | null;
  mode: string;
  armed: boolean;
  sortie: string;
  line: number | null;
  s_m: number | null;
  footprint: LonLat[];
  next: string;
  next_us: number | null;
  note: string;
  signed?: "" | "signed" | "unsigned" | "refused";
  links?: DroneLink[];
  trail: [number, number, number][];
}

/** One point of the pre-flight list. */
export interface PreflightPoint {
  point: string;
  title: string;
  state: "good" | "waiting" | "bad" | "unknown";
  holds: boolean;
  overruled: boolean;
  may_overrule: boolean;
  reason: string;
}

/** A flight against its plan, once a second; null where not known. */
export interface Flight {
  base: string;
  held: boolean;
  reachable: boolean;
  measured: boolean;
  age_s: number | null;
  late_s: number | null;
  cross_m: number | null;
  agl_m: number | null;
  floor_m: number | null;
  ceiling_m: number | null;
  battery: number | null;
  reserve: number | null;
  wind_mps: number | null;
  home_m: number | null;
  home_s: number | null;
  margin: number | null;
  margin_s: number | null;
  end_margin: number | null;
}

/** Beyond the live stream: what a person needs who decides about one drone (docs/api.md, "One drone"). */
export interface DroneStatus {
  id: string;
  kind: string;
  vtol: string;
  sortie: string;
  lost_link: { state: string; reason: string };
  preflight: PreflightPoint[];
  flight: Flight | null;
  announced: { act: string; base: string; at_us: number } | null;
  stopped_by: string;
  acts: string[];
  /** null: the drone does not say which station is in control of it. */
  control: { station: number; ours: boolean; open: boolean; others: number[]; wanted_by: number; wanted_until_us: number; acts: string[] } | null;
}

export interface Alert {
  id: string;
  kind: string;
  level: "urgent" | "warning" | "info";
  state: "open" | "taken" | "closed";
  t_us: number;
  last_us: number;
  by: string;
  lat: number | null;
  lon: number | null;
  params: Record<string, unknown>;
}

/** Another aircraft, drone or ship; what is not known is not there. */
export interface Contact {
  id: string;
  space: string;
  kind: string;
  name?: string;
  lat: number;
  lon: number;
  age_s: number;
  stale: boolean;
  alt_msl_m?: number;
  alt_error_p95_m?: number;
  alt_source?: string;
  course_deg?: number;
  speed_mps?: number;
  climb_mps?: number;
  ground?: boolean;
  emergency?: boolean;
}

export interface TrafficAlarm {
  drone: string;
  contact: Contact | null;
  level: "near" | "conflict";
}

export interface Traffic {
  given: boolean;
  above_m: number;
  contacts: Contact[];
  alarms: TrafficAlarm[];
}

export type TrackClass = "unknown" | "person" | "vehicle" | "animal" | "vessel";

/** An object on the ground as the tracker holds it (docs/api.md, "tracks"). */
export interface Track {
  id: string;
  state: "confirmed" | "coasting" | "ended";
  by: string;
  motion: string;
  zone: string;
  alert: string;
  class: TrackClass;
  class_p: Record<TrackClass, number>;
  t_us: number;
  born_us: number;
  seen_us: number;
  /** 0: it has not crossed the line. */
  crossed_us: number;
  lat: number;
  lon: number;
  ve: number;
  vn: number;
  /** Of the place, m²: xx, xy, yy; x east, y north. */
  cov: [number, number, number];
  error_m: number;
  p: number;
  looks: number;
  hits: number;
  relinked: number;
  line: number | null;
  s_m: number | null;
  side_m: number | null;
  trail: [number, number, number][];
  /** By whom, from when to when (s), without a break. */
  seen: [string, number, number][];
}

export interface Sortie {
  id: string;
  drone: string;
  base_from: string;
  base_to: string;
  state: string;
  takeoff_us: number;
  land_us: number;
  consent: string;
  reason: string;
}

export interface Snapshot {
  type: "snapshot";
  seq: number;
  t_us: number;
  start_us: number;
  sim: boolean;
  speed: number;
  promise: PromiseInfo;
  drones: Drone[];
  alerts: Alert[];
  sorties: Sortie[];
  tracks?: Track[];
  bins: number[];
}

export interface Delta {
  type: "delta";
  seq: number;
  t_us: number;
  promise?: PromiseInfo;
  drones?: Drone[];
  alerts?: Alert[];
  sorties?: Sortie[];
  tracks?: Track[];
  bins?: [number, number][];
  remove?: { sorties?: string[] };
}

export type ChartPoint = [number, number] | null;

export interface Pass {
  drone: string;
  sortie: string;
  points: ChartPoint[];
}

export interface ChartData {
  from_us: number;
  to_us: number;
  flown: Pass[];
  planned: Pass[];
  seen: [number, number][];
}

export interface Mission {
  id: string;
  coordinates: number[][];
}

export interface Look {
  gsd_m: number;
  person: number;
  group: number;
  vehicle: number;
}

export interface Cell {
  line: number;
  s_m: number;
  side_m: number;
  seen_s: number;
  looks: number;
  last: Look | null;
  best: Look | null;
}

/** A question to the planner: what is left out is as in the watch file (docs/api.md, "Planning"). */
export interface PlanQuestion {
  promise_s: number;
  bases: { name: string; lat: number; lon: number }[];
  drones: { type: string; base?: string; n: number }[];
}

export interface Unreached {
  line: number;
  from_m: number;
  to_m: number;
  reason: string;
}

export interface CurvePoint {
  promise_s: number;
  proven: number;
  planned: number | null;
  worst_gap_s: number | null;
}

export interface Curve {
  bound_s: number;
  reach_m: number;
  drones: number;
  points: CurvePoint[];
}

/** Of all flights once: what no base hears. */
export interface Radio {
  flown_m: number;
  out_m: number;
  longest_s: number;
  silent: { sortie: string; points: LonLat[] }[];
}

export interface PlanAnswer {
  promise_s: number;
  refused?: string;
  bound_s: number;
  reach_m: number;
  line_m: number;
  drones: { type: string; base: string; n: number }[];
  unreached: Unreached[];
  plan?: { worst_gap_s: number; period_s: number; ratio: number; planned: Pass[]; radio: Radio | null };
  /** Of the timetable in force, where that was asked. */
  radio?: Radio | null;
  curve?: Curve;
  /** The changed watch file. */
  text?: string;
}

export interface VideoStream {
  id: number;
  name: string;
  uri: string;
  type: string;
  running: boolean;
  thermal: boolean;
  width: number;
  height: number;
}

/** What a drone carries and says beside its flight. */
export interface Aboard {
  id: string;
  camera: { vendor: string; model: string; storage: string; zoom: number | null; recording: boolean | null; recording_s: number | null; free_mib: number | null } | null;
  streams: VideoStream[];
  gimbal: { holder: "ours" | "free" | "other"; sysid: number } | null;
  remote_id: { good: boolean; reason: string } | null;
  texts: { t_us: number; severity: string; text: string }[];
}

async function answer<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as T;
  const said = body && typeof body === "object" && "error" in body ? String((body as { error: unknown }).error) : String(response.status);
  throw new Error(said);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answer<T>(await fetch(path, { credentials: "same-origin", ...(signal ? { signal } : {}) }));
}

/** An act. The header keeps other sites' forms out (docs/api.md). */
export async function act<T>(path: string, body: Record<string, unknown> = {}, signal?: AbortSignal): Promise<T> {
  const headers = { "Content-Type": "application/json", "X-Vigie": "1" };
  return answer<T>(await fetch(path, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body), ...(signal ? { signal } : {}) }));
}

export const chartUrl = (from_s: number, to_s: number): string =>
  `api/chart?from_us=${Math.round(from_s) * 1e6}&to_us=${Math.round(to_s) * 1e6}`;

export const atUrl = (t_us: number): string => `api/at?t_us=${Math.round(t_us)}`;
