// Independent clients (Node's fetch, the ws package) against the page's server. Usage: node check.mjs PEER
import strict from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import WebSocket from "ws";

// Counts what was asserted; the first that fails ends the run.
let passed = 0;
const counted = (check) => (...args) => (passed++, check(...args));
const assert = { equal: counted(strict.equal), ok: counted(strict.ok), rejects: counted(strict.rejects) };

const peer = spawn(process.argv[2], { stdio: ["pipe", "pipe", "inherit"] });
const [first] = await once(peer.stdout, "data");
const base = `http://127.0.0.1:${Number(first)}`;

// A value with every sign that parts a query, and a path with a coded "#".
const value = "a&b=c+d e%é";
let r = await fetch(`${base}/api/mission/${encodeURIComponent("K2#3 é")}?v=${encodeURIComponent(value)}&n=-5`);
assert.equal(r.status, 200);
assert.equal(r.headers.get("x-content-type-options"), "nosniff");
let j = await r.json();
assert.equal(j.path, "/api/mission/K2#3 é");
assert.equal(new URLSearchParams(j.query).get("v"), value);
assert.equal(new URLSearchParams(j.query).get("n"), "-5");

// Many at once.
const many = await Promise.all(Array.from({ length: 100 }, (_, i) => fetch(`${base}/api/n/${i}`).then((x) => x.json())));
many.forEach((x, i) => assert.equal(x.path, `/api/n/${i}`));

// Acts.
const act = (headers) => fetch(`${base}/api/alerts/A1/take`, { method: "POST", body: '{"by":"é"}', headers });
assert.equal((await act({})).status, 403);
r = await act({ "X-Vigie": "1" });
assert.equal(r.status, 200);
assert.equal((await r.json()).query, '{"by":"é"}');
assert.equal((await fetch(`${base}/api/x`, { method: "DELETE" })).status, 405);
assert.equal((await fetch(`${base}/`)).status, 200);

// The stream: one hello, then no hole.
const join = (origin) => new WebSocket(`${base.replace("http", "ws")}/api/live`, { origin });
await assert.rejects(once(join("http://evil.example"), "open"), /403/);
await Promise.all(
  Array.from({ length: 20 }, async () => {
    const ws = join(base);
    const seqs = [];
    ws.on("message", (data, isBinary) => {
      assert.equal(isBinary, false);
      seqs.push(JSON.parse(data.toString()).seq);
      if (seqs.length === 15) ws.close();
    });
    await once(ws, "close");
    seqs.forEach((s, i) => assert.equal(s, seqs[0] + i));
    assert.ok(seqs.length >= 15);
  }),
);

peer.stdin.end();
const [code] = await once(peer, "exit");
assert.equal(code, 0);
console.log(`${passed} passed, 0 failed`);
