// The parts of the studio's page that reckon: frames, colors, ticks, markup.  Run by tests/test_studio_web.py.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.matchMedia = () => ({ matches: false });
const web = new URL("../../workings/studio/web/", import.meta.url);
const { unpack } = await import(new URL("frames.js", web));
const { between, ink, rgb, signed, textOn, widest } = await import(new URL("colors.js", web));
const { Socket } = await import(new URL("socket.js", web));
const { short, ticks } = await import(new URL("chart.js", web));

test("a frame comes apart as it was packed", () => {
  const head = JSON.stringify({ page: "p", kind: "k", data: 1, arrays: [["a", "uint8", [3]], ["b", "float32", [1, 2]]] });
  const filled = head + " ".repeat((4 - (head.length % 4)) % 4);
  const bytes = new Uint8Array(4 + filled.length + 4 + 8);
  new DataView(bytes.buffer).setUint32(0, filled.length, true);
  bytes.set(new TextEncoder().encode(filled), 4);
  bytes.set([7, 8, 9], 4 + filled.length);
  new Float32Array(bytes.buffer, 8 + filled.length, 2).set([1.5, -2]);
  const { page, arrays } = unpack(bytes.buffer);
  assert.equal(page, "p");
  assert.deepEqual([...arrays.a.data], [7, 8, 9]);
  assert.deepEqual([...arrays.b.data], [1.5, -2]);
  assert.deepEqual(arrays.b.shape, [1, 2]);
});

test("zero is the middle, and the ends are the ends", () => {
  assert.deepEqual(signed(0, 1), rgb("#f7f7f7"));
  assert.deepEqual(signed(2, 1), rgb("#005ab5"));
  assert.deepEqual(signed(-1, 1), rgb("#b34e00"));
  assert.deepEqual(signed(5, 0), rgb("#f7f7f7"));
  assert.deepEqual(ink(0), rgb("#ffffff"));
  assert.deepEqual(ink(9), rgb("#1b1f24"));
  assert.deepEqual(between([0, 0, 0], [10, 20, 30], 0.5), [5, 10, 15]);
  assert.equal(widest([1, -3, 2]), 3);
});

test("numbers on any grey can be read", () => {
  const part = (x) => (x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4);
  for (let x = 0; x < 256; x++) {
    const [light, dark] = [Math.max(part(x), textOn([x, x, x]) === "#fff" ? 1 : 0), textOn([x, x, x]) === "#fff" ? part(x) : 0];
    assert.ok((light + 0.05) / (dark + 0.05) >= 4.5, String(x));
  }
});

test("ticks are round and inside", () => {
  assert.deepEqual(ticks(0, 1), [0, 0.5, 1]);
  assert.deepEqual(ticks(0, 0.4), [0, 0.1, 0.2, 0.3, 0.4]);
  assert.deepEqual(ticks(3, 3), [3]);
  for (let k = 0; k < 200; k++) {
    const low = (Math.random() - 0.5) * 10 ** (k % 7), high = low + Math.random() * 10 ** (k % 5) + 1e-9;
    for (const t of ticks(low, high)) assert.ok(t >= low - 1e-9 * Math.abs(low) - 1e-12 && t <= high + 1e-6 * Math.abs(high) + 1e-12);
    assert.ok(ticks(low, high).length <= 6);
  }
});

test("numbers on an axis have a true minus and few digits", () => {
  assert.equal(short(-0.25), "−0.25");
  assert.equal(short(NaN), "–");
  assert.equal(short(123456789), "1.2e+8");
  assert.equal(short(0), "0");
});

test("what is said while the connection is away waits, and goes to a server that knows us", () => {
  const sent = [];
  class Wire {
    static OPEN = 1;
    readyState = 1;
    send = (text) => sent.push(JSON.parse(text).kind);
  }
  Object.assign(globalThis, { WebSocket: Wire, location: { host: "h" }, sessionStorage: new Map(), document: {} });
  Object.assign(sessionStorage, { getItem: (k) => sessionStorage.get(k), setItem: (k, v) => sessionStorage.set(k, v) });
  globalThis.addEventListener = () => {};
  const socket = new Socket("token");
  const welcome = (known) => socket.receive({ page: "studio", kind: "welcome", data: { visitor: "v", known } });
  for (const [known, wanted] of [
    [true, ["b", "c"]],
    [false, []], // another server: the page begins anew
  ]) {
    socket.tell("away", null);
    for (const kind of ["b", "c"]) socket.send("sheet", { kind });
    socket.send("studio", { kind: "painted" });
    sent.length = 0;
    welcome(known);
    assert.deepEqual(sent, wanted);
  }
  socket.tell("away", null);
  for (let i = 0; i < 99; i++) socket.send("draw", { kind: i });
  welcome(true);
  assert.deepEqual([sent.length, sent.at(-1)], [50, 98]);
});
