// Tests of the page in a real browser.
//   node run.mjs                          against the feeder beside this file (live, calm, empty and replay watches)
//   node run.mjs --url URL                against a running station; what it shows is compared with its own /api/watch
//   node run.mjs --serve "CMD" --url URL  starts CMD, which serves URL; it is killed and started again by a test
// The browser reaches the station through a relay here, so that the line between them can be cut.
import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { browser } from "./browser.mjs";
import { planningTests } from "./planning.mjs";
import { aboardTests } from "./aboard.mjs";
import { tracksTests } from "./tracks.mjs";
import { trafficTests } from "./traffic.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const option = (name, fallback) => {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? fallback : process.argv[i + 1];
};
const STATION = option("url", "");
const SERVE = option("serve", "");
const ONLY = option("only", "");
const PORT = 8191;
const LONG = 25000;

class Relay {
  constructor(port, target) {
    this.port = port;
    this.target = new URL(target);
    this.open = new Set();
  }
  up() {
    this.server = createServer((socket) => {
      const far = connect(Number(this.target.port || 80), this.target.hostname);
      for (const [a, b] of [[socket, far], [far, socket]]) {
        a.on("error", () => b.destroy());
        a.on("close", () => b.destroy());
        a.pipe(b);
      }
      this.open.add(socket);
      socket.on("close", () => this.open.delete(socket));
    });
    return new Promise((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
  }
  down() {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const s of this.open) s.destroy();
    return closed;
  }
  get url() {
    return `http://127.0.0.1:${this.port}/`;
  }
}

async function answers(url) {
  for (let i = 0; i < 150; i++) {
    try {
      if ((await fetch(new URL("api/about", url))).ok) return;
    } catch {
      // not up yet
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${url} does not answer`);
}

class Station {
  constructor(url, command) {
    this.url = url;
    this.command = command;
  }
  async start() {
    if (this.command) this.child = spawn(this.command[0], this.command.slice(1), { stdio: ["ignore", "ignore", "inherit"] });
    await answers(this.url);
    // Somebody else's server on the same port would answer as well.
    if (this.child && this.child.exitCode !== null) throw new Error(`${this.command.join(" ")} ended at once: is ${this.url} taken?`);
    return this;
  }
  async kill() {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGKILL");
    await gone;
  }
}

const feeder = (port, ...more) => new Station(`http://127.0.0.1:${port}/`, [process.execPath, join(here, "feeder.mjs"), "--port", String(port), ...more]);

let passed = 0;
let failed = 0;
let skipped = 0;

/** The station at hand has nothing to try this on. */
class Skip extends Error {}
const skip = (why) => {
  throw new Skip(why);
};
/** What find(store) gives in the page; a started station gets time for it to happen, else the test is skipped. */
async function some(page, find, why) {
  const handle = await page.waitForFunction(find, null, { timeout: SERVE ? 3 * LONG : 1000 }).catch(() => skip(why));
  return handle.jsonValue();
}
const check = (yes, what) => {
  if (!yes) throw new Error(what);
};
const same = (a, b, what) => check(a === b, `${what}: ${JSON.stringify(a)} where ${JSON.stringify(b)} was expected`);

const b = await browser();
let errors = [];
let foreign = [];

/** Open the page; errors on its console and requests to other hosts are kept. */
async function open(url, { width = 1440, height = 900, theme = "dark", lang = "en", name = "Aminata", touch = false } = {}) {
  const ctx = await b.newContext({ viewport: { width, height }, hasTouch: touch });
  await ctx.addInitScript(([t, l, n]) => {
    if (!localStorage.getItem("vigie.theme")) localStorage.setItem("vigie.theme", t);
    if (!localStorage.getItem("vigie.lang")) localStorage.setItem("vigie.lang", l);
    if (n) localStorage.setItem("vigie.name", n);
  }, [theme, lang, name]);
  const page = await ctx.newPage();
  page.on("console", (m) => m.type() === "error" && errors.push(m.text()));
  page.on("pageerror", (e) => errors.push(e.message));
  page.on("request", (r) => {
    const u = new URL(r.url());
    if (u.protocol.startsWith("http") && u.host !== new URL(url).host) foreign.push(r.url());
  });
  await page.goto(url);
  await page.waitForFunction(() => window.vigie?.page.map.overlay.line_ms > 0 || window.vigie?.store.replay, null, { timeout: LONG });
  return page;
}

async function test(name, run) {
  if (ONLY && !name.includes(ONLY)) return;
  errors = [];
  foreign = [];
  try {
    await run();
    same(foreign.join(" "), "", "requests to other hosts");
    passed++;
    console.log(`ok    ${name}`);
  } catch (e) {
    if (e instanceof Skip) {
      skipped++;
      console.log(`skip  ${name}: ${e.message}`);
    } else failed++;
    if (!(e instanceof Skip)) console.log(`FAIL  ${name}: ${e.message.split("\n")[0]} ${(/run\.mjs:\d+/.exec((e.stack ?? "").replace(/^[^]*?async open/, "")) ?? [""])[0]}${errors.length ? `\n      console: ${errors.slice(0, 3).join(" | ")}` : ""}`);
  }
  for (const c of b.contexts()) await c.close();
}

const text = (page, sel) => page.locator(sel).first().innerText();
const quiet = () => same(errors.join(" | "), "", "errors on the console");

/** Contrast of two CSS colours, WCAG 2.2 formula. */
const CONTRAST = `(a, b) => {
  const lum = (c) => c.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}`;

/** Every visible text of the page whose contrast with what is behind it is under 4.5 (3 where large). */
async function faint(page) {
  return page.evaluate((source) => {
    const contrast = eval(source);
    const rgb = (s) => (s.match(/[\d.]+/g) ?? []).map(Number);
    const solid = (el) => {
      for (let e = el; e; e = e.parentElement) {
        const c = rgb(getComputedStyle(e).backgroundColor);
        if (c.length >= 3 && (c[3] ?? 1) > 0.9) return c.slice(0, 3);
      }
      return [0, 0, 0];
    };
    const bad = [];
    for (const el of document.querySelectorAll("#app *")) {
      const own = [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
      if (!own || !el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || el.closest("svg, :disabled, .alert.closed")) continue;
      const style = getComputedStyle(el);
      const ratio = contrast(rgb(style.color).slice(0, 3), solid(el));
      const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
      if (ratio < (large ? 3 : 4.5)) bad.push(`${el.className || el.tagName} "${el.textContent.slice(0, 20)}" ${ratio.toFixed(2)}`);
    }
    return bad;
  }, CONTRAST);
}

/** Words of the other language on the screen: strings of its table that differ from this language's, as whole texts or titles. */
async function strangers(page, lang) {
  return page.evaluate((here_lang) => {
    const tables = window.vigie.tables;
    const mine = tables[here_lang];
    const other = tables[here_lang === "fr" ? "en" : "fr"];
    const own = new Set(Object.values(mine));
    // A string becomes a pattern: its {places} stand for anything.
    const patterns = Object.entries(other).filter(([k, s]) => !own.has(s) && s.length > 3 && k !== "switch_language" && mine[k] !== s)
      .map(([k, s]) => [k, new RegExp(`^${s.split(/\{\w+\}/).map((p) => p.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+")}$`)])
      .filter(([, re]) => /[A-Za-zÀ-ÿ]{3}/.test(re.source));
    const seen = new Set();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let n = walk.nextNode(); n; n = walk.nextNode()) if (n.textContent.trim()) seen.add(n.textContent.trim());
    for (const el of document.querySelectorAll("[title], [aria-label]")) {
      if (el.closest(".lang")) continue;
      for (const a of ["title", "aria-label"]) if (el.getAttribute(a)) seen.add(el.getAttribute(a));
    }
    const found = [];
    for (const s of seen) for (const [k, re] of patterns) if (re.test(s) && !Object.values(mine).some((m) => m === s)) found.push(`${k}: ${s}`);
    return found;
  }, lang);
}

async function overflow(page) {
  return page.evaluate(() => {
    const w = document.documentElement.clientWidth;
    const out = [];
    if (document.documentElement.scrollWidth > w) out.push(`page ${document.documentElement.scrollWidth}`);
    for (const el of document.querySelectorAll("#app button, #app .verdict, #app .worst, #app .clock, #app .tab, #app .badge, #app article")) {
      if (!el.checkVisibility() || el.closest(".toasts")) continue;
      const r = el.getBoundingClientRect();
      if (r.width && (r.left < -1 || r.right > w + 1)) out.push(`${el.className} ${Math.round(r.left)}..${Math.round(r.right)}`);
    }
    return out;
  });
}

async function liveTests(station) {
  const relay = new Relay(PORT, station.url);
  await relay.up();
  const url = relay.url;
  const watch = await (await fetch(new URL("api/watch", station.url))).json();

  await test("the first screen says the promise, the worst place, the fleet and the time", async () => {
    const page = await open(url);
    const snap = await page.evaluate(() => window.vigie.store.live.promise);
    const word = { starting: "STARTING", kept: "KEPT", at_risk: "AT RISK", broken: "BROKEN" };
    same(await text(page, ".watch-name h1"), watch.name, "name of the watch");
    // Drones take off and land while we look: picture and screen are read together, and the screen follows at its own pace.
    await page.waitForFunction((words) => {
      const { state, up } = window.vigie.store.live.promise;
      const said = (sel) => document.querySelector(sel)?.textContent.trim() ?? "";
      return said(".verdict-state") === words[state] && said(".fleet-up").startsWith(String(up));
    }, word, { timeout: LONG }).catch(() => check(false, "state of the promise and drones up, as the picture has them"));
    check(await page.locator(".verdict-sign svg").count(), "the state has no shape");
    check(/^\d\d:\d\d:\d\d$/.test(await text(page, ".clock .time")), "the clock is not a time");
    same(await text(page, ".clock .zone"), "UTC", "zone of the clock");
    if (watch.sim) check((await text(page, ".badge")).includes(`×${watch.speed}`), "no badge of the simulation's speed");
    quiet();
  });

  await test("the clock runs between messages at the speed of the watch", async () => {
    const page = await open(url);
    const rates = [];
    // A late message makes the clock jump: on a busy machine not every span shows the speed, but a wrong clock never does.
    for (let i = 0; i < 5 && !rates.some((r) => r > watch.speed * 0.8 && r < watch.speed * 1.2); i++) {
      const [t0, w0] = await page.evaluate(() => [window.vigie.store.liveNow_us(), performance.now()]);
      await page.waitForTimeout(2000);
      const [t1, w1] = await page.evaluate(() => [window.vigie.store.liveNow_us(), performance.now()]);
      rates.push((t1 - t0) / 1000 / (w1 - w0));
    }
    const rate = rates[rates.length - 1];
    check(rate > watch.speed * 0.8 && rate < watch.speed * 1.2, `the clock runs at ${rates.map((r) => r.toFixed(2)).join(", ")}, not ${watch.speed}`);
  });

  await test("the map draws the line by age, bases and drones", async () => {
    const page = await open(url);
    await page.waitForFunction((n) => n === 0 || window.vigie.page.map.map.queryRenderedFeatures({ layers: ["base"] }).length > 0, watch.bases.length, { timeout: LONG });
    await page.evaluate(() => ["trails", "km"].forEach((n) => window.vigie.page.map.setShown(n, false)));
    await page.waitForFunction(() => window.vigie.page.map.overlay.line_ms > 0, null, { timeout: LONG });
    await page.waitForTimeout(1500);
    const look = () => page.evaluate(() => {
      const m = window.vigie.page.map;
      const { net, live } = window.vigie.store;
      const now_s = window.vigie.store.now_us() / 1e6;
      const canvas = document.querySelector(".overlay-back");
      const scale = canvas.width / canvas.clientWidth;
      const out = { places: 0, drawn: 0, fresh: 0, blue: 0, old: 0, red: 0, bases: 0, drones: m.overlay.glides.gliders.size, heard: [...live.drones.values()].filter((d) => d.lat !== null).length };
      const step = Math.max(1, Math.floor(net.n_bins / 160));
      // The middle of many bins: fresh ground is more blue than red, ground past its promise more red than blue.
      for (let b = 0; b < net.n_bins; b += step) {
        const span = net.binSpan(b);
        const [x, y] = m.overlay.screenOf(...net.at({ line: span.line, s_m: (span.from_m + span.to_m) / 2 }));
        if (x < 0 || y < 0 || x >= canvas.clientWidth || y >= canvas.clientHeight) continue;
        const [red, , blue, alpha] = canvas.getContext("2d").getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1).data;
        const ratio = (now_s - live.bins[b]) / (net.revisit_s[b] || window.vigie.store.watch.promise_s);
        out.places++;
        out.drawn += alpha > 150;
        const kind = net.unreachable[b] || !live.bins[b] ? "" : ratio < 0.3 ? "fresh" : ratio > 1.1 ? "old" : "";
        if (kind) out[kind]++;
        if (kind === "fresh") out.blue += blue > red;
        if (kind === "old") out.red += red > blue;
      }
      out.bases = m.map.queryRenderedFeatures({ layers: ["base"] }).length;
      return out;
    });
    // Ground seen a moment ago may not be drawn yet: the drones fly on while we look.
    const agrees = (seen) => seen.blue >= 0.85 * seen.fresh && seen.red >= 0.85 * seen.old && seen.fresh + seen.old > 0;
    let seen = await look();
    for (let n = 0; n < 10 && !agrees(seen); n++) {
      await page.waitForTimeout(1000);
      seen = await look();
    }
    check(seen.places > 10 && seen.drawn > 0.9 * seen.places, `the line on the map: ${JSON.stringify(seen)}`);
    check(agrees(seen), `its colours: ${JSON.stringify(seen)}`);
    check(seen.bases > 0 || watch.bases.length === 0, "no base on the map");
    same(seen.drones, seen.heard, "drones on the map");
    quiet();
  });

  await test("languages switch at once and leave no word behind", async () => {
    const page = await open(url, { lang: "en" });
    for (const [lang, promise] of [["fr", "Promesse"], ["en", "Promise"]]) {
      await page.click(".lang");
      same(await page.evaluate(() => document.documentElement.lang), lang, "language of the page");
      check((await page.locator(".verdict-promise").textContent()).startsWith(promise), "the promise in the other language");
      for (const tab of ["#tab-drones", "#tab-alerts"]) {
        await page.click(tab);
        if (await page.locator(".drone-head").first().isVisible()) await page.locator(".drone-head").first().click();
        same((await strangers(page, lang)).join(" | "), "", `words of the other language on the ${lang} screen`);
      }
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      same((await strangers(page, lang)).join(" | "), "", `words of the other language in the ${lang} help`);
      await page.keyboard.press("Escape");
    }
    await page.click(".lang");
    await page.reload();
    await page.waitForFunction(() => window.vigie?.store.live);
    same(await page.evaluate(() => document.documentElement.lang), "fr", "language after a reload");
    quiet();
  });

  await test("French numbers have decimal commas", async () => {
    const page = await open(url, { lang: "fr" });
    const worst = await page.locator(".worst-place").textContent();
    if (await page.locator(".worst").isVisible()) check(/km [\d\u202f\u00a0]+,\d/.test(worst), `"${worst}" has no decimal comma`);
    quiet();
  });

  await test("an alert is taken by key, named once, then closed", async () => {
    const page = await open(url, { name: "" });
    if (!(await page.locator(".alert").count())) check(await page.locator("#panel-alerts .empty").isVisible(), "without alerts the panel must say that nothing needs you");
    await some(page, () => document.querySelector(".alert.open"), "no open alert");
    const top = await page.locator(".alert.open").first().getAttribute("data-id");
    await page.keyboard.press("a");
    await page.fill(".dialog input", "Fatou");
    await page.keyboard.press("Enter");
    await page.waitForFunction((id) => window.vigie.store.live.alerts.get(id)?.state === "taken", top);
    same(await page.evaluate((id) => window.vigie.store.live.alerts.get(id).by, top), "Fatou", "who has the alert");
    await page.waitForFunction((id) => document.querySelector(`.alert[data-id="${CSS.escape(id)}"] .by`)?.textContent.includes("Fatou"), top);
    await page.keyboard.press("c");
    await page.waitForFunction((id) => window.vigie.store.live.alerts.get(id)?.state === "closed", top);
    same(await page.locator(".dialog").count(), 0, "boxes asking for the name again");
    quiet();
  });

  await test("only an unowned urgent alert blinks", async () => {
    const page = await open(url);
    const blinking = await page.evaluate(() => document.getAnimations().filter((a) => a.playState === "running" && a.effect.getTiming().iterations === Infinity).map((a) => a.effect.target.closest(".alert")?.className ?? a.effect.target.className));
    for (const c of blinking) check(/urgent/.test(c) && /open/.test(c), `${c} blinks`);
    quiet();
  });

  await test("calling a drone home names it and asks once; cancel does nothing", async () => {
    const page = await open(url);
    const posts = [];
    page.on("request", (r) => r.method() === "POST" && posts.push(r));
    const id = await some(page, () => [...window.vigie.store.live.drones.values()].find((d) => d.state === "flying" && d.link === "fresh")?.id, "no drone in the air");
    await page.click("#tab-drones");
    await page.click(`.drone[data-id="${id}"] .drone-head`);
    await page.click(`.drone[data-id="${id}"] .home`);
    check((await text(page, ".dialog h2")).includes(id), "the question does not name the drone");
    await page.keyboard.press("Escape");
    await page.waitForTimeout(300);
    same(posts.length, 0, "acts after a cancel");
    await page.click(`.drone[data-id="${id}"] .home`);
    await page.click(".dialog .danger");
    await page.waitForFunction((d) => window.vigie.store.live.drones.get(d).state !== "flying", id, { timeout: LONG });
    same(posts.length, 1, "acts after one yes");
    same(posts[0].headers()["x-vigie"], "1", "the X-Vigie header");
    quiet();
  });

  for (const [lang, used, says] of [["en", "in use", /signed/], ["fr", "en service", /signés/]]) {
    await test(`a drone's card names each link to it, and whether it signs, ${lang}`, async () => {
      const page = await open(url, { lang });
      const d = await some(page, () => [...window.vigie.store.live.drones.values()].find((x) => x.links?.length && x.signed), "no drone tells of its links");
      await page.click("#tab-drones");
      await page.click(`.drone[data-id="${d.id}"] .drone-head`);
      const lines = await page.locator(`.drone[data-id="${d.id}"] .path`).allInnerTexts();
      same(lines.length, d.links.length, "lines of links");
      check(/^(UDP|TCP|tty)/.test(lines[0].trim()), `names the link: ${lines[0]}`);
      check(lines.some((x) => x.includes(used)) === d.links.length > 1, `says which is in use where there are several: ${lines}`);
      check(says.test(await page.locator(`.drone[data-id="${d.id}"] .signed`).innerText()), "says whether it signs");
      quiet();
    });
  }

  for (const [lang, home, reserve] of [["en", "Without link", /reserve/], ["fr", "Sans liaison", /réserve/]]) {
    await test(`a drone's card says whether it gets home, and asks once before an order, ${lang}`, async () => {
      const page = await open(url, { lang });
      const posts = [];
      page.on("request", (r) => r.method() === "POST" && posts.push(r.url()));
      const id = await some(page, () => [...window.vigie.store.live.drones.values()].find((d) => d.state === "flying" && d.link === "fresh")?.id, "no drone in the air");
      await page.click("#tab-drones");
      await page.click(`.drone[data-id="${id}"] .drone-head`);
      const card = page.locator(`.drone[data-id="${id}"] .drone-detail`);
      await card.locator(".home-margin").waitFor({ timeout: LONG });
      check(reserve.test(await card.locator(".home-margin").innerText()), "says whether it keeps its reserve");
      check((await card.innerText()).includes(home), "says what it does without a link");
      await card.locator('[data-act="hold"]').click();
      check((await text(page, ".dialog h2")).includes(id), "the question does not name the drone");
      await page.keyboard.press("Escape");
      await page.waitForTimeout(300);
      same(posts.length, 0, "acts after a cancel");
      quiet();
    });
  }

  // At twenty times real time 15 s are over before a press: the real station's is tested in tests/station/fly.mjs.
  if (!STATION) await test("an announced act stands on top of the drone's card and is stopped by one press", async () => {
    const page = await open(url);
    const posts = [];
    page.on("request", (r) => r.method() === "POST" && posts.push(new URL(r.url()).pathname));
    const id = await some(page, async () => {
      for (const d of window.vigie.store.live.drones.values()) {
        if ((await (await fetch(`api/drones/${d.id}`)).json()).announced) return d.id;
      }
      return null;
    }, "nothing is announced");
    await page.click("#tab-drones");
    await page.click(`.drone[data-id="${id}"] .drone-head`);
    const banner = page.locator(`.drone[data-id="${id}"] .announced`);
    await banner.locator("button").waitFor({ timeout: LONG });
    check((await banner.innerText()).includes(id), "the banner does not name the drone");
    await banner.locator("button").click();
    await page.waitForFunction(() => !document.querySelector(".announced button:not([hidden])"), null, { timeout: LONG });
    same(posts.join(), `/api/drones/${id}/stop`, "acts");
    quiet();
  });

  // Simulated drones have no operator control: tests/unit/fly and the station's interface are tried with a second station.
  for (const [lang, other, asks] of STATION ? [] : [["en", "Controlled by station 252; 250 may command too", "asks for"], ["fr", "Commandé par la station 252 ; 250 peuvent aussi le commander", "demande"]]) {
    await test(`a drone's card says which station is in control, and answers one that asks, ${lang}`, async () => {
      const page = await open(url, { lang });
      const posts = [];
      page.on("request", (r) => r.method() === "POST" && posts.push(`${new URL(r.url()).pathname} ${r.postData()}`));
      const ids = await some(page, async () => {
        const found = {};
        for (const d of window.vigie.store.live.drones.values()) {
          const c = (await (await fetch(`api/drones/${d.id}`)).json()).control;
          if (c === null) found.none = d.id;
          else if (c.station === 252) found.theirs = d.id;
          else if (c.wanted_by) found.asked = d.id;
        }
        return found.none && found.theirs ? found : null;
      }, "no drone says who is in control");
      check(lang === "fr" || ids.asked, "no drone is asked for");
      await page.click("#tab-drones");
      const card = (id) => page.locator(`.drone[data-id="${id}"] .control`);
      await page.click(`.drone[data-id="${ids.none}"] .drone-head`);
      await page.locator(`.drone[data-id="${ids.none}"] .flight-card`).waitFor({ timeout: LONG });
      check(await card(ids.none).isHidden(), "a drone that does not say has a line all the same");
      await page.click(`.drone[data-id="${ids.theirs}"] .drone-head`);
      await card(ids.theirs).waitFor({ timeout: LONG });
      check((await card(ids.theirs).innerText()).includes(other), `says who: ${await card(ids.theirs).innerText()}`);
      await card(ids.theirs).locator('[data-control="take"]').click();
      check((await text(page, ".dialog h2")).includes(ids.theirs), "the question does not name the drone");
      await page.keyboard.press("Escape");
      await page.waitForTimeout(300);
      same(posts.length, 0, "acts after a cancel");
      if (ids.asked) {
        await page.click(`.drone[data-id="${ids.asked}"] .drone-head`);
        await card(ids.asked).locator('[data-control="refuse"]').waitFor({ timeout: LONG });
        check((await card(ids.asked).innerText()).includes(asks), "does not say that it is asked for");
        await card(ids.asked).locator('[data-control="refuse"]').click();
        await card(ids.asked).locator('[data-control="refuse"]').waitFor({ state: "hidden", timeout: LONG });
        check(posts.length === 1 && posts[0].startsWith(`/api/drones/${ids.asked}/control `) && posts[0].includes('"act":"refuse"'), `acts: ${posts}`);
      }
      quiet();
    });
  }

  await test("a launch waits for consent, by sortie", async () => {
    const page = await open(url);
    await page.click("#tab-drones");
    await some(page, () => [...window.vigie.store.live.sorties.values()].find((s) => s.consent === "needed" && !["landed", "missed", "aborted"].includes(s.state))?.id, "no sortie waits for consent");
    await page.locator(".consent-row .consent").first().click();
    await page.click(".dialog .primary");
    await page.waitForFunction(() => document.querySelector(".toast"), null, { timeout: LONG });
    check(!(await page.locator(".toast.bad").count()), "the consent was not given");
    quiet();
  });

  await test("pointing at a kilometre shows it in map and chart", async () => {
    const page = await open(url);
    await page.waitForTimeout(500);
    const box = await page.locator(".chart-top").boundingBox();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
    await page.waitForFunction(() => window.vigie.store.hover?.from === "chart");
    check(/km \d/.test(await text(page, ".tip strong")), "no kilometre beside the pointer");
    const [x, y] = await page.evaluate(() => {
      const s = window.vigie.store;
      const m = window.vigie.page.map;
      const at = m.overlay.screenOf(...s.net.at({ line: 0, s_m: s.net.line(0).length_m * 0.37 }));
      const r = m.map.getContainer().getBoundingClientRect();
      return [at[0] + r.left, at[1] + r.top];
    });
    await page.mouse.move(x, y);
    await page.waitForFunction(() => window.vigie.store.hover?.from === "map");
    const share = await page.evaluate(() => window.vigie.store.hover.spot.s_m / window.vigie.store.net.line(0).length_m);
    check(Math.abs(share - 0.37) < 0.02, `pointing at 37 % of the line gives ${(share * 100).toFixed(1)} %`);
    quiet();
  });

  await test("a moment of the chart turns the screen, Now brings it back", async () => {
    const page = await open(url);
    await page.waitForFunction(() => window.vigie.page.chart.history.state === "ready", null, { timeout: LONG });
    const start = await page.evaluate(() => window.vigie.moment.from_us);
    const now = await page.evaluate(() => window.vigie.store.liveNow_us());
    const want = start + (now - start) * 0.5;
    const x = await page.evaluate((t) => window.vigie.page.chart.view.x(t / 1e6), want);
    const box = await page.locator(".chart-top").boundingBox();
    await page.mouse.click(box.x + Math.max(70, x), box.y + box.height - 8);
    await page.waitForFunction(() => window.vigie.store.looking_back, null, { timeout: LONG });
    check(await page.locator(".banner.back").isVisible(), "no banner while looking back");
    check(/\d\d:\d\d.*looking back/.test(await text(page, ".banner.back")), "the banner does not say the time");
    const shown = await page.evaluate(() => window.vigie.store.now_us());
    check(shown < now, "the screen is not in the past");
    await page.locator(".moment").focus();
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((t) => window.vigie.store.now_us() < t, shown, { timeout: LONG });
    const at0 = await page.evaluate(() => window.vigie.store.now_us());
    await page.click(".play");
    await page.waitForFunction((t) => window.vigie.store.now_us() > t + 10e6, at0, { timeout: LONG });
    await page.click(".play");
    await page.click(".banner.back .now");
    check(!(await page.evaluate(() => window.vigie.store.looking_back)), "Now does not bring the present back");
    quiet();
  });

  await test("a lost station: the picture ages, says so, and comes back by itself", async () => {
    const page = await open(url);
    await relay.down();
    if (station.command) await station.kill();
    await page.waitForSelector(".banner.away:visible", { timeout: LONG });
    const said = await text(page, ".away-text");
    check(/does not answer; picture of \d\d:\d\d:\d\d/.test(said), `"${said}"`);
    await page.waitForTimeout(1500);
    check(/old/.test(await text(page, ".away-age")), "no age of the picture");
    if (station.command) await station.start();
    await relay.up();
    await page.waitForFunction(() => window.vigie.store.link === "live", null, { timeout: LONG });
    await page.waitForSelector(".banner.away", { state: "hidden" });
    const t0 = await page.evaluate(() => window.vigie.store.live.t_us);
    await page.waitForFunction((t) => window.vigie.store.live.t_us > t, t0, { timeout: LONG });
  });

  await test("a page opened before the station waits for it", async () => {
    await relay.down();
    await relay.up();
    const ctx = await b.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await ctx.newPage();
    await page.route("**/api/about", (r) => r.abort());
    await page.goto(url);
    await page.waitForSelector(".splash");
    check((await text(page, ".splash")).length > 20, "the page does not say what to do");
    await page.unroute("**/api/about");
    await page.waitForFunction(() => window.vigie?.store.live, null, { timeout: LONG });
  });

  for (const [width, height] of [[1440, 900], [390, 844], [1024, 768]]) {
    for (const [theme, lang] of [["dark", "fr"], ["light", "en"]]) {
      await test(`${width} x ${height}, ${theme}, ${lang}: nothing runs over, text can be read`, async () => {
        const page = await open(url, { width, height, theme, lang });
        await page.waitForTimeout(400);
        const tabs = width < 761 ? ["alerts", "drones", "chart"] : ["alerts", "drones"];
        for (const tab of tabs) {
          await page.click(`#tab-${tab}`);
          await page.waitForTimeout(300);
          same((await overflow(page)).join(" | "), "", `over the edge (${tab})`);
          same((await faint(page)).join(" | "), "", `too faint (${tab})`);
        }
        const small = await page.evaluate(() => [...document.querySelectorAll(".rail button")].filter((e) => e.checkVisibility()).filter((e) => e.offsetWidth < 44 || e.offsetHeight < 44 || !e.title).length);
        same(small, 0, "tools under 44 px or without a title");
        quiet();
      });
    }
  }

  await test("everything can be reached with the keyboard, focus is seen", async () => {
    const page = await open(url);
    await page.evaluate(() => document.body.focus());
    const reached = new Set();
    let unseen = "";
    for (let i = 0; i < 70; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const e = document.activeElement;
        const s = getComputedStyle(e);
        return { who: e.id || e.className || e.tagName, seen: e === document.body || (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) };
      });
      reached.add(String(at.who));
      if (!at.seen) unseen = at.who;
    }
    const has = (part) => [...reached].some((r) => r.includes(part));
    for (const part of ["worst", "lang", "theme", "layers", "moment", "chart-top", "tab-alerts", "maplibregl-canvas"]) check(has(part), `${part} is not reached by Tab (${[...reached].join(", ")})`);
    same(unseen, "", "focus that cannot be seen");
    await page.focus("#tab-alerts");
    await page.keyboard.press("ArrowRight");
    same(await page.locator("#tab-drones").getAttribute("aria-selected"), "true", "arrow key on the tabs");
    await page.locator(".layers").focus();
    await page.keyboard.press("Enter");
    check(await page.locator("#layer-box").isVisible(), "Enter does not open the layers");
    await page.keyboard.press("Escape");
    check(!(await page.locator("#layer-box").isVisible()), "Escape does not close the layers");
    quiet();
  });

  await test("unnamed controls: none", async () => {
    const page = await open(url);
    const bad = await page.evaluate(() => [...document.querySelectorAll("button, input, select, [role=tab], [role=img]")].filter((e) => e.checkVisibility() && !(e.getAttribute("aria-label") || e.title || e.textContent.trim() || e.closest("label"))).map((e) => e.className));
    same(bad.join(" "), "", "controls without a name");
  });

  await test("light, dark and 3-D", async () => {
    const page = await open(url, { theme: "dark" });
    await page.keyboard.press("t");
    same(await page.evaluate(() => document.documentElement.dataset.theme), "light", "theme after the key");
    same(await page.evaluate(() => window.vigie.page.map.map.getPaintProperty("ground", "background-color")), "#e6e2d7", "ground of the light map");
    await page.keyboard.press("t");
    if (watch.terrain) {
      await page.keyboard.press("d");
      await page.waitForFunction(() => window.vigie.page.map.terrain && window.vigie.page.map.map.getPitch() > 40, null, { timeout: LONG });
    }
    quiet();
  });

  await test("cells of ground seen: tiles come and hold them, the ground pointed at has words", async () => {
    const page = await open(url);
    await some(page, () => window.vigie.store.live.bins.some((t) => t > 0), "no ground was seen");
    const bin = await page.evaluate(() => {
      const { store } = window.vigie;
      const span = store.net.binSpan(store.live.bins.findIndex((t) => t > 0));
      return { line: span.line, s_m: (span.from_m + span.to_m) / 2 };
    });
    const got = [];
    page.on("response", (r) => r.url().includes("/tiles/seen/") && got.push(r));
    await goTo(page, await placeBeside(page, bin.line, bin.s_m, 75), 13);
    check(got.length > 0, "no tile was asked for");
    same([...new Set(got.map((r) => r.status()))].join(), "200", "answers");
    const counts = await page.evaluate(async (urls) => {
      const canvas = new OffscreenCanvas(256, 256);
      const c = canvas.getContext("2d", { willReadFrequently: true });
      const out = { seen: 0, outside: 0 };
      for (const u of urls) {
        c.drawImage(await createImageBitmap(await (await fetch(u)).blob(), { colorSpaceConversion: "none" }), 0, 0);
        const px = c.getImageData(0, 0, 256, 256).data;
        for (let i = 0; i < px.length; i += 4) {
          const hours = px[i] * 256 + px[i + 1] + px[i + 2] / 256 - 32768;
          if (hours >= 0) out.seen++;
          if (hours === -32768) out.outside++;
        }
      }
      return out;
    }, [...new Set(got.map((r) => r.url()))]);
    check(counts.seen > 100, `only ${counts.seen} pixels of the tiles were seen`);
    check(counts.outside > 100, "tiles have no ground beside the strip");
    const [x, y] = await pointAtMiddle(page);
    await page.mouse.move(x - 40, y);
    await page.mouse.move(x, y);
    await page.waitForFunction(() => document.querySelector(".tip-cell")?.checkVisibility(), null, { timeout: LONG });
    check(/^Here, [\d,]+ m [a-z-]+ of the line/.test(await text(page, ".tip-cell > strong")), await text(page, ".tip-cell"));
    check(/seen .* ago/.test(await text(page, ".tip-cell .tip-line")), `"${await text(page, ".tip-cell .tip-line")}" where ground was seen`);
    quiet();
  });

  await test("drones glide between messages", async () => {
    const page = await open(url);
    await some(page, () => [...window.vigie.store.live.drones.values()].some((d) => d.state === "flying" && d.link === "fresh" && d.speed_mps > 5), "no drone in the air");
    const counts = [];
    // The one in the air may land, or a late message hold it, while we look.
    for (let i = 0; i < 8 && !counts.some((n) => n > 10); i++) {
      counts.push(await page.evaluate(async () => {
        const o = window.vigie.page.map.overlay;
        const spots = new Set();
        for (let k = 0; k < 40; k++) {
          await new Promise((resolve) => requestAnimationFrame(resolve));
          spots.add([...o.glides.gliders.values()].map((g) => `${g.x.toFixed(9)}`).join());
        }
        return spots.size;
      }));
    }
    check(counts.some((n) => n > 10), `only ${counts.join(", ")} different places in 40 frames`);
  });
  await relay.down();
}

// ---- cells of ground

/** What the page's scale of ages is: share of the promise and colour, then past the promise, then never seen. */
const SCALES = {
  light: { stops: [[0, [26, 82, 158]], [0.45, [96, 136, 172]], [0.7, [206, 170, 60]], [0.85, [224, 138, 0]], [1, [196, 92, 0]]], broken: [184, 0, 44], never: [110, 106, 100] },
  dark: { stops: [[0, [44, 82, 122]], [0.45, [98, 112, 116]], [0.7, [176, 140, 52]], [0.85, [232, 154, 28]], [1, [255, 138, 20]]], broken: [255, 62, 48], never: [128, 116, 104] },
};
function colourOf(theme, ratio) {
  const { stops, broken, never } = SCALES[theme];
  if (ratio === null) return never;
  if (ratio > 1) return broken;
  const i = Math.max(1, stops.findIndex(([r]) => r >= ratio));
  const [[r0, a], [r1, z]] = [stops[i - 1], stops[i]];
  return a.map((v, k) => v + ((z[k] - v) * (ratio - r0)) / (r1 - r0));
}

/** A place beside the line: metres along it and to the right of growing kilometres. */
const placeBeside = (page, line, s_m, right_m) => page.evaluate(([k, s, right]) => {
  const net = window.vigie.store.net;
  const [lon, lat] = net.at({ line: k, s_m: s });
  const bearing = ((net.heading({ line: k, s_m: s }) + 90) * Math.PI) / 180;
  const cos = Math.cos((lat * Math.PI) / 180);
  return [lon + (right * Math.sin(bearing)) / (111195 * cos), lat + (right * Math.cos(bearing)) / 111195];
}, [line, s_m, right_m]);

/** The map there, drawn to the end. */
async function goTo(page, at, zoom) {
  await page.evaluate(([center, z]) => window.vigie.page.map.map.jumpTo({ center, zoom: z }), [at, zoom]);
  await page.waitForFunction((z) => {
    const { map, shown } = window.vigie.page.map;
    const on = shown.cells && z >= 9;
    return (map.getLayoutProperty("cells-0", "visibility") === "visible") === on && map.areTilesLoaded() && map.loaded();
  }, zoom, { timeout: LONG });
}

/** What is wanted of the cells is on the map. */
async function drawn(page) {
  await page.waitForTimeout(600); // the page looks every half second
  await page.waitForFunction(() => {
    const { map } = window.vigie.page.map;
    const { past, quality } = window.vigie.store;
    const of = new URL(map.getSource("cells-0").tiles[0]).searchParams;
    const wanted = (of.get("target") ?? "") === quality && (of.get("t_us") ?? "") === (past ? String(Math.round(past.t_us)) : "");
    return wanted && map.getPaintProperty("cells-0", "color-relief-opacity") > 0 && map.areTilesLoaded() && map.loaded();
  }, null, { timeout: LONG });
  await page.waitForTimeout(400);
}

async function turnTo(page, t_us) {
  await page.evaluate((t) => window.vigie.moment.goTo(t), t_us);
  await page.waitForFunction((t) => window.vigie.store.past && Math.abs(window.vigie.store.past.t_us - t) < 2e6, t_us, { timeout: LONG });
  await drawn(page);
}

/** Colour in the middle of the map. */
const middle = (page) => page.evaluate(() => new Promise((resolve) => {
  const map = window.vigie.page.map.map;
  map.once("render", () => {
    const gl = map.getCanvas().getContext("webgl2");
    const px = new Uint8Array(4);
    gl.readPixels(gl.drawingBufferWidth >> 1, gl.drawingBufferHeight >> 1, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, px);
    resolve([...px.slice(0, 3)]);
  });
  map.triggerRepaint();
}));

/** Screen place of the middle of the map. */
async function pointAtMiddle(page, dx = 0, dy = 0) {
  const box = await page.locator("#map").boundingBox();
  return [box.x + box.width / 2 + dx, box.y + box.height / 2 + dy];
}

/** A bin of the live picture whose share of its promise lies between two, away from the ends of its run. */
const binOfAge = (page, lo, hi) => page.evaluate(([a, z]) => {
  const { store } = window.vigie;
  const age = (b) => (store.net.unreachable[b] || !store.live.bins[b] ? NaN : (store.now_us() / 1e6 - store.live.bins[b]) / store.net.revisit_s[b]);
  for (let b = 3; b + 3 < store.net.n_bins; b++) {
    if ([b - 2, b, b + 2].every((k) => age(k) >= a && age(k) < z && store.net.bin_line[k] === store.net.bin_line[b])) {
      const { line, from_m, to_m } = store.net.binSpan(b);
      return { line, s_m: (from_m + to_m) / 2, ratio: age(b) };
    }
  }
  return null;
}, [lo, hi]);

/** The colour of cells alone: the middle of the map with and without them must mix as their opacity says. */
async function cellColour(page) {
  const opacity = await page.evaluate(() => window.vigie.page.map.map.getPaintProperty("cells-0", "color-relief-opacity"));
  const seen = await middle(page);
  await page.evaluate(() => window.vigie.page.map.setShown("cells", false));
  await page.waitForTimeout(300);
  const bare = await middle(page);
  await page.evaluate(() => window.vigie.page.map.setShown("cells", true));
  return { seen, bare, colour: seen.map((v, k) => (v - bare[k] * (1 - opacity)) / opacity) };
}
const isNear = (a, b) => a.every((v, k) => Math.abs(v - b[k]) < 18);
const near = (a, b, what) => check(isNear(a, b), `${what}: rgb ${a.map(Math.round)} where ${b.map(Math.round)} was expected`);
/** The same in the end: the tiles may still be on their way. */
async function comesNear(page, b, what) {
  const until = Date.now() + LONG;
  let { colour } = await cellColour(page);
  while (!isNear(colour, b) && Date.now() < until) ({ colour } = await cellColour(page));
  near(colour, b, what);
}

const BARE = () => ["hillshade", "zones", "places", "km"].forEach((n) => window.vigie.page.map.setShown(n, false));

async function madeCellTests(url) {
  for (const theme of ["light", "dark"]) {
    await test(`cells, ${theme}: fresh, old, overdue and never seen ground have the colours of the line`, async () => {
      const page = await open(url, { theme });
      await page.evaluate(BARE);
      for (const [what, lo, hi, right_m] of [["fresh", 0, 0.25, -600], ["old", 0.4, 0.99, -600], ["overdue", 1.05, 99, -600], ["never", 0, 0.25, 1600]]) {
        const bin = await binOfAge(page, lo, hi);
        check(bin, `the made-up watch has no ${what} bin`);
        await goTo(page, await placeBeside(page, bin.line, bin.s_m, right_m), 13);
        const { seen, bare, colour } = await cellColour(page);
        check(seen.some((v, k) => Math.abs(v - bare[k]) > 5), `${what}: the cells do not show`);
        near(colour, colourOf(theme, what === "never" ? null : bin.ratio), what);
      }
      const off = await placeBeside(page, 0, 95000, 3500);
      await goTo(page, off, 13);
      same((await middle(page)).join(), (await page.evaluate(() => document.documentElement.dataset.theme)) === "light" ? "230,226,215" : "18,16,13", "ground beside the strip");
      quiet();
    });
  }

  await test("cells: asked for from zoom 9, again at most every ten seconds, hidden by the switch", async () => {
    const page = await open(url);
    const asked = [];
    page.on("request", (r) => r.url().includes("/tiles/seen/") && asked.push([Date.now(), /v=(\d+)/.exec(r.url())[1], Number(/seen\/(\d+)/.exec(r.url())[1])]));
    const bin = await binOfAge(page, 0, 0.25);
    const at = await placeBeside(page, bin.line, bin.s_m, -600);
    await goTo(page, at, 8.9);
    await page.waitForTimeout(800);
    same(asked.length, 0, "tiles asked for under zoom 9");
    await goTo(page, at, 9);
    check(asked.length > 0, "no tile asked for at zoom 9");
    check(asked.every((a) => a[2] >= 9), "a tile of a zoom that is not served");
    const first = asked[asked.length - 1];
    const until = Date.now() + 3 * LONG; // a slow machine asks more seldom
    while (!asked.some((a) => a[1] !== first[1]) && Date.now() < until) await page.waitForTimeout(200);
    const second = asked.find((a) => a[1] !== first[1]);
    check(second, "tiles are not asked for again though ground was seen");
    check(second[0] - first[0] > 8000, `tiles asked for again after ${second[0] - first[0]} ms`);
    const visible = () => page.evaluate(() => window.vigie.page.map.map.getLayoutProperty("cells-0", "visibility"));
    await page.click(".layers");
    await page.locator(".layer-row", { hasText: "Seen ground" }).click();
    same(await visible(), "none", "cells after the switch");
    await page.locator(".layer-row", { hasText: "Seen ground" }).click();
    same(await visible(), "visible", "cells after the switch again");
    await page.keyboard.press("Escape");
    quiet();
  });

  for (const theme of ["light", "dark"]) {
    await test(`cells, ${theme}: another moment shows the ground as it was then, and now comes back`, async () => {
      const page = await open(url, { theme });
      const watch = await (await fetch(new URL("api/watch", url))).json();
      await page.evaluate(BARE);
      const bin = await binOfAge(page, 1.05, 99);
      const asked = [];
      page.on("request", (r) => r.url().includes("/tiles/seen/") && asked.push(new URL(r.url()).searchParams.get("t_us")));
      await goTo(page, await placeBeside(page, bin.line, bin.s_m, -600), 13);
      near((await cellColour(page)).colour, colourOf(theme, bin.ratio), "now");
      same(asked.filter((t) => t !== null).length, 0, "moments asked for while the screen shows now");
      // It has not been seen since; half a promise after it was, its age was half a promise, as /api/at says too.
      const [k, seen_s] = await page.evaluate(([line, s_m]) => {
        const { store } = window.vigie;
        const n = store.net.binAt({ line, s_m });
        return [n, store.live.bins[n]];
      }, [bin.line, bin.s_m]);
      const then = (seen_s + 0.5 * watch.promise_s) * 1e6;
      same((await (await fetch(new URL(`api/at?t_us=${then}`, url))).json()).bins[k], seen_s, "when it was last seen, then");
      await turnTo(page, then);
      check(asked.some((t) => Math.abs(Number(t) - then) < 2e6), `tiles of ${asked.at(-1)} where ${then} was wanted`);
      await comesNear(page, colourOf(theme, 0.5), "then");
      await page.evaluate(() => window.vigie.moment.now());
      await drawn(page);
      await comesNear(page, colourOf(theme, bin.ratio), "now again");
      quiet();
    });
  }

  await test("cells: playing the past asks for a moment's tiles seldom, and what lies after the moment is not shown", async () => {
    const page = await open(url);
    await page.evaluate(BARE);
    const bin = await binOfAge(page, 0.05, 0.3);
    await goTo(page, await placeBeside(page, bin.line, bin.s_m, -600), 13);
    const seen_s = await page.evaluate(([line, s_m]) => window.vigie.store.live.bins[window.vigie.store.net.binAt({ line, s_m })], [bin.line, bin.s_m]);
    await turnTo(page, (seen_s - 120) * 1e6);
    const asked = [];
    page.on("request", (r) => r.url().includes("/tiles/seen/") && asked.push([Date.now(), new URL(r.url()).searchParams.get("t_us")]));
    await page.evaluate(() => window.vigie.moment.play());
    await page.waitForFunction((t) => window.vigie.store.now_us() / 1e6 > t + 60, seen_s, { timeout: LONG });
    await page.evaluate(() => window.vigie.moment.pause());
    await drawn(page);
    const times = [...new Set(asked.map((a) => a[1]))].map((t) => asked.find((a) => a[1] === t)[0]);
    check(times.length > 0, "no tile was asked for while the past played");
    for (let i = 1; i < times.length; i++) check(times[i] - times[i - 1] > 500, `tiles of the next moment after ${times[i] - times[i - 1]} ms`);
    // A ramp for a moment leaves out what the tiles say of the time after it.
    const last = await page.evaluate(() => window.vigie.page.map.map.getPaintProperty("cells-0", "color-relief-color").slice(-2));
    same(last[1], "rgba(0, 0, 0, 0)", "colour of what lies after the moment");
    quiet();
  });

  const COUNTS = { en: { button: "Layers", any: "any look", note: "Ground seen well enough to detect a person", tip: "counting looks fine enough for a person" },
    fr: { button: "Couches", any: "tout regard", note: "Sol assez bien vu pour détecter une personne", tip: "comptent les regards assez fins pour une personne" } };
  for (const [lang, width] of [["en", 1440], ["fr", 390]]) {
    await test(`cells, ${lang}, ${width} px: only looks that would show a person count when that is chosen`, async () => {
      const touch = width < 500; // a finger all along: a mouse left behind would point elsewhere
      const page = await open(url, { theme: "light", lang, width, height: touch ? 844 : 900, touch });
      const press = (selector) => (touch ? page.tap(selector) : page.click(selector));
      await page.evaluate(BARE);
      const bin = await binOfAge(page, 0, 0.25);
      await goTo(page, await placeBeside(page, bin.line, bin.s_m, 450), 14);
      near((await cellColour(page)).colour, colourOf("light", bin.ratio), "any look");
      check(!(await page.locator(".ground-note").isVisible()), "a note though every look counts");
      await press(".layers");
      same((await page.locator("select.quality option").allInnerTexts()).length, 4, "choices");
      same(await page.locator("select.quality option").first().innerText(), COUNTS[lang].any, "first choice");
      const box = await page.locator("#layer-box").boundingBox();
      check(box.x >= 0 && box.x + box.width < width && box.y + box.height <= 900, `the box of layers stands at ${JSON.stringify(box)}`);
      await page.selectOption("select.quality", "person");
      await page.keyboard.press("Escape");
      await drawn(page);
      same(await text(page, ".ground-note > span"), COUNTS[lang].note, "note on the map");
      const note = await page.locator(".ground-note").boundingBox();
      check(note.x >= 0 && note.x + note.width <= width, `the note stands at ${JSON.stringify(note)}`);
      near((await cellColour(page)).colour, colourOf("light", null), "ground never seen well enough for a person");
      const [x, y] = await pointAtMiddle(page);
      if (touch) await page.touchscreen.tap(x, y);
      else {
        await page.mouse.move(x - 40, y);
        await page.mouse.move(x, y);
      }
      await page.waitForFunction(() => document.querySelector(".tip-cell")?.checkVisibility(), null, { timeout: LONG });
      check((await page.locator(".tip-cell").innerText()).includes(COUNTS[lang].tip), `"${await page.locator(".tip-cell").innerText()}"`);
      same((await strangers(page, lang)).join(" | "), "", `words of the other language on the ${lang} screen`);
      // Nearer to the line looks were fine enough.
      await goTo(page, await placeBeside(page, bin.line, bin.s_m, 150), 14);
      near((await cellColour(page)).colour, colourOf("light", bin.ratio), "ground seen well enough for a person");
      await goTo(page, await placeBeside(page, bin.line, bin.s_m, 450), 14);
      await press(".ground-note button");
      await drawn(page);
      check(!(await page.locator(".ground-note").isVisible()), "the note stays though every look counts");
      near((await cellColour(page)).colour, colourOf("light", bin.ratio), "any look again");
      quiet();
    });
  }

  const SIDES = { en: ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"],
    fr: ["au nord", "au nord-est", "à l’est", "au sud-est", "au sud", "au sud-ouest", "à l’ouest", "au nord-ouest"] };
  const SAYS = {
    en: { at: /^km [\d,]+\.\d · \d\d:\d\d UTC$/, here: (n, side) => `Here, ${n} m ${side} of the line`, seen: /^seen \d\d:\d\d UTC, .+ ago$/, looks: "seen 3 times, last look: 57 cm/pixel or finer",
      chance: "Would have been detected, at most | 40% person | 95% group of 5 | 99% vehicle", never: "never seen" },
    fr: { at: /^km [\d\s]+,\d · \d\d:\d\d UTC$/, here: (n, side) => `Ici, à ${n} m ${side} de la ligne`, seen: /^vu à \d\d:\d\d UTC, il y a .+$/, looks: "vu 3 fois, dernier regard : 57 cm/pixel ou plus fin",
      chance: "Aurait été détecté, au plus | 40 % personne | 95 % groupe de 5 | 99 % véhicule", never: "jamais vu" },
  };
  for (const lang of ["en", "fr"]) {
    await test(`cells, ${lang}: ground pointed at in words`, async () => {
      const page = await open(url, { lang });
      const says = SAYS[lang];
      const bin = await binOfAge(page, 0, 0.25);
      for (const right_m of [-625, 625, 1625]) {
        await goTo(page, await placeBeside(page, bin.line, bin.s_m, right_m), 11);
        const [x, y] = await pointAtMiddle(page);
        await page.mouse.move(x - 40, y);
        await page.mouse.move(x, y);
        await page.waitForFunction(() => document.querySelector(".tip-cell")?.checkVisibility(), null, { timeout: LONG });
        const head = await text(page, ".tip strong");
        check(head.startsWith("km "), `the head says "${head}"`);
        if (!(await page.locator(".tip-cell.alone").count())) check(says.at.test(head), `the head says "${head}"`);
        const dir = await page.evaluate(([k, s]) => window.vigie.store.net.heading({ line: k, s_m: s }), [bin.line, bin.s_m]);
        const side = SIDES[lang][Math.round((dir + (right_m > 0 ? 90 : -90) + 720) / 45) % 8];
        const said = await text(page, ".tip-cell > strong");
        const n = Number(/\d[\d\s.,]*/.exec(said)[0].replace(/[^\d]/g, ""));
        check(Math.abs(n - Math.abs(right_m)) <= 75, `"${said}" at ${right_m} m`);
        same(said.replace(/\d[\d\s.,]*m/, "N m"), says.here("N", side), "side of the line");
        const words = (await text(page, ".tip-cell .tip-line")).trim();
        if (right_m > 1200) {
          same(words, says.never, "ground never seen");
          check(!(await page.locator(".chance").isVisible()), "ground never seen has a chance of detection");
          continue;
        }
        check(says.seen.test(words), `"${words}"`);
        same((await page.locator(".tip-cell > .muted").last().innerText()).replace(/\u00a0/g, " "), says.looks, "looks");
        const chance = await page.locator(".chance").evaluate((e) => [...e.children].map((c) => [...(c.children.length ? c.children : [c])].map((w) => w.textContent).join(" ")).join(" | "));
        same(chance.replace(/[\u00a0\u202f]/g, " "), says.chance, "chances");
      }
      same((await strangers(page, lang)).join(" | "), "", `words of the other language on the ${lang} screen`);
      await page.mouse.move(5, 5);
      await page.waitForFunction(() => !document.querySelector(".tip").checkVisibility(), null, { timeout: LONG });
      quiet();
    });
  }

  await test("cells: a tap says what a pointer says, within the screen", async () => {
    const page = await open(url, { width: 390, height: 844, touch: true, lang: "fr" });
    const bin = await binOfAge(page, 0, 0.25);
    await goTo(page, await placeBeside(page, bin.line, bin.s_m, -600), 12);
    const [x, y] = await pointAtMiddle(page);
    await page.touchscreen.tap(x, y);
    await page.waitForFunction(() => document.querySelector(".tip-cell")?.checkVisibility(), null, { timeout: LONG });
    const box = await page.locator(".tip").boundingBox();
    check(box.x >= 0 && box.x + box.width <= 390 && box.y >= 0 && box.y + box.height <= 844, `the words stand at ${JSON.stringify(box)}`);
    check(Math.abs(box.y - y) < 300, "the words are far from the finger");
    quiet();
  });
}

/** Two promises: ground that is past one is not past the other. */
async function promisesTests(url) {
  await test("cells: each stretch is measured against its own promise", async () => {
    const page = await open(url, { theme: "light" });
    same(await page.evaluate(() => window.vigie.page.map.map.getLayersOrder().filter((id) => id.startsWith("cells-")).length), 2, "promises drawn apart");
    await page.evaluate(BARE);
    const bin = await page.evaluate(() => {
      const { store } = window.vigie;
      const age = (b) => store.now_us() / 1e6 - store.live.bins[b];
      const b = store.live.bins.findIndex((t, k) => t && age(k) > 4.5 * 3600 && age(k) < 7.5 * 3600 && store.net.revisit_s[k] === 8 * 3600 && age(k + 4) > 4.5 * 3600 && store.net.revisit_s[k + 4] === 8 * 3600);
      const { line, from_m } = store.net.binSpan(b + 2);
      return { line, s_m: from_m, ratio: age(b + 2) / (8 * 3600) };
    });
    await goTo(page, await placeBeside(page, bin.line, bin.s_m, -600), 13);
    near((await cellColour(page)).colour, colourOf("light", bin.ratio), "ground late for one promise, within the other");
    quiet();
  });
}

async function replayTests(url) {
  await test("a replay: the ground of the moment on the screen, as the record says it", async () => {
    const page = await open(url);
    await page.waitForFunction(() => window.vigie.store.past, null, { timeout: LONG });
    const { to_us } = await page.evaluate(() => ({ to_us: window.vigie.moment.to_us }));
    await page.evaluate((t) => window.vigie.moment.goTo(t), to_us);
    await page.waitForFunction((t) => window.vigie.store.past.t_us === t, to_us, { timeout: LONG });
    const bin = await page.evaluate(() => {
      const { store } = window.vigie;
      const { line, from_m, to_m } = store.net.binSpan(store.past.bins.findIndex((t) => t > 0));
      return { line, s_m: (from_m + to_m) / 2 };
    });
    const asked = [];
    page.on("response", (r) => r.url().includes("/tiles/seen/") && asked.push([r.status(), new URL(r.url()).searchParams.get("t_us")]));
    const at = await placeBeside(page, bin.line, bin.s_m, 75);
    await goTo(page, at, 13);
    await drawn(page);
    check(asked.length > 0 && asked.every(([status]) => status === 200) && Number(asked.at(-1)[1]) === to_us, `tiles answered ${JSON.stringify(asked)}`);
    const cellAt = async (t) => (await fetch(new URL(`api/cell?lat=${at[1]}&lon=${at[0]}&t_us=${t}`, url))).json();
    const end = await cellAt(to_us);
    check(end.seen_s > 0 && end.seen_s <= to_us / 1e6, `seen at ${end.seen_s}`);
    const before = await cellAt((end.seen_s - 1) * 1e6);
    check(before.seen_s < end.seen_s, `a second before it was seen it was seen at ${before.seen_s}`);
    await turnTo(page, (end.seen_s - 1) * 1e6);
    same(Number(asked.at(-1)[1]), (end.seen_s - 1) * 1e6, "moment of the tiles");
    const [x, y] = await pointAtMiddle(page);
    await page.mouse.move(x - 5, y);
    await page.mouse.move(x, y);
    await page.waitForFunction(() => document.querySelector(".tip-cell")?.checkVisibility(), null, { timeout: LONG });
    same(await page.evaluate(() => window.vigie.store.ground.seen_s), before.seen_s, "when the ground pointed at was seen");
    await page.mouse.move(5, 5);
    await page.click(".layers");
    same(await page.locator(".layer-row", { hasText: "Seen ground" }).count(), 1, "the switch of seen ground");
    quiet();
  });

  await test("a replay: slider, play, pause, no live stream", async () => {
    const page = await open(url);
    await page.waitForFunction(() => window.vigie.store.past, null, { timeout: LONG });
    same(await text(page, ".badge"), "REPLAY", "badge");
    let moments = 0;
    const t0 = await page.evaluate(() => window.vigie.store.now_us());
    await page.click(".play");
    await page.waitForFunction((t) => window.vigie.store.now_us() > t + 10e6, t0, { timeout: LONG });
    await page.click(".play");
    await page.locator(".moment").focus();
    await page.keyboard.press("End");
    await page.waitForFunction(() => window.vigie.store.now_us() > window.vigie.moment.to_us - 120e6, null, { timeout: LONG });
    // What the screen shows at a moment of the slider is what the record says of it.
    for (const share of [0.3, 0.9]) {
      const box = await page.locator(".chart-top").boundingBox();
      const want = await page.evaluate((f) => window.vigie.moment.from_us + f * (window.vigie.moment.to_us - window.vigie.moment.from_us), share);
      const x = await page.evaluate((t) => window.vigie.page.chart.view.x(t / 1e6), want);
      if (x < 60 || x > box.width) continue;
      await page.mouse.click(box.x + x, box.y + box.height - 8);
      await page.waitForFunction((t) => Math.abs(window.vigie.store.past.t_us - t) < 120e6, want, { timeout: LONG });
      const shown = await page.evaluate(() => ({ t: window.vigie.store.past.t_us, seen: window.vigie.store.past.bins.filter((v) => v > 0).length, drones: [...window.vigie.store.past.drones.values()].map((d) => `${d.id} ${d.state}`).join() }));
      const kept = await (await fetch(new URL(`api/at?t_us=${shown.t}`, url))).json();
      same(shown.seen, kept.bins.filter((v) => v > 0).length, `bins seen at ${share}`);
      same(shown.drones, kept.drones.map((d) => `${d.id} ${d.state}`).join(), `drones at ${share}`);
      moments++;
    }
    check(moments > 0, "no moment of the chart was tried");
    quiet();
  });
}

async function emptyTests(url) {
  await test("no drones and no alerts: the screen says what to do", async () => {
    const page = await open(url);
    check((await text(page, "#panel-alerts")).includes("Nothing needs you"), "no word where no alert is");
    await page.click("#tab-drones");
    check((await text(page, "#panel-drones")).includes("No drones"), "no word where no drone is");
    quiet();
  });
}

const stations = [];
const started = async (s) => {
  stations.push(s);
  return s.start();
};
try {
  const replay = option("replay-url", "");
  if (STATION) {
    const real = await started(new Station(STATION, SERVE ? ["/bin/sh", "-c", `exec ${SERVE}`] : null));
    await liveTests(real);
    await planningTests(real, real.url, { test, open, text, check, same, quiet, overflow, faint, strangers, LONG });
  } else if (!replay) {
    const made = await started(feeder(8190));
    await liveTests(made);
    await madeCellTests(made.url);
    await aboardTests(made.url, { test, open, check, same, quiet, LONG });
    await trafficTests((await started(feeder(8186, "--traffic"))).url, { test, open, text, check, same, quiet, overflow, faint, LONG });
    await tracksTests((await started(feeder(8184, "--tracks"))).url, { test, open, text, check, same, quiet, overflow, faint, LONG });
    await promisesTests((await started(feeder(8188, "--lines", "2"))).url);
  }
  if (replay || !STATION) await replayTests(replay || (await started(feeder(8192, "--replay"))).url);
  if (!STATION && !replay) await emptyTests((await started(feeder(8194, "--empty"))).url);
} finally {
  await b.close();
  for (const s of stations) await s.kill();
}
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exit(failed ? 1 : 0);
