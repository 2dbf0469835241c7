import { finish } from './harness.mjs';
import { cli } from './cli.mjs';
import { watch } from './watch.mjs';
import { kill } from './kill.mjs';
import { wire } from './wire.mjs';
import { planning } from './planning.mjs';
import { links } from './links.mjs';
import { fly } from './fly.mjs';
import { traffic } from './traffic.mjs';
import { klv } from './klv.mjs';
import { trackCommand as track } from './track.mjs';
import { tracks } from './tracks.mjs';

// all.mjs [NAME...]: the parts so named; "-NAME" all but that one.
const parts = { cli, watch, kill, wire, planning, links, fly, traffic, klv, track, tracks };
const named = process.argv.slice(2);
const out = named.filter((n) => n.startsWith('-')).map((n) => n.slice(1));
const only = named.filter((n) => !n.startsWith('-'));
for (const n of [...out, ...only]) if (!parts[n]) throw new Error(`no part "${n}"; there are ${Object.keys(parts).join(', ')}`);
for (const [name, part] of Object.entries(parts)) if (!out.includes(name) && (only.length === 0 || only.includes(name))) await part();
finish();
