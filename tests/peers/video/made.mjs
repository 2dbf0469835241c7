// Pictures and metadata whose truth is known.

export const FPS = 25, N = 150;
const W = 320, H = 180;

// Frame i as 16 bars: the left one is its least bit, white is 1.
export function frames() {
  const out = Buffer.alloc(W * H * N);
  for (let i = 0; i < N; i++) {
    const row = Buffer.alloc(W);
    for (let x = 0; x < W; x++) row[x] = i >> (x / (W / 16) | 0) & 1 ? 235 : 16;
    for (let y = 0; y < H; y++) row.copy(out, (i * H + y) * W);
  }
  return out;
}

const be = (v, n) => Buffer.from(Array.from({ length: n }, (_, i) => Number(BigInt(v) >> BigInt(8 * (n - 1 - i)) & 255n)));

// ST 0601 by hand: time, heading, latitude, version, checksum.
export function packet(t_us, lat, heading) {
  const item = (tag, bytes) => Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
  const items = Buffer.concat([item(2, be(t_us, 8)), item(5, be(Math.round(heading / 360 * 65535), 2)), item(13, be(Math.round(lat / 90 * 0x7fffffff), 4)), item(65, be(17, 1)), Buffer.from([1, 2])]);
  const head = Buffer.concat([Buffer.from('060e2b34020b01010e01030101000000', 'hex'), Buffer.from([items.length + 2]), items]);
  let sum = 0;
  head.forEach((x, i) => { sum += x << (8 * ((i + 1) % 2)); });
  return Buffer.concat([head, be(sum & 0xffff, 2)]);
}

function crc32(b) {
  let c = 0xffffffff;
  for (const x of b) { c ^= x << 24; for (let i = 0; i < 8; i++) c = c & 0x80000000 ? (c << 1) ^ 0x04c11db7 : c << 1; }
  return c >>> 0;
}

// ffmpeg's transport stream with a stream of metadata on PID 0x1f0 beside the video: the table of the program gets one entry more, and packets at
// every fifth frame's time, just before that frame (ST 1402).
export function withKlv(ts, sync) {
  const out = [];
  let cc = 0, next = 0, first = null, mapPid = -1, videoPid = -1;
  const entry = Buffer.concat([Buffer.from([sync ? 0x15 : 6]), be(0xe1f0, 2), sync
    ? Buffer.concat([be(0xf016, 2), Buffer.from([0x26, 9, 1, 0, 255, 75, 76, 86, 65, 0, 0x0f, 0x27, 9, 0xc0, 0, 0, 0xc0, 0, 0, 0xc0, 0, 0])])
    : Buffer.concat([be(0xf006, 2), Buffer.from([5, 4, 75, 76, 86, 65])])]);
  const klvAt = (pts) => {
    const t = pts / 90000 - first / 90000;
    const p = packet(1700000000000000 + Math.round(t * 1e6), 10 + 0.01 * t, (350 + 20 * t) % 360);
    const body = sync ? Buffer.concat([Buffer.from([0, 0, 0xdf]), be(p.length, 2), p]) : p;
    const q = BigInt(pts);
    const stamp = Buffer.from([0x21 | Number(q >> 29n & 14n), Number(q >> 22n & 255n), Number(q >> 14n & 254n) | 1, Number(q >> 7n & 255n), Number(q << 1n & 254n) | 1]);
    const pes = Buffer.concat([Buffer.from([0, 0, 1, sync ? 0xfc : 0xbd]), be(body.length + 8, 2), Buffer.from([0x84, 0x80, 5]), stamp, body]);
    const room = 184 - pes.length;
    return Buffer.concat([Buffer.from([0x47, 0x41, 0xf0, 0x30 | cc++ & 15, room - 1, 0]), Buffer.alloc(room - 2, 255), pes]);
  };
  for (let i = 0; i < ts.length; i += 188) {
    const p = Buffer.from(ts.subarray(i, i + 188));
    const pid = (p[1] & 31) << 8 | p[2], starts = p[1] & 0x40;
    const at = 4 + (p[3] & 0x20 ? 1 + p[4] : 0);
    if (pid === 0 && mapPid < 0) mapPid = (p[at + 1 + 10] & 31) << 8 | p[at + 1 + 11];
    if (pid === mapPid && starts) {
      const s = at + 1, n = (p[s + 1] & 15) << 8 | p[s + 2]; // section_length counts what follows, with the CRC
      videoPid = (p[s + 13] & 31) << 8 | p[s + 14];
      const section = Buffer.concat([p.subarray(s, s + 3 + n - 4), entry]);
      section.writeUInt16BE(0xb000 | n + entry.length, 1);
      Buffer.concat([section, be(crc32(section), 4)]).copy(p, s);
    }
    if (pid === videoPid && starts) {
      const d = p.subarray(at);
      const pts = Number((BigInt(d[9]) >> 1n & 7n) << 30n) + (d[10] << 22) + ((d[11] >> 1) << 15) + (d[12] << 7) + (d[13] >> 1);
      // In decode order the first picture is the earliest; those after it come a little out of order.
      if (first === null) { first = pts; next = pts; }
      if (pts >= next) { out.push(klvAt(next)); next += 5 * 90000 / FPS; }
    }
    out.push(p);
  }
  return Buffer.concat(out);
}
