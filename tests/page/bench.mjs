// Measures the page: frames a second with 100 drones moving over 1,000 km of line, first picture, size.
//   node bench.mjs [--url URL] [--seconds 5]      without --url it feeds itself (feeder.mjs)
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { browser } from "./browser.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const option = (name, fallback) => {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? fallback : process.argv[i + 1];
};
const seconds = Number(option("seconds", 5));
const PORT = 8093;
let url = option("url", "");
let feeder = null;
if (!url) {
  feeder = spawn(process.execPath, [join(here, "feeder.mjs"), "--port", String(PORT), "--drones", "100", "--sectors", "100", "--km", "1000"], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => feeder.stdout.once("data", resolve));
  url = `http://127.0.0.1:${PORT}/`;
}

/** Frames of the browser and drawings of the drones over some seconds. */
async function frames(page, ms) {
  return page.evaluate(async (span) => {
    const overlay = window.vigie.page.map.overlay;
    const drawn0 = overlay.frames;
    const times = [];
    const t0 = performance.now();
    await new Promise((resolve) => {
      const tick = (t) => {
        times.push(t);
        if (t - t0 < span) requestAnimationFrame(tick);
        else resolve();
      };
      requestAnimationFrame(tick);
    });
    const took = times[times.length - 1] - times[0];
    const gaps = times.slice(1).map((t, i) => t - times[i]).sort((a, b) => a - b);
    return { fps: ((times.length - 1) * 1000) / took, drawn: ((overlay.frames - drawn0) * 1000) / took, p95: gaps[Math.floor(gaps.length * 0.95)], worst: gaps[gaps.length - 1] };
  }, ms);
}

const b = await browser(process.argv.slice(3).filter((a) => a.startsWith("--disable")));
try {
  const page = await (await b.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(url);
  await page.waitForFunction(() => window.vigie?.page.map.ready_ms > 0, null, { timeout: 30000 });
  const first = await page.evaluate(() => Math.round(window.vigie.page.map.overlay.line_ms));
  const idle = await page.evaluate(() => Math.round(window.vigie.page.map.ready_ms));
  await page.waitForTimeout(1500);
  const still = await frames(page, seconds * 1000);
  const pan = page.evaluate((ms) => {
    const map = window.vigie.page.map.map;
    map.panBy([600, 0], { duration: ms, easing: (x) => x });
  }, 3000);
  await pan;
  const moving = await frames(page, 3000);
  const drones = await page.evaluate(() => [...window.vigie.page.map.overlay.glides.gliders.values()].filter((g) => g.moving).length);
  const out = join(here, "../../build/ui");
  const size = readdirSync(out).filter((n) => !n.endsWith(".txt")).reduce((sum, n) => sum + gzipSync(readFileSync(join(out, n)), { level: 9 }).length, 0);
  const line = (name, figure, unit, aim) => console.log(`${name}: ${figure} ${unit} (aim: ${aim})`);
  line("drones moving", drones, "drones", "100 with the feeder");
  line("frames, map standing", still.fps.toFixed(1), "1/s", "60");
  line("drone drawings, map standing", still.drawn.toFixed(1), "1/s", "60");
  line("frame gap p95 / worst", `${still.p95.toFixed(1)} / ${still.worst.toFixed(1)}`, "ms", "under 17 / 100");
  line("frames, map panned (software GL)", moving.fps.toFixed(1), "1/s", "60 with a GPU");
  line("first picture of the line", first, "ms", "under 2000");
  line("map idle", idle, "ms", "none");
  line("page compressed", size, "bytes", "under 1500000");
} finally {
  await b.close();
  feeder?.kill();
}
