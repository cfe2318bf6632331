import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "../../static/js/outbox/memory-store.js";
import { Outbox } from "../../static/js/outbox/outbox.js";
import { newId, newRecord } from "../../static/js/outbox/record.js";

/** @typedef {import("../../static/js/outbox/record.js").OutboxRecord} OutboxRecord */

const bytes = Uint8Array.of(1, 2, 3).buffer;
const START = 1588780800000;
/** @type {import("../../static/js/imaging/homography.js").Corners} */
const CORNERS = [
  [0.1, 0.1],
  [0.9, 0.1],
  [0.9, 0.8],
  [0.1, 0.8],
];

/** Lets everything run that needs no time to pass. */
const quiet = async () => {
  for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve));
};

/**
 * An outbox whose photos are shrunk to what was asked of them, in words.
 * @param {import("node:test").TestContext} t
 * @param {{ store?: import("../../static/js/outbox/memory-store.js").Store, closesAt?: number | null }} [parts]
 */
function opened(t, { store = memoryStore(), closesAt = null } = {}) {
  /** @type {string[]} */
  const sent = [];
  const outbox = new Outbox({
    person: "li",
    store,
    closesAt,
    digest: null,
    random: () => 0.5,
    inTurn: (_name, task) => task(),
    loadPrepare: () =>
      Promise.resolve(({ quarterTurns, corners }) =>
        Promise.resolve({
          bytes: new TextEncoder().encode(`${quarterTurns} ${JSON.stringify(corners ?? null)}`).buffer,
          type: "image/jpeg",
          advice: ["blurred"],
        }),
      ),
    journey: /** @type {any} */ ({
      put(/** @type {OutboxRecord} */ { id }, /** @type {ArrayBuffer} */ body) {
        sent.push(new TextDecoder().decode(body));
        return Promise.resolve({ waiting: false, photo: { id }, counts: {} });
      },
    }),
  });
  t.after(() => outbox.stop());
  return { outbox, store, sent };
}

const photo = () => ({ id: newId(), material: "identity", slot: "portrait", maxBytes: 204800, bytes });

/** @param {import("node:test").TestContext} t */
function clock(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: START });
  return async (/** @type {number} */ seconds) => {
    for (let passed = 0; passed < seconds; passed += 1) {
      t.mock.timers.tick(1000);
      await quiet();
    }
  };
}

test("a photo that is looked at stays, and others pass it", async (t) => {
  const pass = clock(t);
  const { outbox, sent } = opened(t);
  const { id } = await outbox.keep(photo());
  assert.ok(await outbox.hold(id));
  await quiet();
  await outbox.keep(photo());
  await pass(20);
  assert.equal(sent.length, 1, "the second has gone");
  assert.equal((await outbox.pending())[0].id, id);
  await outbox.release(id);
  await quiet();
  assert.equal(sent.length, 2);
});

test("mended, it goes as its owner wants it, once", async (t) => {
  const pass = clock(t);
  const { outbox, sent } = opened(t);
  const { id } = await outbox.keep(photo());
  await outbox.hold(id);
  await pass(5);
  assert.deepEqual(sent, []);
  assert.ok(await outbox.originalBytes(id));
  await outbox.mend(id, { quarterTurns: 1, corners: CORNERS });
  await pass(60);
  assert.deepEqual(sent, [`1 ${JSON.stringify(CORNERS)}`]);
  assert.equal(await outbox.mend(id, { quarterTurns: 0, corners: null }), null, "it has left");
  assert.equal(await outbox.hold(id), null);
});

test("where the page ends meanwhile, the next one sends the photo as it was chosen", async (t) => {
  const pass = clock(t);
  const store = memoryStore();
  const first = opened(t, { store });
  const { id } = await first.outbox.keep(photo());
  await first.outbox.hold(id);
  await quiet();
  first.outbox.stop();
  const next = opened(t, { store });
  await next.outbox.start();
  await pass(28);
  assert.deepEqual(next.sent, [], "it may still be looked at");
  await pass(4);
  assert.deepEqual(next.sent, ["0 null"]);
  assert.deepEqual(first.sent, []);
});

test("renewed every ten seconds it is held for ten minutes and no longer", async (t) => {
  const pass = clock(t);
  const { outbox, sent } = opened(t);
  const { id } = await outbox.keep(photo());
  let held = 0;
  while (await outbox.hold(id)) {
    await pass(10);
    held += 10;
    assert.ok(held < 700);
  }
  assert.ok(held >= 590 && held <= 610, `${held} s`);
  await pass(1);
  assert.deepEqual(sent, ["0 null"]);
});

test("before the bell nothing waits that was not announced", async (t) => {
  const pass = clock(t);
  const { outbox, sent } = opened(t, { closesAt: START + 130000 });
  const { id } = await outbox.keep(photo());
  assert.ok(await outbox.hold(id));
  await pass(9);
  assert.deepEqual(sent, []);
  assert.ok(await outbox.hold(id));
  await pass(2);
  assert.deepEqual(sent, ["0 null"], "two minutes before the bell it goes");
  const late = await outbox.keep(photo());
  assert.equal(await outbox.hold(late.id), null);
});

test("an announced photo may be held over the last minutes, and is bound after the bell", async (t) => {
  const pass = clock(t);
  const { outbox, store, sent } = opened(t, { closesAt: START + 20000 });
  const announced = { shrunk: null, closesAt: START + 20000, words: "" };
  const record = { ...newRecord(photo(), "li", START), announced };
  await store.add(record, bytes);
  assert.ok(await outbox.hold(record.id));
  await pass(18);
  assert.deepEqual(sent, []);
  assert.ok(await outbox.mend(record.id, { quarterTurns: 2, corners: null }));
  assert.ok(await outbox.hold(record.id));
  await pass(4);
  assert.equal(await outbox.hold(record.id), null);
  assert.equal(await outbox.mend(record.id, { quarterTurns: 3, corners: null }), null);
});

test("records from before can be mended, and a turn keeps the corners", async (t) => {
  clock(t);
  const { outbox, store, sent } = opened(t);
  const { corners, ...old } = newRecord(photo(), "li", START);
  assert.equal(corners, null);
  await store.add(old, bytes);
  await outbox.hold(old.id);
  await outbox.mend(old.id, { quarterTurns: 3, corners: CORNERS });
  await outbox.turn(old.id, 2);
  await quiet();
  assert.deepEqual(sent, [`1 ${JSON.stringify(CORNERS)}`]);
});

test("advice stands in the record until its owner keeps the photo", async (t) => {
  clock(t);
  const { outbox, store } = opened(t);
  const { id } = await outbox.keep(photo());
  await quiet();
  assert.deepEqual((await store.get(id))?.advice, ["blurred"], "and it went all the same");
  assert.equal((await store.get(id))?.state, "arrived");
  await outbox.dismissAdvice(id);
  assert.deepEqual((await store.get(id))?.advice, []);
});
