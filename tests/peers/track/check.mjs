import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { check, finish, test } from '../../station/harness.mjs';

const [build, other] = process.argv.slice(2);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigie-track-'));
const tool = (name, args) => execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

await test('the installed library: examples/track by pkg-config', () => {
  const prefix = path.join(dir, 'usr');
  tool('cmake', ['--install', build, '--component', 'track', '--prefix', prefix]);
  const pc = fs.readdirSync(prefix, { recursive: true }).map((n) => path.join(prefix, n)).find((n) => n.endsWith('vigie-track.pc'));
  process.env.PKG_CONFIG_PATH = path.dirname(pc);
  const flags = tool('pkg-config', ['--cflags', '--libs', 'vigie-track']).trim().split(/\s+/), exe = path.join(dir, 'track');
  tool('gcc', ['-std=c17', '-Wall', '-Wextra', '-Werror', 'examples/track/track.c', '-o', exe, ...flags]);
  // Who walks from 300, 500 with 1.4 m/s east and 0.3 m/s north is at 340.6, 508.7 after 29 s.
  const last = tool(exe, []).trim().split('\n').at(-1).match(/^29 s: track 1 at ([\d.]+), ([\d.]+) m, ([\d.]+) m\/s/)?.slice(1).map(Number);
  check(last && Math.hypot(last[0] - 340.6, last[1] - 508.7) < 2 && Math.abs(last[2] - 1.4) < 0.3, `at 29 s: ${last}`);
});

await test('gcc and clang with sanitizers: the same bytes', () => {
  const scans = path.join(dir, 'groups.jsonl');
  fs.writeFileSync(scans, zlib.gunzipSync(fs.readFileSync('tests/peers/track/groups.jsonl.gz')));
  const tracks = [build, other].map((f, i) => {
    const out = path.join(dir, `tracks-${i}.jsonl`);
    const r = spawnSync(path.join(f, 'bench/track_run'), ['tracker', scans, out, '0.5'], { encoding: 'utf8' });
    check(r.status === 0, `${f}: ${r.status} ${r.stderr}`);
    return fs.readFileSync(out);
  });
  check(tracks[0].length > 300000 && tracks[0].equals(tracks[1]), `${tracks[0].length} and ${tracks[1].length} bytes`);
});
fs.rmSync(dir, { recursive: true });
finish();
