// Other aircraft and ships on the page, from a feeder that has three: one near a drone, one far above, a ship.
export async function trafficTests(url, { test, open, text, check, same, quiet, overflow, faint, LONG }) {
  /** Pixels of the front canvas in the colour of traffic, near a contact; and how many contacts are shown. */
  const look = (page, name) => page.evaluate((who) => {
    const { page: p } = window.vigie;
    const at = p.map.overlay;
    const c = window.vigie.traffic.shown().find((x) => x.name === who);
    if (!c) return { shown: false, drawn: 0 };
    const [x, y] = at.screenOf(c.lon, c.lat);
    const canvas = document.querySelector(".overlay-front");
    const k = canvas.width / canvas.clientWidth;
    const data = canvas.getContext("2d").getImageData((x - 12) * k, (y - 12) * k, 24 * k, 24 * k).data;
    const want = window.vigie.palette().traffic.match(/[0-9a-f]{2}/g).map((h) => parseInt(h, 16));
    let drawn = 0;
    for (let i = 0; i < data.length; i += 4) drawn += data[i + 3] > 200 && want.every((v, j) => Math.abs(data[i + j] - v) < 12);
    return { shown: true, drawn };
  }, name);
  const came = (page) => page.waitForFunction(() => window.vigie.traffic.now !== null, null, { timeout: LONG });

  for (const theme of ["dark", "light"]) {
    await test(`traffic, ${theme}: aircraft and ships stand on the map, not those far above, and can be switched off`, async () => {
      const page = await open(url, { theme });
      await came(page);
      await page.waitForTimeout(600);
      for (const name of ["EIN123", "MOPTI"]) {
        const seen = await look(page, name);
        check(seen.shown && seen.drawn > 20, `${name}: ${JSON.stringify(seen)}`);
      }
      same((await look(page, "HIGH1")).shown, false, "an aircraft far above all drones is shown");
      await page.click(".layers");
      await page.getByText("Aircraft and ships").click();
      await page.waitForTimeout(400);
      check((await look(page, "MOPTI")).drawn < 5, "the ship is still drawn when switched off");
      quiet();
    });
  }

  for (const [lang, words] of [["en", ["EIN123: collision course with", "1.8\u00a0km", "descend 60\u00a0m"]], ["fr", ["EIN123\u00a0: route de collision avec", "1,8\u00a0km", "descendre de 60\u00a0m"]]]) {
    await test(`traffic, ${lang}: the alert says who, how near, and what the pilot may do`, async () => {
      const page = await open(url, { lang, width: lang === "fr" ? 390 : 1440, height: 844 });
      if (lang === "fr") await page.click("#tab-alerts");
      await came(page);
      const card = await text(page, '.alert[data-id="A9"]');
      const plain = (s) => s.replace(/[\u00a0\u202f]/g, " ");
      for (const w of words) check(plain(card).includes(plain(w)), `${w}: ${card}`);
      same((await overflow(page)).join(" | "), "", "over the edge");
      same((await faint(page)).join(" | "), "", "too faint");
      quiet();
    });
  }
}
