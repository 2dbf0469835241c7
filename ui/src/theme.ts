// Light for sunlight, dark for the night. The dark one keeps night vision: warm, dim, no white, little blue.
// The page's own colours are in app.css; here are those that the map and the canvases draw with.
import { emit } from "./emitter";

export type ThemeId = "light" | "dark";

export interface Palette {
  ground: string;
  casing: string;
  band: string;
  ink: string;
  ink_soft: string;
  halo: string;
  panel: string;
  edge: string;
  grid: string;
  accent: string;
  drone: string;
  drone_halo: string;
  trail: string;
  footprint: string;
  lost: string;
  plan: string;
  traffic: string;
  track: string;
  zone: Record<string, string>;
}

export const palettes: Record<ThemeId, Palette> = {
  light: {
    ground: "#e6e2d7",
    casing: "#ffffff",
    band: "#d3d6d6",
    ink: "#16191d",
    ink_soft: "#4c473f",
    halo: "rgba(250,248,242,0.92)",
    panel: "#fbfaf7",
    edge: "#cdc7ba",
    grid: "rgba(60,52,40,0.16)",
    accent: "#0b4f9e",
    drone: "#101418",
    drone_halo: "#ffffff",
    trail: "#1d2733",
    footprint: "#0b4f9e",
    lost: "#b3001b",
    plan: "#7a1fa2",
    traffic: "#00616b",
    track: "#ad3800",
    zone: { alert: "#8a5a00", privacy: "#5b3a86", "no-fly": "#a3132a", geofence: "#2c5a3c" },
  },
  dark: {
    ground: "#12100d",
    casing: "#050403",
    band: "#241d15",
    ink: "#e4cdb2",
    ink_soft: "#a8937c",
    halo: "rgba(14,12,9,0.92)",
    panel: "#15120e",
    edge: "#332b22",
    grid: "rgba(228,205,178,0.12)",
    accent: "#ffb057",
    drone: "#ffd9a6",
    drone_halo: "#0b0907",
    trail: "#e0b27c",
    footprint: "#ffb057",
    lost: "#ff5a4a",
    plan: "#e6a3cf",
    traffic: "#8fc7b5",
    track: "#eee05a",
    zone: { alert: "#c08a2e", privacy: "#9a7a9c", "no-fly": "#d2513f", geofence: "#7d8f5a" },
  },
};

const KEY = "vigie.theme";
let current: ThemeId = "dark";

export const theme = (): ThemeId => current;
export const palette = (): Palette => palettes[current];

export function setTheme(id: ThemeId, keep = true): void {
  current = id;
  document.documentElement.dataset.theme = id;
  const meta = document.querySelector('meta[name="theme-color"]');
  meta?.setAttribute("content", palettes[id].panel);
  if (keep) localStorage.setItem(KEY, id);
  emit("look");
}

/** What was chosen on this screen, else what the system prefers. */
export function firstTheme(): ThemeId {
  const kept = localStorage.getItem(KEY);
  if (kept === "light" || kept === "dark") return kept;
  return window.matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}
