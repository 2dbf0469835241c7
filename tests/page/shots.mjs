// Pictures of the page for looking at: node shots.mjs DIR [--url URL]
import { mkdirSync } from "node:fs";
import { browser } from "./browser.mjs";

const dir = process.argv[2] ?? "shots";
const at = process.argv.indexOf("--url");
const url = at > 0 ? process.argv[at + 1] : "http://127.0.0.1:8090/";
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : "";
mkdirSync(dir, { recursive: true });
const b = await browser();
const views = [["wide-dark-en", 1440, 900, "dark", "en"], ["wide-light-fr", 1440, 900, "light", "fr"], ["narrow-dark-fr", 390, 844, "dark", "fr"], ["narrow-light-en", 390, 844, "light", "en"]];
for (const [name, width, height, theme, lang] of views) {
  if (!name.includes(only)) continue;
  const ctx = await b.newContext({ viewport: { width, height } });
  await ctx.addInitScript(([t, l]) => {
    localStorage.setItem("vigie.theme", t);
    localStorage.setItem("vigie.lang", l);
  }, [theme, lang]);
  const page = await ctx.newPage();
  page.on("console", (m) => m.type() === "error" && console.log(name, m.text()));
  page.on("pageerror", (e) => console.log(name, e.message));
  await page.goto(url);
  await page.waitForFunction(() => window.vigie?.page.map.ready_ms > 0, null, { timeout: 20000 });
  await page.waitForTimeout(1200);
  await page.screenshot({ path: `${dir}/${name}.png` });
  await page.click("#tab-drones");
  await page.waitForTimeout(400);
  const first = page.locator(".drone-head").first();
  if (await first.count()) await first.click();
  await page.waitForTimeout(2500);
  await page.screenshot({ path: `${dir}/${name}-drones.png` });
  await ctx.close();
}
await b.close();
