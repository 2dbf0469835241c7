// What a drone carries, on its card: camera, addresses of video, gimbal, remote id, last words; as text, never as markup.
export async function aboardTests(url, { test, open, check, same, quiet, LONG }) {
  const WORDS = {
    en: ["Maker Eye 10x", "recording for", "zoom 40", "storage card not formatted", "rtsp://192.168.144.25:8554/main", "thermal", "stopped", "another station (254) has the gimbal", "remote id: not good (no GPS)", "PreArm: <i>check</i> GPS"],
    fr: ["Maker Eye 10x", "enregistre depuis", "zoom 40", "carte mémoire non formatée", "rtsp://192.168.144.25:8554/ir", "thermique", "arrêtée", "une autre station (254) a la nacelle", "identification à distance : pas bonne (no GPS)", "Mission: 3 WP"],
  };
  const plain = (s) => s.replace(/[\u00a0\u202f]/g, " ");
  for (const [lang, words] of Object.entries(WORDS)) {
    await test(`aboard, ${lang}: a drone's card shows what it carries and says`, async () => {
      const page = await open(url, { lang });
      const [first, second] = await page.evaluate(() => [...window.vigie.store.live.drones.keys()]);
      await page.click("#tab-drones");
      await page.click(`.drone[data-id="${first}"] .drone-head`);
      const card = page.locator(`.drone[data-id="${first}"] .aboard`);
      await card.waitFor({ state: "visible", timeout: LONG });
      const said = plain(await card.innerText());
      for (const w of words) check(said.includes(w), `${w}: ${said}`);
      same(await card.locator("b, i").count(), 0, "markup made of a drone's words");
      same(await card.locator("li.bad").count(), 1, "texts marked as bad");
      await page.click(`.drone[data-id="${second}"] .drone-head`);
      await page.waitForTimeout(1500);
      const other = page.locator(`.drone[data-id="${second}"] .aboard`);
      same(plain(await other.innerText()).trim(), "", "what a drone that carries nothing shows");
      quiet();
    });
  }
}
