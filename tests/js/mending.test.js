import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "../../static/js/outbox/memory-store.js";
import { Outbox } from "../../static/js/outbox/outbox.js";
import { newId, newRecord } from "../../static/js/outbox/record.js";
import { Refused, Unreachable } from "../../static/js/server/answers.js";

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
 * @param {{ store?: import("../../static/js/outbox/memory-store.js").Store, closesAt?: number | null,
 *   isOffline?: () => boolean, journey?: object }} [parts]
 */
function opened(t, { store = memoryStore(), closesAt = null, isOffline = () => false, journey } = {}) {
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
        if (isOffline()) return Promise.reject(new Unreachable("network"));
        sent.push(new TextDecoder().decode(body));
        return Promise.resolve({ waiting: false, photo: { id }, counts: {} });
      },
      remove(/** @type {OutboxRecord} */ { id }) {
        if (isOffline()) return Promise.reject(new Unreachable("network"));
        sent.push(`- ${id}`);
        return Promise.resolve();
      },
      ...journey,
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

test("without a network a photo that a request has left for is mended under another id, and the old one taken out", async (t) => {
  const pass = clock(t);
  let offline = true;
  const { outbox, sent } = opened(t, { isOffline: () => offline });
  const { id } = await outbox.keep(photo());
  await pass(3);
  assert.equal(await outbox.mend(id, { quarterTurns: 1, corners: null }), null, "the server may have it");
  const anew = await outbox.mendAnew(id, { quarterTurns: 1, corners: CORNERS });
  assert.ok(anew && anew.id !== id);
  assert.deepEqual(
    (await outbox.pending()).map((one) => one.id),
    [anew.id],
    "one photo, as before",
  );
  await pass(30);
  offline = false;
  await outbox.nudge();
  await pass(60);
  assert.deepEqual(sent.sort(), [`- ${id}`, `1 ${JSON.stringify(CORNERS)}`]);
  assert.equal(await outbox.mendAnew(anew.id, { quarterTurns: 2, corners: null }), null, "it has arrived");
});

/**
 * A server with one place, where `returned` lies, and whose first answer gets lost.
 * @param {() => boolean} isOffline
 * @param {string} [returned]
 */
function onePlace(isOffline, returned) {
  let there = returned;
  let isFirst = true;
  return {
    place: () => there,
    journey: {
      put(/** @type {OutboxRecord} */ { id, replaces }) {
        if (isOffline()) return Promise.reject(new Unreachable("network"));
        if (replaces && replaces !== there)
          return Promise.reject(new Refused("photo.nothing_to_replace", "要替换的照片已经不在"));
        if (!replaces && there) return Promise.reject(new Refused("photo.slot_full", "已经放满"));
        there = id;
        if (!isFirst) return Promise.resolve({ waiting: false, photo: { id }, counts: {} });
        isFirst = false;
        return Promise.reject(new Unreachable("network"));
      },
      ask: () => Promise.reject(new Unreachable("network")),
      remove(/** @type {OutboxRecord} */ { id }) {
        if (isOffline()) return Promise.reject(new Unreachable("network"));
        if (there === id) there = undefined;
        return Promise.resolve();
      },
    },
  };
}

for (const returned of [undefined, "the one that was returned"]) {
  test(`a photo mended after it got there unheard takes its place${returned ? ", though what it replaced has gone" : ""}`, async (t) => {
    const pass = clock(t);
    let offline = false;
    const server = onePlace(() => offline, returned);
    const { outbox, store } = opened(t, { journey: server.journey });
    const { id } = await outbox.keep({ ...photo(), replaces: returned ?? null });
    await quiet();
    assert.equal(server.place(), id, "it got there");
    offline = true;
    const anew = await outbox.mendAnew(id, { quarterTurns: 1, corners: CORNERS });
    assert.ok(anew);
    await pass(90);
    offline = false;
    await outbox.nudge();
    await pass(10);
    assert.equal((await store.get(anew.id))?.state, "arrived");
    assert.equal(server.place(), anew.id);
  });
}

test("a photo whose turn comes first does not pass the one that has to leave before it", async (t) => {
  const pass = clock(t);
  let isLost = true;
  const server = onePlace(() => false);
  const { outbox, store, sent } = opened(t, {
    journey: {
      ...server.journey,
      remove: (/** @type {OutboxRecord} */ record) =>
        isLost ? Promise.reject(new Unreachable("network")) : server.journey.remove(record),
    },
  });
  const { id } = await outbox.keep(photo());
  await quiet();
  const anew = await outbox.mendAnew(id, { quarterTurns: 1, corners: null });
  await pass(5);
  assert.equal((await store.get(anew?.id ?? ""))?.state, "kept", "it waits");
  isLost = false;
  await pass(60);
  assert.equal(server.place(), anew?.id);
  assert.deepEqual(sent, []);
});

test("what was to be replaced is gone: the owner's next try takes a free place", async (t) => {
  clock(t);
  const server = onePlace(() => false);
  const { outbox, store } = opened(t, { journey: { ...server.journey, ask: server.journey.put } });
  const { id } = await outbox.keep({ ...photo(), replaces: "a photo that was deleted elsewhere" });
  await quiet();
  assert.equal((await store.get(id))?.error?.code, "photo.nothing_to_replace");
  await outbox.retry(id);
  await quiet();
  assert.equal(server.place(), id);
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
