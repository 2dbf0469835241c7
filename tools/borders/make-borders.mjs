// Make the list of the world's land borders for `vigie new --border`.
//
//   node make-borders.mjs OUT.json
//
// In:  countries-10m.json of npm world-atlas (Natural Earth 1:10m, public domain), TopoJSON: outlines cut into arcs.
// Out: {"format":"vigie-borders/1","source":...,"countries":{"ML":{"en":"Mali","fr":"Mali"},...},
//       "borders":{"ML-SN":[[[lon,lat],...],...],...}}
//      The key has the two ISO 3166-1 codes in alphabetical order; each list of points is one unbroken line.
//
// An arc that exactly two countries use is border between them; one country's arc is coast. Arcs are joined where their ends meet and
// no third arc of the same border does. Territories without an ISO code (Somaliland, N. Cyprus, ...) are left out, but for Kosovo (XK, a
// user-assigned code): Natural Earth draws lines of control as they are, not as any party claims them.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { ALPHA2 } from './iso3166.mjs';

const require = createRequire(import.meta.url);

const codeOf = (g) => (g.properties.name === 'Kosovo' ? 'XK' : ALPHA2[g.id]);

/** TopoJSON 1.0, section 2.1.4: positions are quantised and delta-coded. */
function decodeArc(arc, { scale, translate }) {
    let x = 0;
    let y = 0;
    return arc.map(([dx, dy]) => {
        x += dx;
        y += dy;
        return [x * scale[0] + translate[0], y * scale[1] + translate[1]].map((v) => Number(v.toFixed(5)));
    });
}

/** Arc number -> set of codes of the countries whose outline uses it. ~i is arc i backwards. */
function usersOfArcs(topology) {
    const users = new Map();
    for (const g of topology.objects.countries.geometries) {
        const code = codeOf(g) ?? `-${g.properties.name}`;
        for (const index of (g.arcs ?? []).flat(Infinity)) {
            const i = index < 0 ? ~index : index;
            if (!users.has(i)) users.set(i, new Set());
            users.get(i).add(code);
        }
    }
    return users;
}

const isSame = (a, b) => a[0] === b[0] && a[1] === b[1];

/** Join lines end to end; an end where three meet stays an end. */
function chain(lines) {
    const degree = new Map();
    const count = (p) => degree.set(p.join(), (degree.get(p.join()) ?? 0) + 1);
    for (const l of lines) {
        count(l[0]);
        count(l.at(-1));
    }
    const rest = [...lines];
    const out = [];
    while (rest.length) {
        let line = rest.shift();
        for (let found = true; found; ) {
            found = false;
            for (let i = 0; i < rest.length && !found; i++) {
                for (const other of [rest[i], [...rest[i]].reverse()]) {
                    if (isSame(line.at(-1), other[0]) && degree.get(other[0].join()) === 2) {
                        line = [...line, ...other.slice(1)];
                    } else if (isSame(line[0], other.at(-1)) && degree.get(line[0].join()) === 2) {
                        line = [...other.slice(0, -1), ...line];
                    } else {
                        continue;
                    }
                    rest.splice(i, 1);
                    found = true;
                    break;
                }
            }
        }
        out.push(line);
    }
    return out.sort((a, b) => b.length - a.length);
}

function makeBorders(topology) {
    const pieces = new Map();
    for (const [i, codes] of usersOfArcs(topology)) {
        const pair = [...codes].sort();
        if (pair.length !== 2 || pair.some((c) => c.startsWith('-'))) continue;
        const key = pair.join('-');
        if (!pieces.has(key)) pieces.set(key, []);
        pieces.get(key).push(decodeArc(topology.arcs[i], topology.transform));
    }
    const borders = {};
    for (const key of [...pieces.keys()].sort()) borders[key] = chain(pieces.get(key));
    return borders;
}

function makeCountries(borders) {
    const codes = [...new Set(Object.keys(borders).flatMap((key) => key.split('-')))].sort();
    const names = ['en', 'fr'].map((lang) => new Intl.DisplayNames([lang], { type: 'region' }));
    return Object.fromEntries(codes.map((c) => [c, { en: names[0].of(c), fr: names[1].of(c) }]));
}

const out = process.argv[2];
if (!out) {
    console.error('usage: make-borders.mjs OUT.json');
    process.exit(2);
}
const topology = JSON.parse(fs.readFileSync(require.resolve('world-atlas/countries-10m.json'), 'utf8'));
const borders = makeBorders(topology);
const countries = makeCountries(borders);
const row = ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`;
const text =
    '{"format":"vigie-borders/1","source":"Natural Earth 1:10m (public domain) through npm world-atlas 2.0.2",\n"countries":{\n' +
    Object.entries(countries).map(row).join(',\n') +
    '},\n"borders":{\n' +
    Object.entries(borders).map(row).join(',\n') +
    '}}\n';
fs.writeFileSync(out, text);
console.log(`${out}: ${Object.keys(borders).length} borders of ${Object.keys(countries).length} countries`);
