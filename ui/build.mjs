// Builds the page: type check, check of the words, bundle, copy.  node build.mjs [--out DIR] [--watch-size]
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { checkWords } from "./check-words.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf("--out");
const out = resolve(at > 0 ? process.argv[at + 1] : join(here, "../build/ui"));
const MOST_BYTES = 1.5e6;

function typeCheck() {
  const tsc = join(here, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", join(here, "tsconfig.json")], { stdio: "inherit" });
}

async function bundle() {
  const common = { absWorkingDir: here, bundle: true, minify: true, target: "es2022", legalComments: "none", logLevel: "warning" };
  await esbuild.build({ ...common, entryPoints: ["src/main.ts"], format: "esm", outfile: join(out, "app.js") });
  await esbuild.build({ ...common, entryPoints: ["src/app.css"], outfile: join(out, "app.css") });
  // The bundle must parse: a minifier's mistake is found here and not on the officer's screen.
  await esbuild.transform(readFileSync(join(out, "app.js"), "utf8"), { logLevel: "warning" });
  for (const name of ["index.html", "favicon.svg"]) copyFileSync(join(here, "src", name), join(out, name));
  const worker = join(here, "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs");
  copyFileSync(worker, join(out, "maplibre-worker.js"));
  copyFileSync(join(here, "node_modules/maplibre-gl/LICENSE.txt"), join(out, "maplibre-license.txt"));
}

function weigh() {
  let total = 0;
  for (const name of readdirSync(out).sort()) {
    const bytes = readFileSync(join(out, name));
    const packed = gzipSync(bytes, { level: 9 }).length;
    if (!name.endsWith(".txt")) total += packed;
    console.log(`${name}: ${statSync(join(out, name)).size} bytes, ${packed} compressed`);
  }
  console.log(`page: ${total} bytes compressed`);
  if (total > MOST_BYTES) throw new Error(`the page is over ${MOST_BYTES} bytes compressed`);
}

try {
  typeCheck();
  checkWords(join(here, "src"));
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await bundle();
  weigh();
  console.log(`built ${relative(process.cwd(), out) || "."}`);
} catch (e) {
  console.error(e.message ?? e);
  process.exit(1);
}
