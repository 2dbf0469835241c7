import { finish } from './harness.mjs';
import { cli } from './cli.mjs';
import { watch } from './watch.mjs';
import { kill } from './kill.mjs';
import { wire } from './wire.mjs';
import { planning } from './planning.mjs';
import { links } from './links.mjs';
import { fly } from './fly.mjs';
import { traffic } from './traffic.mjs';

const only = process.argv[2] || '';
for (const [name, part] of Object.entries({ cli, watch, kill, wire, planning, links, fly, traffic })) if (name.includes(only)) await part();
finish();
