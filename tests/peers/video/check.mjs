// Sources of video as the rest of Vigie uses them (src/look/video.h), against real ones: files and streams that ffmpeg encodes and sends,
// through a relay that loses datagrams, stopped and started again, through RTSP. Each frame carries its number as bars, so that what is seen
// is known.
import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { frames, FPS, N, withKlv } from './made.mjs';

const peer = process.argv[2];
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigie-video-'));
let passed = 0, failed = 0;
const check = (ok, what) => { if (ok) passed++; else { failed++; console.log(`FAILED  ${what}`); } return ok; };
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const lines = (text) => text.trim().split('\n').filter(Boolean).map((l) => JSON.parse(l));

function watch(args) {
  const child = spawn(peer, args.map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
  const w = { out: '' };
  child.stdout.on('data', (d) => { w.out += d; });
  const ended = new Promise((r) => child.on('exit', r));
  w.frames = () => lines(w.out.slice(0, w.out.lastIndexOf('\n') + 1)).filter((x) => x.n);
  w.until = async (holds, s = 15) => { const t0 = Date.now(); while (!holds(w.frames()) && Date.now() - t0 < s * 1000) await sleep(50); };
  w.end = async () => {
    child.stdin.end('x');
    const t0 = Date.now();
    await ended;
    const all = lines(w.out);
    return { frames: all.filter((x) => x.n), counts: all.find((x) => x.state), took_s: (Date.now() - t0) / 1000 };
  };
  return w;
}
const whole = async (from, ...more) => { // to the end of a file
  const child = spawn(peer, [from, ...more.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (d) => { out += d; });
  await new Promise((r) => child.on('close', r));
  const all = lines(out);
  return { frames: all.filter((x) => x.n), counts: all.find((x) => x.state) };
};
const ffmpeg = (args, input) => { const r = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { input, maxBuffer: 1 << 28 }); check(r.status === 0, `ffmpeg ${args.join(' ')}: ${r.stderr}`); };
const send = (file, to, more = []) => { const c = spawn('ffmpeg', ['-v', 'quiet', '-re', ...more, '-i', file, '-map', '0', '-c', 'copy', '-f', 'mpegts', to]); c.ended = new Promise((r) => c.on('exit', r)); return c; };

const raw = frames();
const encode = (name, args) => { const p = path.join(dir, name); ffmpeg(['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', '320x180', '-r', `${FPS}`, '-i', '-', ...args, p], raw); return p; };
const ts = encode('h264.ts', ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '25', '-pix_fmt', 'yuv420p']);

// Each codec and container: every frame, in order, once; thermal pictures of 16 bits and of 10.
for (const [name, args] of [['h264.ts', null], ['h265.ts', ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-pix_fmt', 'yuv420p']],
  ['mpeg2.ts', ['-c:v', 'mpeg2video', '-q:v', '3', '-pix_fmt', 'yuv420p']], ['mjpeg.avi', ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj422p']], ['h264.mp4', ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']],
  ['ten.mp4', ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le']], ['thermal.mkv', ['-c:v', 'ffv1', '-pix_fmt', 'gray16le']]]) {
  const { frames: f, counts } = await whole(args ? encode(name, args) : ts);
  check(f.length === N && f.every((x, i) => x.bars === i && x.n === i + 1 && x.width === 320 && x.height === 180), `${name}: ${f.length} frames, first wrong ${f.findIndex((x, i) => x.bars !== i)}`);
  check(f.every((x, i) => Math.abs(x.pts_s - f[0].pts_s - i / FPS) < 2e-3), `${name}: times`);
  check(counts?.state === 'ended' && counts.dropped === 0 && counts.damaged_frames === 0 && counts.connections === 1, `${name}: ${JSON.stringify(counts)}`);
  check(f[0]?.shot === true && !('t_us' in f[0]), `${name}: the first begins a shot, no metadata, no time`);
}

// Metadata beside it, five times a second: each frame has its own moment and place. Truth: made.mjs.
for (const sync of [false, true]) {
  const p = path.join(dir, `klv${sync}.ts`);
  fs.writeFileSync(p, withKlv(fs.readFileSync(ts), sync));
  const { frames: f, counts } = await whole(p);
  const first = f[0].pts_s;
  const late = f.filter((x) => !(Math.abs(x.t_us - 1.7e15 - (x.pts_s - first) * 1e6) < 30));
  check(f.length === N && late.length === 0, `synchronous ${sync}: times of frames: ${late.length} wrong, ${JSON.stringify(late[0])}`);
  const inner = f.filter((x) => x.pts_s - first <= (N - 10) / FPS);
  check(inner.length > N - 12 && inner.every((x) => Math.abs(x.lat - 10 - 0.01 * (x.pts_s - first)) < 3e-7), `synchronous ${sync}: places`);
  // Heading turns 20 degrees a second through north.
  check(inner.every((x) => { const d = (x.heading - 350 - 20 * (x.pts_s - first)) % 360; return Math.min(Math.abs(d), Math.abs(d + 360)) < 0.02; }), `synchronous ${sync}: headings`);
  check(counts.klv === Math.ceil(N / 5) && counts.klv_faults === 0, JSON.stringify(counts));
}

// Metadata put beside a video: pictures are the same bytes, what the source carried of its own is gone, what was made is read back, weapons are nowhere.
{
  const bin = path.dirname(peer), vigie = path.join(bin, '../../../src/app/vigie');
  for (const [from, left] of [[ts, 0], [path.join(dir, 'klvfalse.ts'), Math.ceil(N / 5)], [path.join(dir, 'h264.mp4'), 0]]) {
    const to = path.join(dir, 'out.ts');
    const r = spawnSync(path.join(bin, 'mux_peer'), [from, to], { encoding: 'utf8' });
    const c = JSON.parse(r.stdout || '{}');
    check(r.status === 0 && c.pictures === N && c.klv >= N / 5 - 1 && c.left_out === left, `${path.basename(from)}: ${r.stdout} ${r.stderr}`);
    // Pictures' bytes as elementary streams (MP4 has them in another wrapping: those are compared decoded).
    const es = (f) => spawnSync('ffmpeg', ['-v', 'error', '-i', f, '-map', '0:v', ...(from.endsWith('mp4') ? ['-f', 'framemd5'] : ['-c', 'copy', '-f', 'h264']), '-'], { maxBuffer: 1 << 28 }).stdout;
    const strip = (b) => (from.endsWith('mp4') ? b.toString().split('\n').filter((l) => !l.startsWith('#')).map((l) => l.split(',').pop().trim()).join() : b.toString('latin1'));
    check(es(from).length > 1000 && strip(es(from)) === strip(es(to)), `${path.basename(from)}: the pictures are untouched`);
    const probe = JSON.parse(spawnSync('ffprobe', ['-v', 'quiet', '-show_streams', '-of', 'json', to], { encoding: 'utf8' }).stdout);
    check(probe.streams.some((s) => s.codec_name === 'klv' && s.codec_tag_string === 'KLVA'), 'ffprobe finds the metadata');
    const klv = lines(spawnSync(vigie, ['klv', to], { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout);
    const tags = klv.flatMap((p) => p.items.map((i) => i.tag));
    check(klv.length === c.klv && klv.every((p) => p.checksum === 'good' && !p.errors) && ![60, 61, 62, 140].some((t) => tags.includes(t)), `${klv.length} packets read back`);
    check(klv.every((p) => p.items.find((i) => i.tag === 74).items.find((i) => i.tag === 101).targets[0].id === 3 && p.items.find((i) => i.tag === 91).special === 'out of range'), 'targets and special values');
    const { frames: f } = await whole(to);
    const first = f[0].pts_s, inner = f.filter((x) => x.pts_s - first < (N - 10) / FPS);
    check(f.length === N && inner.every((x) => Math.abs(x.lat - 10 - 0.01 * (x.pts_s - first)) < 3e-7 && Math.abs(x.t_us - 1.7e15 - (x.pts_s - first) * 1e6) < 40), 'frames get the poses that were put beside them');
  }
  const bad = spawnSync(path.join(bin, 'mux_peer'), [ts, path.join(dir, 'no/such/folder.ts')], { encoding: 'utf8' });
  check(bad.status === 4 && bad.stderr.includes('folder.ts'), `not writable: ${bad.status} ${bad.stderr}`);
}

// A slow caller: a file waits, nothing is dropped.
{
  const { frames: f, counts } = await whole(ts, 0, 5);
  check(f.length === N && counts.dropped === 0, `slow, from a file: ${f.length} ${JSON.stringify(counts)}`);
}
// What is not there, and what is no video.
{
  const absent = (await whole(path.join(dir, 'absent.ts'))).counts;
  check(absent?.state === 'ended' && absent.why.includes('absent.ts') && absent.frames === 0, JSON.stringify(absent));
  const text = (await whole('tests/peers/video/run')).counts;
  check(text?.state === 'ended' && text.why !== '' && text.frames === 0, JSON.stringify(text));
}

// Live over UDP, unicast and multicast on the loopback.
for (const [name, to, from] of [['unicast', 'udp://127.0.0.1:28510?pkt_size=1316', 'udp://127.0.0.1:28510'],
  ['multicast', 'udp://239.255.41.7:28511?pkt_size=1316&localaddr=127.0.0.1&ttl=0', 'udp://239.255.41.7:28511?localaddr=127.0.0.1']]) {
  const w = watch([from]);
  await sleep(400);
  const sender = send(ts, to);
  await w.until((f) => f.length > N - 40);
  const { frames: f, counts, took_s } = await w.end();
  sender.kill();
  await sender.ended;
  check(f.length > N - 40 && f.every((x, i) => i === 0 || x.bars === f[i - 1].bars + 1), `${name}: ${f.length} frames, each after the other`);
  check(counts.lost === 0 && counts.dropped === 0 && took_s < 3, `${name}: ${JSON.stringify(counts)}, closed in ${took_s} s`);
}

// One datagram in thirty lost: it is counted, frames it may have hurt say so, the others are right, and it goes on.
{
  const w = watch(['udp://127.0.0.1:28512']);
  const relay = dgram.createSocket('udp4'), out = dgram.createSocket('udp4');
  let k = 0;
  relay.on('message', (m) => { if (++k % 30 !== 29) out.send(m, 28512, '127.0.0.1'); });
  await new Promise((r) => relay.bind(28513, '127.0.0.1', r));
  await sleep(300);
  const sender = send(ts, 'udp://127.0.0.1:28513?pkt_size=1316', ['-stream_loop', '1']);
  await w.until((f) => f.length > 1.5 * N);
  const { frames: f, counts } = await w.end();
  sender.kill();
  await sender.ended;
  relay.close(); out.close();
  const sound = f.filter((x) => !x.damaged);
  check(counts.lost > 2 && counts.damaged_frames > 5 && f.some((x) => x.damaged), `losses are counted: ${JSON.stringify(counts)}`);
  check(sound.length > f.length / 4 && sound.every((x) => x.bars < N), `sound frames are right: ${sound.filter((x) => x.bars >= N).length} of ${sound.length} are not`);
  check(f.length > 1.2 * N && counts.connections === 1, `it goes on: ${f.length} frames`);
}

// A slow caller of a live source: the oldest go, and what it gets stays fresh.
{
  const w = watch(['udp://127.0.0.1:28514', 0, 150]);
  await sleep(300);
  const sender = send(ts, 'udp://127.0.0.1:28514?pkt_size=1316');
  await w.until((f) => f.length > 20);
  const { frames: f, counts } = await w.end();
  sender.kill();
  await sender.ended;
  check(counts.dropped > 20 && f.every((x, i) => i === 0 || x.n > f[i - 1].n), `dropped: ${JSON.stringify(counts)}`);
  check(counts.frames - f[f.length - 1].n < 25, `fresh: ${f[f.length - 1].n} of ${counts.frames}`);
}

// Stopped and started again: silence is a stall, then it is opened anew and begins with a shot.
{
  const w = watch(['udp://127.0.0.1:28515', 1]);
  await sleep(300);
  let sender = send(ts, 'udp://127.0.0.1:28515?pkt_size=1316');
  await w.until((f) => f.length > 30);
  sender.kill();
  await sender.ended;
  await sleep(2500);
  const before = w.frames().length;
  sender = send(ts, 'udp://127.0.0.1:28515?pkt_size=1316');
  await w.until((f) => f.length > before + 40);
  const { frames: f, counts } = await w.end();
  sender.kill();
  await sender.ended;
  const again = f.filter((x) => x.connection > 1);
  check(counts.stalls >= 1 && counts.connections >= 2 && again.length >= 40, `started again: ${JSON.stringify(counts)}`);
  check(again[0]?.shot && again.slice(1).every((x, i) => x.bars === again[i].bars + 1), 'and is right');
}

// RTSP: a server of 40 lines hands on what ffmpeg sends as RTP; it breaks off once, and the source comes back by itself.
{
  const sdpFile = path.join(dir, 'rtp.sdp');
  const rtp = spawn('ffmpeg', ['-v', 'quiet', '-re', '-stream_loop', '3', '-i', path.join(dir, 'h264.mp4'), '-c', 'copy', '-f', 'rtp', '-sdp_file', sdpFile, 'rtp://127.0.0.1:28520']);
  rtp.ended = new Promise((r) => rtp.on('exit', r));
  for (let i = 0; i < 50 && !fs.existsSync(sdpFile); i++) await sleep(100);
  const sdp = fs.readFileSync(sdpFile, 'utf8').replace(/^SDP:.*\n/, '').replace(/m=video \d+/, 'm=video 0').replace(/\r?\n/g, '\r\n');
  const players = new Set();
  let plays = 0;
  const server = net.createServer((c) => {
    c.on('error', () => {});
    c.on('close', () => players.delete(c));
    c.on('data', (d) => {
      for (const q of d.toString('latin1').split('\r\n\r\n').filter((x) => /^[A-Z]+ rtsp/.test(x))) {
        const verb = q.split(' ')[0], seq = q.match(/CSeq: (\d+)/i)[1];
        const say = (head, body = '') => c.write(`RTSP/1.0 200 OK\r\nCSeq: ${seq}\r\n${head}${body ? `Content-Type: application/sdp\r\nContent-Length: ${body.length}\r\n` : ''}\r\n${body}`);
        if (verb === 'OPTIONS') say('Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n');
        else if (verb === 'DESCRIBE') say('', `${sdp}a=control:one\r\n`);
        else if (verb === 'SETUP') say('Session: 7\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n');
        else if (verb === 'PLAY') { say('Session: 7\r\n'); plays++; players.add(c); } else say('Session: 7\r\n');
      }
    });
  });
  await new Promise((r) => server.listen(28522, '127.0.0.1', r));
  const socket = dgram.createSocket('udp4');
  socket.on('message', (m) => { for (const c of players) c.write(Buffer.concat([Buffer.from([0x24, 0, m.length >> 8, m.length & 255]), m])); });
  await new Promise((r) => socket.bind(28520, '127.0.0.1', r));
  const w = watch(['rtsp://127.0.0.1:28522/camera', 2]);
  await w.until((f) => f.length > 30);
  const n1 = w.frames().length;
  for (const c of players) c.destroy();
  await w.until((f) => f.filter((x) => x.connection > 1).length > 30);
  const { frames: f, counts } = await w.end();
  socket.close(); server.close();
  rtp.kill();
  await rtp.ended;
  check(n1 > 30 && f.filter((x) => !x.damaged).every((x) => x.bars < N), `RTSP: ${n1} frames`);
  check(plays >= 2 && counts.connections >= 2 && f.filter((x) => x.connection > 1).length > 30, `RTSP comes back: ${plays} ${JSON.stringify(counts)}`);
}

fs.rmSync(dir, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
