// Cut the places of a box out of a CSV (country,name,lat,lon,population,feature,source), for the examples.
//
//   node cut-places.mjs PLACES.csv LON_MIN,LAT_MIN,LON_MAX,LAT_MAX [MIN_POPULATION_OUTSIDE ISO2] > places.csv
//
// With the last two, places outside country ISO2 are kept only from that population on (keeps the file small).
import fs from 'node:fs';

const [file, box, minPopulation, iso2] = process.argv.slice(2);
const [w, s, e, n] = box.split(',').map(Number);
const quote = (t) => (/[",\n]/.test(t) ? `"${t.replaceAll('"', '""')}"` : t);
const rows = fs.readFileSync(file, 'utf8').trim().split('\n').slice(1);
const out = ['name,lat,lon,population'];
const seen = new Set();
for (const row of rows) {
    const cells = [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) =>
        m[1] !== undefined ? m[1].replaceAll('""', '"') : m[2]
    );
    const [country, name, lat, lon, population] = cells;
    const inBox = Number(lat) >= s && Number(lat) <= n && Number(lon) >= w && Number(lon) <= e;
    const isKept = !minPopulation || country === iso2 || Number(population) >= Number(minPopulation);
    const key = `${name},${Number(lat).toFixed(1)},${Number(lon).toFixed(1)}`;
    if (!inBox || !isKept || seen.has(key)) continue;
    seen.add(key);
    out.push([quote(name), lat, lon, population || ''].join(','));
}
process.stdout.write(out.join('\n') + '\n');
