// The planning view against the real station: what is proven and planned for other bases, drones and promises, and that nothing of
// it is mistaken for the live watch. What the page shows is compared with questions that this file asks the station by itself.
import { readFileSync } from "node:fs";

export async function planningTests(station, url, tools) {
  const { test, open, text, check, same, quiet, overflow, faint, strangers, LONG } = tools;
  const watch = await (await fetch(new URL("api/watch", station.url))).json();
  const base = watch.bases[0];

  /** The station's own answer. */
  const ask = async (question) => {
    const headers = { "Content-Type": "application/json", "X-Vigie": "1" };
    const r = await fetch(new URL("api/plan", station.url), { method: "POST", headers, body: JSON.stringify({ asker: "test", ...question }) });
    check(r.ok, `the station answers ${r.status} to ${JSON.stringify(question)}`);
    return r.json();
  };
  const span = (s) => {
    const m = Math.floor(Math.round(s) / 60);
    return m < 60 ? `${m} min` : m % 60 ? `${Math.floor(m / 60)} h ${String(m % 60).padStart(2, "0")}` : `${m / 60} h`;
  };
  const show = async (page) => {
    await page.click("#tab-plan");
    await page.waitForSelector(".base-handle");
  };
  /** The page has an answer with a timetable and nothing more to ask but the curve. */
  const settled = (page) => page.waitForFunction(() => {
    const w = window.vigie.whatif;
    return w.changed && w.answer && (w.answer.plan || w.answer.refused) && w.asking !== "bound" && w.asking !== "plan";
  }, null, { timeout: LONG });
  const cells = async (page, col) => (await page.locator(`.plan-table tr > :nth-child(${col})`).allInnerTexts()).map((s) => s.replace(/\u00a0/g, " "));
  const drones = (n) => [{ type: watch.drones[0].type, base: base.name, n }];
  const place = (page) => page.evaluate((name) => ({ ...window.vigie.whatif.bases.find((b) => b.name === name) }), base.name);
  const drag = async (page, dx, dy) => {
    const box = await page.locator(".base-handle").first().boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx / 2, y + dy / 2, { steps: 6 });
    await page.mouse.move(x + dx, y + dy, { steps: 6 });
    await page.mouse.up();
  };

  await test("planning: what flies, its bound, and the price of a promise as the station's planner has it", async () => {
    const page = await open(url);
    await show(page);
    check(!(await page.locator(".banner.whatif").isVisible()), "a banner where nothing is asked");
    const flies = await cells(page, 2);
    same(flies[1], span(watch.promise_s), "promise that flies");
    same(flies[2], span(watch.plan.worst_gap_s), "worst gap that flies");
    // A timetable made anew in the air claims no bound.
    same(flies[3], watch.plan.bound_s > 0 ? span(watch.plan.bound_s) : "–", "bound that flies");
    same(flies[6], String(watch.drones.length), "drones that fly");
    await page.waitForFunction(() => document.querySelectorAll(".planned-dot").length > 0, null, { timeout: LONG });
    const kept = await ask({ want: "curve" });
    const curve = await page.evaluate(() => window.vigie.whatif.curve);
    same(JSON.stringify(curve), JSON.stringify(kept.curve), "the curve");
    same(await page.locator(".proven-dot").count(), kept.curve.points.length, "promises on the curve");
    same(await page.locator(".planned-dot").count(), kept.curve.points.filter((p) => p.planned !== null).length, "timetables on the curve");
    same(await page.locator(".mark.flies").count(), 2, "what flies, on the curve and in its legend");
    quiet();
  });

  await test("planning: a base dragged with the mouse gives another bound; back to what flies brings all back", async () => {
    const page = await open(url);
    const posts = [];
    page.on("request", (r) => r.method() === "POST" && posts.push(new URL(r.url()).pathname));
    await show(page);
    await drag(page, 60, 90);
    await settled(page);
    const at = await place(page);
    check(at.lat < base.lat - 1e-4 && at.lon > base.lon + 1e-4, `the base did not follow: ${JSON.stringify(at)}`);
    const kept = await ask({ want: "plan", bases: [{ name: base.name, lat: at.lat, lon: at.lon }] });
    await page.waitForFunction((gap) => document.querySelectorAll(".plan-table .col-whatif")[2]?.textContent.replace(/\u00a0/g, " ") === gap, span(kept.plan.worst_gap_s), { timeout: LONG }).catch(() => check(false, "worst gap"));
    const tried = await cells(page, 3);
    same(tried[3], span(kept.bound_s), "bound of what is asked");
    check(kept.bound_s > watch.plan.bound_s, "a base further off must not have a smaller bound");
    check(await page.locator(".banner.whatif").isVisible(), "no banner over what does not fly");
    check(await page.evaluate(() => document.documentElement.classList.contains("is-whatif")), "the map is not marked");
    check((await text(page, ".plan-base-moved")).includes("moved"), "the base is not said to be moved");
    same(await page.evaluate(() => window.vigie.page.chart.history.ahead.length), kept.plan.planned.length, "planned passes in the chart");
    await page.locator(".banner.whatif .btn").click();
    await page.waitForSelector(".banner.whatif", { state: "hidden" });
    const home = await place(page);
    same(home.lat, base.lat, "latitude of the base after coming back");
    check(!(await page.evaluate(() => document.documentElement.classList.contains("is-whatif"))), "the map is still marked");
    same([...new Set(posts)].join(), "/api/plan", "acts while planning");
    quiet();
  });

  await test("planning: passes that are only asked about have their own colour in the chart", async () => {
    const page = await open(url);
    await page.waitForFunction(() => window.vigie.page.chart.history.state === "ready", null, { timeout: LONG });
    await show(page);
    const own = () => page.evaluate(() => {
      const c = document.querySelector(".chart-base");
      const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
      let n = 0;
      // #e6a3cf, the colour of what does not fly on the dark screen; thin strokes are blended with what is below.
      for (let i = 0; i < data.length; i += 4) n += data[i] > 150 && data[i + 2] > 130 && data[i + 1] < data[i + 2] - 20;
      return n;
    });
    same(await own(), 0, "pixels of that colour before anything is asked");
    await page.locator(".plan-asks .step").nth(1).click();
    await settled(page);
    await page.waitForTimeout(300);
    check((await own()) > 30, "no such pass in the chart");
    quiet();
  });

  await test("planning: keys move a base, figures place it, and what no drone reaches is said with its reason", async () => {
    const page = await open(url, { lang: "fr" });
    await show(page);
    await page.locator(".base-handle").first().focus();
    await page.keyboard.press("ArrowRight");
    const one = await place(page);
    check(one.lon > base.lon && Math.abs(one.lat - base.lat) < 1e-4, "the arrow to the right");
    await page.keyboard.press("Shift+ArrowUp");
    const two = await place(page);
    check(two.lat > one.lat && two.lat - one.lat < (one.lon - base.lon) / 2, "a small step north");
    await page.waitForFunction(() => document.activeElement?.classList.contains("base-handle"));
    const fields = page.locator(".plan-base.chosen .plan-field");
    await fields.nth(0).fill("91");
    await fields.nth(0).press("Enter");
    same(await fields.nth(0).getAttribute("aria-invalid"), "true", "a latitude that is none");
    await fields.nth(0).fill(`${(base.lat + 20).toFixed(2).replace(".", ",")}`);
    await fields.nth(0).press("Tab");
    await page.waitForFunction(() => window.vigie.whatif.answer?.refused, null, { timeout: LONG });
    const kept = await ask({ want: "bound", lang: "fr", bases: [await place(page)] });
    await page.waitForFunction((s) => document.querySelector(".plan-verdict p").textContent === s, kept.refused, { timeout: LONG }).catch(() => check(false, "the reason in French"));
    check(/[éèà]|aucun/.test(kept.refused), `"${kept.refused}" is not French`);
    quiet();
  });

  await test("planning: a finger drags a base", async () => {
    const page = await open(url, { touch: true });
    await show(page);
    const box = await page.locator(".base-handle").first().boundingBox();
    const cdp = await page.context().newCDPSession(page);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const send = (type, points) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints: points });
    await send("touchStart", [{ x, y }]);
    for (let k = 1; k <= 8; k++) await send("touchMove", [{ x: x + 8 * k, y: y + 5 * k }]);
    await send("touchEnd", []);
    await settled(page);
    const at = await place(page);
    check(at.lon > base.lon && at.lat < base.lat, `the base did not follow the finger: ${JSON.stringify(at)}`);
    quiet();
  });

  await test("planning: half the drones, twice the bound; a shorter promise than the bound is impossible", async () => {
    const page = await open(url);
    await show(page);
    const n = watch.drones.length;
    for (let k = n; k > n / 2; k--) await page.locator(".plan-base .step").first().click();
    await settled(page);
    // One base: the bound is inversely proportional to its drones.
    const bound = await page.evaluate(() => window.vigie.whatif.answer.bound_s);
    const all = await ask({ want: "bound", drones: drones(n) });
    check(Math.abs(bound / (2 * all.bound_s) - 1) < 0.01, `bound ${bound} of half the drones, ${all.bound_s} of all`);
    const whole = await ask({ want: "bound", drones: drones(n / 2) });
    same(bound, whole.bound_s, "bound");
    for (let k = 0; k < 40 && (await page.evaluate(() => window.vigie.whatif.promise_s)) > bound; k++) await page.locator(".plan-asks .step").first().click();
    await page.waitForFunction(() => document.querySelector(".plan-verdict").classList.contains("impossible"), null, { timeout: LONG }).catch(() => check(false, "not said to be impossible"));
    check((await text(page, ".plan-verdict strong")).includes("impossible"), "the word is missing");
    quiet();
  });

  await test("planning: the planner deals drones over bases, and the changed lines can be taken away", async () => {
    const page = await open(url);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await show(page);
    await page.locator(".plan-buttons .btn").first().click();
    await page.waitForFunction(() => window.vigie.whatif.bases.length === 2 && document.querySelectorAll(".base-handle").length === 2);
    await settled(page);
    await page.locator(".plan-asks .step").last().click();
    await page.waitForFunction((n) => window.vigie.whatif.total === n && window.vigie.whatif.groups.every((g) => g.base), watch.drones.length + 1, { timeout: LONG });
    await settled(page);
    const [file] = await Promise.all([page.waitForEvent("download", { timeout: LONG }), page.locator(".plan-download").click()]);
    same(file.suggestedFilename(), `${watch.name}.yaml`, "name of the file");
    const changed = readFileSync(await file.path(), "utf8");
    check(changed.startsWith("# A small watch for tests") && changed.includes("{name: New base, at: ["), `the changed watch file: ${changed}`);
    same((changed.match(/\{id: /g) ?? []).length, watch.drones.length + 1, "drones of the changed watch file");
    await page.locator(".plan-copy").click();
    await page.waitForSelector(".toast");
    const lines = await page.evaluate(() => navigator.clipboard.readText());
    check(/bases:\n/.test(lines) && lines.includes(`{name: ${base.name}, at: [`) && lines.includes("New base"), `the bases in ${lines}`);
    same((lines.match(/\{id: /g) ?? []).length, watch.drones.length + 1, "drones to write");
    quiet();
  });

  if (watch.radio) await test("planning: what no base hears is drawn and told, for what flies and for what is tried", async () => {
    const RANGE_M = 5000; // of the watch that ./station makes
    const away = ([lon, lat]) => Math.hypot((lat - base.lat) * 110650, (lon - base.lon) * 107760); // metres a degree at 14.5 north
    const page = await open(url);
    await show(page);
    await page.waitForFunction(() => window.vigie.whatif.radio, null, { timeout: LONG });
    const kept = (await ask({ want: "radio" })).radio;
    check(kept.silent.length > 0 && kept.silent.every((s) => s.points.length > 1 && s.points.every((p) => away(p) > RANGE_M - 300)), `pieces out of reach: ${JSON.stringify(kept.silent)}`);
    const length = (way) => way.slice(1).reduce((sum, p, i) => sum + Math.hypot((p[1] - way[i][1]) * 110650, (p[0] - way[i][0]) * 107760), 0);
    const sum = kept.silent.reduce((m, s) => m + length(s.points), 0);
    check(Math.abs(sum - kept.out_m) < 0.01 * sum, `${sum} m of pieces, ${kept.out_m} told`);
    same(JSON.stringify(await page.evaluate(() => window.vigie.whatif.radio)), JSON.stringify(kept), "what the page draws");
    const told = (await text(page, ".plan-radio")).replace(/\u00a0/g, " ");
    check(told.includes(`${Math.round(kept.out_m / 1000)} of ${Math.round(kept.flown_m / 1000)} km`) && told.includes(span(kept.longest_s)), `it says ${told}`);
    check(await page.locator(".silent-sign").isVisible(), "the dashes are not in the legend");
    /** Opaque pixels of the overlay round the screen's place of a position: dashes leave gaps, so several are looked at. */
    const drawn = (way) => page.evaluate((points) => {
      const canvas = document.querySelector(".overlay-plan");
      const c = canvas.getContext("2d");
      const ratio = canvas.width / canvas.clientWidth;
      let n = 0;
      for (const [lon, lat] of points) {
        const at = window.vigie.page.map.map.project([lon, lat]);
        const { data } = c.getImageData(at.x * ratio - 12, at.y * ratio - 12, 24, 24);
        for (let i = 3; i < data.length; i += 4) n += data[i] > 200;
      }
      return n;
    }, way);
    check((await drawn(kept.silent.flatMap((s) => s.points))) > 50, "nothing is drawn there");
    same(await drawn([[base.lon, base.lat]]), 0, "pixels at the base, which hears");
    await page.locator(".plan-asks .step").nth(1).click();
    await settled(page);
    check((await page.evaluate(() => window.vigie.whatif.answer.plan.radio.silent.length)) > 0, "nothing of what is tried");
    quiet();
  });

  await test("planning: with the view closed nothing of it is left on the screen, and it comes back as it was", async () => {
    const page = await open(url);
    await show(page);
    await drag(page, 40, 60);
    await settled(page);
    const at = await place(page);
    await page.click("#tab-alerts");
    await page.waitForFunction(() => !document.querySelector(".base-handle"));
    same(await page.locator(".overlay-plan:visible").count(), 0, "the map of what does not fly, and of what no base hears");
    check(!(await page.locator(".banner.whatif").isVisible()), "its banner");
    same(await page.evaluate(() => window.vigie.page.chart.history.ahead === window.vigie.page.chart.history.planned), true, "its passes in the chart");
    await page.keyboard.press("3");
    await settled(page);
    same((await place(page)).lat, at.lat, "the base that was tried");
    quiet();
  });

  for (const [width, height] of [[1440, 900], [390, 844]]) {
    for (const [theme, lang] of [["dark", "fr"], ["light", "en"]]) {
      await test(`planning: ${width} x ${height}, ${theme}, ${lang}: nothing runs over, text can be read, no word of the other language`, async () => {
        const page = await open(url, { width, height, theme, lang });
        await show(page);
        for (const tried of [false, true]) {
          if (tried) {
            await page.locator(".plan-base-name").first().click();
            await page.locator(".plan-base .step").last().click();
            await settled(page);
          }
          await page.waitForTimeout(300);
          same((await overflow(page)).join(" | "), "", "over the edge");
          same((await faint(page)).join(" | "), "", "too faint");
          same((await strangers(page, lang)).join(" | "), "", "words of the other language");
          const small = await page.evaluate(() => [...document.querySelectorAll("#panel-plan button, .base-handle, .banner.whatif button")].filter((e) => e.checkVisibility()).filter((e) => e.offsetWidth < 44 || e.offsetHeight < 44).map((e) => e.className));
          same(small.join(" "), "", "buttons under 44 px");
        }
        quiet();
      });
    }
  }
}
