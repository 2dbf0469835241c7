// Objects on the ground, from a feeder that has three: a person seen now, a vehicle out of sight, an animal that ended; and an alert.
export async function tracksTests(url, { test, open, text, check, same, quiet, overflow, faint, LONG }) {
  const plain = (s) => s.replace(/[\u00a0\u202f]/g, " ");
  const came = (page) => page.waitForFunction(() => window.vigie.store.live?.tracks.size === 3, null, { timeout: LONG });

  /** Pixels of the front canvas in the colour of tracks round one of them. */
  const drawn = (page, id) => page.evaluate((who) => {
    const k = window.vigie.store.shown.tracks.get(who);
    const [x, y] = window.vigie.page.map.overlay.screenOf(k.lon, k.lat);
    const canvas = document.querySelector(".overlay-front");
    const f = canvas.width / canvas.clientWidth;
    const data = canvas.getContext("2d").getImageData((x - 12) * f, (y - 12) * f, 24 * f, 24 * f).data;
    const want = window.vigie.palette().track.match(/[0-9a-f]{2}/g).map((v) => parseInt(v, 16));
    let n = 0;
    for (let i = 0; i < data.length; i += 4) n += data[i + 3] > 200 && want.every((v, j) => Math.abs(data[i + j] - v) < 12);
    return n;
  }, id);

  for (const theme of ["dark", "light"]) {
    await test(`tracks, ${theme}: they stand on the map and can be switched off`, async () => {
      const page = await open(url, { theme });
      await came(page);
      // The map goes to the one seen now, so that drones and names are not in its way.
      await page.evaluate(() => {
        const k = window.vigie.store.shown.tracks.get("T1");
        window.vigie.page.map.flyTo(k.lon, k.lat, 13);
      });
      await page.waitForTimeout(2500);
      check((await drawn(page, "T1")) > 40, "the person is not drawn");
      await page.click(".layers");
      await page.getByText("Tracks on the ground").click();
      await page.waitForTimeout(500);
      check((await drawn(page, "T1")) < 5, "the person is still drawn when switched off");
      quiet();
    });
  }

  const WORDS = {
    en: { tab: ["Seen now", "Out of sight", "Ended in the last hour", "Person", "sees it", "1.2 m/s to the east", "Vehicle", "8.0 m/s"],
      detail: ["320 m to the left of the line", "give or take 52 m (95 %)", "Found in 22 of 40 looks", "Exists with 98%", "Person 93%", "on foot", "Found again after a gap: 1", "V9 (2 min)", "Crossed the line at", "Alert A10"],
      alert: ["3 people: over the line, km 21.41", "Give or take 12 m (95 %), 1.2 m/s to the east; seen by V1 at"] },
    fr: { tab: ["Vues en ce moment", "Hors de vue", "Personne", "1,2 m/s vers l’est", "Véhicule"],
      detail: ["320 m à gauche de la ligne", "à 52 m près (95 %)", "Trouvée dans 22 regards sur 40", "Existe à 98 %", "à pied", "Retrouvée après une absence : 1", "V9 (2 min)", "A franchi la ligne à", "Alerte A10"],
      alert: ["3 personnes : ligne franchie, km 21,41", "À 12 m près (95 %), 1,2 m/s vers l’est"] },
  };
  for (const [lang, words] of Object.entries(WORDS)) {
    for (const width of [1440, 390]) {
      await test(`tracks, ${lang}, ${width}: the list, a track's history and why it is believed, the alert`, async () => {
        const page = await open(url, { lang, width, height: 844, theme: lang === "fr" ? "light" : "dark" });
        await came(page);
        await page.click("#tab-tracks");
        await page.waitForTimeout(500);
        const list = plain(await text(page, "#panel-tracks"));
        for (const w of words.tab) check(list.includes(w), `${w}: ${list}`);
        await page.click('.track[data-id="T1"] .track-head');
        await page.waitForTimeout(600);
        const detail = plain(await text(page, '.track[data-id="T1"]'));
        for (const w of words.detail) check(detail.includes(w), `${w}: ${detail}`);
        same((await overflow(page)).join(" | "), "", "over the edge");
        same((await faint(page)).join(" | "), "", "too faint");
        await page.click("#tab-alerts");
        await page.waitForTimeout(300);
        const card = plain(await text(page, '.alert[data-id="A10"]'));
        for (const w of words.alert) check(card.includes(w), `${w}: ${card}`);
        quiet();
      });
    }
  }

  await test("tracks: one chosen on the map opens its card, Esc lets go; keys choose the tab", async () => {
    const page = await open(url);
    await came(page);
    await page.evaluate(() => {
      const k = window.vigie.store.shown.tracks.get("T2");
      window.vigie.page.map.flyTo(k.lon, k.lat, 13);
    });
    await page.waitForTimeout(2500);
    const [x, y] = await page.evaluate(() => {
      const k = window.vigie.store.shown.tracks.get("T2");
      return window.vigie.page.map.overlay.screenOf(k.lon, k.lat);
    });
    const box = await page.locator("#map").boundingBox();
    await page.mouse.click(box.x + x, box.y + y);
    await page.waitForFunction(() => window.vigie.store.track === "T2", null, { timeout: LONG });
    same(await page.locator(".track.chosen").getAttribute("data-id"), "T2", "the card that is open");
    same(await page.locator("#tab-tracks").getAttribute("aria-selected"), "true", "the tab");
    await page.keyboard.press("Escape");
    same(await page.evaluate(() => window.vigie.store.track), null, "chosen after Esc");
    await page.keyboard.press("1");
    await page.keyboard.press("4");
    same(await page.locator("#tab-tracks").getAttribute("aria-selected"), "true", "the tab by its key");
    quiet();
  });

  await test("tracks: a person reports what he saw", async () => {
    const page = await open(url);
    await came(page);
    await page.click("#tab-tracks");
    await page.click(".saw");
    const fields = page.locator("dialog .report .field");
    await fields.nth(0).selectOption("vehicle");
    await fields.nth(1).fill("14,25");
    await fields.nth(2).fill("-12.5");
    await fields.nth(3).selectOption("30");
    await fields.nth(4).fill("two <b>men</b>");
    await page.click("dialog .btn.primary");
    await page.waitForSelector(".toast", { timeout: LONG });
    const got = await (await fetch(new URL("reported", url))).json();
    same(JSON.stringify(got), JSON.stringify([{ by: "Aminata", lat: 14.25, lon: -12.5, class: "vehicle", error_m: 30, note: "two <b>men</b>" }]), "what the station was told");
    quiet();
  });
}
