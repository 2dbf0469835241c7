// SIGKILL at any instant loses no acknowledged act; the station reopens, goes on and the record is whole.
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { check, run, scratch, sleep, station, test } from './harness.mjs';

export async function kill() {
  const record = path.join(scratch(), 'kill.vigie');
  await test('kill -9 in mid-watch, eight times over the same record', async () => {
    let seed = 12345;
    const random = () => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return seed / 2 ** 32; };
    const acknowledged = [];
    for (let round = 0; round < 8; round++) {
      const s = await station(['tests/station/post.yaml', '--sim', '--ask', '--speed', '5', '--record', record, '--port-base', String(27500 + 10 * round)]);
      const end = Date.now() + 1500 + random() * 2500;
      let n = 0;
      while (Date.now() < end) {
        const snap = await s.snapshot();
        const sortie = snap.sorties?.find((x) => ['planned', 'preparing', 'verified', 'ready'].includes(x.state));
        if (sortie) {
          const by = `r${round}-${n++}`;
          const r = await s.post(`/api/sorties/${encodeURIComponent(sortie.id)}/consent`, { by }).catch(() => null);
          if (r && r.status === 200) acknowledged.push(by);

        }
        await sleep(random() * 60);
      }
      s.child.kill('SIGKILL');
      await s.ended;
      const v = run(['verify', record, '--json']);
      check(v.code === 0, `round ${round}: ${v.out}${v.err}`);
    }
    const rows = new Set(spawnSync('sqlite3', [record, "SELECT json_extract(body,'$.by') FROM event WHERE kind='act'"], { encoding: 'utf8' }).stdout.trim().split('\n'));
    const lost = acknowledged.filter((by) => !rows.has(by));
    // How many there are depends on how many sorties wait for consent, one or more a round; none would test nothing.
    check(acknowledged.length >= 8, `acts acknowledged: ${acknowledged.length}`);
    check(lost.length === 0, `lost of ${acknowledged.length}: ${lost}`);
    const starts = spawnSync('sqlite3', [record, "SELECT count(*), count(DISTINCT json_extract(body,'$.epoch_us')) FROM event WHERE kind='start'"], { encoding: 'utf8' }).stdout.trim();
    check(starts === '8|1', `eight starts, one timetable: ${starts}`);
  });
}
