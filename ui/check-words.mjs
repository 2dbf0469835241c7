// Checks the words of the page: both tables have the same keys, the same {places} in each, every key is used, and no text
// meant for people stands in the code. (That text goes through Words is checked by the types; here what types cannot see.)
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";

const files = (dir) => readdirSync(dir).flatMap((n) => {
  const p = join(dir, n);
  return statSync(p).isDirectory() ? files(p) : p.endsWith(".ts") ? [p] : [];
});

/** Key -> text of one table file: one entry a line. */
function table(path) {
  const out = new Map();
  readFileSync(path, "utf8").split("\n").forEach((line, i) => {
    const m = /^ {2}"?([\w-]+)"?: "((?:[^"\\]|\\.)*)",$/.exec(line);
    if (m) {
      if (out.has(m[1])) throw new Error(`${path}:${i + 1}: ${m[1]} stands twice`);
      out.set(m[1], m[2]);
    } else if (/^ {2}\S/.test(line)) throw new Error(`${path}:${i + 1}: one entry a line, between double quotes, was expected`);
  });
  return out;
}

const places = (s) => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join();

function compare(en, fr) {
  const bad = [];
  for (const k of en.keys()) if (!fr.has(k)) bad.push(`fr.ts lacks ${k}`);
  for (const k of fr.keys()) if (!en.has(k)) bad.push(`fr.ts has ${k}, which en.ts lacks`);
  for (const [k, s] of en) if (fr.has(k) && places(s) !== places(fr.get(k))) bad.push(`${k}: {places} differ between en.ts and fr.ts`);
  for (const [k, s] of fr) if (/'|[^\u202f\u00a0 ][;!?](?=\s|$)/.test(s)) bad.push(`fr.ts ${k}: French apostrophe or space before the sign is wrong`);
  return bad;
}

/** Prefixes of keys that are built from data (`st_` + state). */
function unused(en, code) {
  const prefixes = [...code.matchAll(/[`"](\w+_)\$\{/g)].map((m) => m[1]);
  return [...en.keys()].filter((k) => !new RegExp(`["'\`.]${k}\\b`).test(code) && !prefixes.some((p) => k.startsWith(p))).map((k) => `${k} is not used`);
}

/** Places where text can reach the screen without the tables. */
const WAYS = [
  [/\.(textContent|innerText|innerHTML|placeholder|title|ariaLabel)\s*=(?!=)/, "text is set outside dom.ts"],
  [/(fillText|strokeText)\(\s*["'`]/, "a literal is drawn"],
  [/words\(\s*["'`][^"'`]*\p{L}{3,}/u, "a literal is passed as words"],
  [/words\(\s*`[^`]*\p{L}{3,}[^`]*`\s*\)/u, "a literal is passed as words"],
  [/setAttribute\(\s*"(aria-label|title|placeholder|alt)",\s*["'`]/, "a literal label"],
  [/\b(alert|confirm|prompt)\(/, "the browser's own box"],
  [/["'`]\p{Lu}\p{Ll}+(\s\p{Ll}+){1,}/u, "a sentence in the code"],
];
// dom.ts is the one that writes text; fmt.ts writes the symbols of units.
const SAFE = new Set(["dom.ts", "fmt.ts"]);

function literals(path, root) {
  const name = relative(root, path);
  if (SAFE.has(name) || name.startsWith("lang/")) return [];
  const bad = [];
  readFileSync(path, "utf8").split("\n").forEach((line, i) => {
    const code = line.replace(/^\s*(\*|\/\*).*$/, "").replace(/\/\/.*$/, "").replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "");
    for (const [way, what] of WAYS) if (way.test(code) && !/document\.title =/.test(code)) bad.push(`${name}:${i + 1}: ${what}`);
  });
  return bad;
}

export function checkWords(root) {
  const en = table(join(root, "lang/en.ts"));
  const fr = table(join(root, "lang/fr.ts"));
  const sources = files(root);
  const code = sources.filter((p) => !/lang\/(en|fr)\.ts$/.test(p)).map((p) => readFileSync(p, "utf8")).join("\n");
  const bad = [...compare(en, fr), ...unused(en, code), ...sources.flatMap((p) => literals(p, root))];
  if (bad.length) throw new Error(`words of the page:\n  ${bad.join("\n  ")}`);
  console.log(`words: ${en.size} in English and French`);
}
