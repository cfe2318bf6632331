import assert from "node:assert/strict";
import { test } from "node:test";
import { costOfLeaving } from "../../static/js/leaving.js";
import { newId, newRecord, STALE_MS } from "../../static/js/outbox/record.js";
import { isReachable } from "../../static/js/server/reachable.js";
import { notThere, nowOf } from "../../static/js/unsent-bar.js";

const NOON = 1588780800000;
const bytes = Uint8Array.of(1, 2, 3).buffer;

/** @param {Partial<import("../../static/js/outbox/record.js").OutboxRecord>} changes */
const record = (changes) => ({
  ...newRecord({ id: newId(), material: "ID", slot: "front", maxBytes: 204800, bytes }, "li", NOON),
  ...changes,
});

test("an original that is being shrunk there has arrived, and is not counted as unsent", () => {
  const there = notThere([
    record({ state: "processing" }),
    record({ state: "kept" }),
    record({ state: "refused" }),
  ]);
  assert.deepEqual(
    there.map(({ state }) => state),
    ["kept", "refused"],
  );
});

test("the bar says what the photos wait for", () => {
  const well = { now: NOON, isOnline: true, isSignedOut: false };
  const kept = record({ state: "kept" });
  const old = record({ state: "kept", createdAt: NOON - STALE_MS - 1 });
  assert.equal(nowOf([kept, record({ state: "sending" })], well), "sending");
  assert.equal(nowOf([kept], well), "waiting");
  assert.equal(nowOf([kept], { ...well, isOnline: false }), "offline");
  assert.equal(nowOf([kept], { ...well, isSignedOut: true }), "signed-out");
  assert.equal(nowOf([old, record({ state: "refused" })], { ...well, isOnline: false }), "stuck");
  assert.equal(nowOf([old, kept], well), "waiting");
});

test("a question that hangs whether the server answers is given up", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(
    globalThis,
    "fetch",
    (/** @type {string} */ _url, /** @type {RequestInit} */ { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  );
  const answer = isReachable();
  t.mock.timers.tick(10000);
  assert.equal(await Promise.race([answer, new Promise(setImmediate)]), false);
});

test("whoever leaves is asked only where something would be lost or is running", () => {
  const safe = { isDurable: true, now: NOON };
  assert.equal(costOfLeaving([], safe), null);
  for (const state of /** @type {const} */ (["kept", "refused", "processing"]))
    assert.equal(costOfLeaving([record({ state })], safe), null, state);
  for (const state of /** @type {const} */ (["chosen", "sending"]))
    assert.equal(costOfLeaving([record({ state })], safe), "broken-off", state);
  const memory = { isDurable: false, now: NOON };
  assert.equal(costOfLeaving([record({ state: "kept" })], memory), "lost");
  assert.equal(costOfLeaving([record({ state: "processing" })], memory), null, "the server has it");
  assert.equal(costOfLeaving([record({ state: "chosen", createdAt: NOON - STALE_MS - 1 })], safe), null);
});
