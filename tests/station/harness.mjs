// Starting the real program for tests, and a counter of what held. No framework: N passed, M failed.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const VIGIE = path.resolve(process.env.VIGIE || 'build/vigie');
let passed = 0, failed = 0;
// Decoded elevation goes to a folder of the tests' own.
process.env.XDG_CACHE_HOME = fs.mkdtempSync(path.join(os.tmpdir(), 'vigie-cache-'));
process.on('exit', () => fs.rmSync(process.env.XDG_CACHE_HOME, { recursive: true, force: true }));

export function check(ok, what) {
  if (ok) passed++;
  else { failed++; console.log(`FAILED  ${what}`); }
  return ok;
}

// What a test that breaks off leaves open, ports above all, must not stand in the way of the next.
let open = [];
export const whenBroken = (close) => open.push(close);

export async function test(name, fn) {
  const before = failed;
  const t0 = Date.now();
  open = [];
  try { await fn(); } catch (e) {
    failed++;
    console.log(`FAILED  ${name}: ${e.stack}`);
    for (const close of open.reverse()) await Promise.resolve().then(close).catch(() => {});
  }
  console.log(`${failed === before ? 'ok     ' : 'FAILED '} ${name} (${((Date.now() - t0) / 1000).toFixed(1)} s)`);
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

export const scratch = () => fs.mkdtempSync(path.join(os.tmpdir(), 'vigie-station-'));
export const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

export function run(args, options = {}) {
  const r = spawnSync(VIGIE, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  return { code: r.status, out: r.stdout, err: r.stderr };
}

// A station (or a replay) under test; resolves when its page answers.
export async function station(args, { stdio, verb = 'run' } = {}) {
  const child = spawn(VIGIE, ['--json', verb, ...(verb === 'run' && !args.includes('--time') ? ['--time', '0s'] : []), ...args, '--listen', '127.0.0.1:0'], { stdio: stdio || ['ignore', 'pipe', 'pipe'] });
  const s = { child, out: '', err: '', url: '' };
  child.stderr.on('data', (d) => { s.err += d; });
  s.ended = new Promise((r) => child.on('exit', (code, signal) => r({ code, signal })));
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (d) => {
      s.out += d;
      const m = s.out.match(/"page":"([^"]+)"/);
      if (m && !s.url) { s.url = m[1].replace(/\/$/, ''); resolve(); }
    });
    s.ended.then(() => reject(new Error(`the station ended early: ${s.err}`)));
  });
  s.get = async (p) => { const r = await fetch(s.url + p); return { status: r.status, json: r.headers.get('content-type')?.includes('json') ? await r.json() : await r.arrayBuffer() }; };
  s.post = async (p, body, headers = { 'X-Vigie': '1' }) => {
    const r = await fetch(s.url + p, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });
    return { status: r.status, json: await r.json().catch(() => null) };
  };
  // The state now, as a new page would get it.
  s.now = async () => (await s.get('/status')).json.now_us;
  s.snapshot = async () => (await s.get(`/api/at?t_us=${await s.now()}`)).json;
  s.until = async (what, holds, seconds = 60) => {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const snap = await s.snapshot();
      if (snap && !snap.error && holds(snap)) return snap;
      if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
      await sleep(200);
    }
  };
  s.stop = async () => { child.kill('SIGTERM'); return s.ended; };
  whenBroken(s.stop);
  return s;
}
