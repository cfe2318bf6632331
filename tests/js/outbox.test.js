import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "../../static/js/outbox/memory-store.js";
import { Outbox } from "../../static/js/outbox/outbox.js";
import { newId, newRecord } from "../../static/js/outbox/record.js";
import { wipe } from "../../static/js/outbox/signing-out.js";
import { turnTaking } from "../../static/js/outbox/turn-taking.js";
import { Refused, SignedOut, Unreachable } from "../../static/js/server/answers.js";

/** @typedef {import("../../static/js/outbox/record.js").OutboxRecord} OutboxRecord */

const bytes = Uint8Array.of(1, 2, 3).buffer;
const small = Uint8Array.of(9).buffer;
const photo = () => ({ id: newId(), material: "identity", slot: "portrait", maxBytes: 204800, bytes });

const shrinks = () => Promise.resolve({ bytes: small, type: "image/jpeg" });

/** @param {OutboxRecord} record */
const receiptFor = ({ id }) => /** @type {any} */ ({ waiting: false, photo: { id }, counts: {} });

const notThere = () => Promise.reject(new Refused("photo.not_found", "没有找到这张照片。"));

/**
 * An outbox with a server and a clock that the test holds in its hands.
 * @param {import("node:test").TestContext} t
 * @param {{ store?: import("../../static/js/outbox/memory-store.js").Store, person?: string, prepare?: any, load?: any,
 *   journey?: any }} [parts]
 */
function opened(t, { store = memoryStore(), person = "li", prepare, load, journey = {} } = {}) {
  /** @type {{ id: string, type: string, size: number }[]} */
  const puts = [];
  /** @type {string[]} */
  const removed = [];
  /** @type {string[]} */
  const states = [];
  const outbox = new Outbox({
    person,
    store,
    random: () => 0.5,
    loadPrepare: load ?? (() => Promise.resolve(prepare ?? shrinks)),
    inTurn: (_name, task) => task(),
    journey: {
      ask: receiptFor,
      remove: ({ id }) => Promise.resolve(removed.push(id)),
      ...journey,
      put(record, sent, options) {
        puts.push({ id: record.id, type: record.type, size: sent.byteLength });
        return journey.put ? journey.put(record, sent, options) : Promise.resolve(receiptFor(record));
      },
    },
  });
  outbox.addEventListener("change", (event) => {
    states.push(/** @type {CustomEvent} */ (event).detail.record.state);
  });
  t.after(() => outbox.stop());
  return { outbox, store, puts, removed, states };
}

/** @param {import("node:test").TestContext} t */
function clock(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1588780800000 });
  return async (/** @type {number} */ seconds) => {
    for (let passed = 0; passed < seconds; passed += 0.5) {
      t.mock.timers.tick(500);
      await quiet();
    }
  };
}

/** Lets everything run that needs no time to pass. */
const quiet = async () => {
  for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve));
};

test("a photo goes from chosen to arrived, and its bytes leave the phone only then", async (t) => {
  const { outbox, store, puts, states } = opened(t);
  const { id } = await outbox.keep(photo());
  assert.ok(await store.bytesOf(id, "original"), "the original is kept at once");
  await quiet();
  assert.deepEqual(states, ["chosen", "kept", "sending", "arrived"]);
  assert.deepEqual(puts, [{ id, type: "image/jpeg", size: 1 }]);
  assert.equal((await store.get(id))?.receipt?.photo.id, id);
  assert.equal(await store.bytesOf(id, "original"), null);
  assert.equal(await store.bytesOf(id, "shrunk"), null);
  assert.deepEqual(await outbox.pending(), []);
});

test("without an answer the same photo is sent again under the same id, later and later", async (t) => {
  const pass = clock(t);
  let lost = 3;
  const { outbox, puts, states } = opened(t, {
    journey: {
      put: (/** @type {OutboxRecord} */ record) =>
        lost-- > 0 ? Promise.reject(new Unreachable("network")) : Promise.resolve(receiptFor(record)),
    },
  });
  const { id } = await outbox.keep(photo());
  await quiet();
  assert.equal(puts.length, 1);
  assert.equal((await outbox.pending())[0].state, "kept");
  await pass(1);
  assert.equal(puts.length, 2);
  await pass(1.5);
  assert.equal(puts.length, 2);
  await pass(0.5);
  assert.equal(puts.length, 3);
  await pass(4);
  assert.equal(states[states.length - 1], "arrived");
  assert.deepEqual(new Set(puts.map((put) => put.id)), new Set([id]));
});

test("better news of the network sends at once, except where the server named a time", async (t) => {
  const pass = clock(t);
  let seconds = 0;
  const { outbox, puts } = opened(t, {
    journey: { put: () => Promise.reject(new Unreachable("busy", seconds)) },
  });
  await outbox.keep(photo());
  await pass(20);
  const before = puts.length;
  await outbox.nudge();
  await quiet();
  assert.equal(puts.length, before + 1);
  seconds = 300;
  await outbox.nudge();
  await quiet();
  assert.equal(puts.length, before + 2);
  await outbox.nudge();
  await pass(200);
  assert.equal(puts.length, before + 2);
});

test("a phone whose clock was ahead sends at once when it is set right", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1588780800000 });
  const store = memoryStore();
  let asked = 0;
  const { outbox, puts } = opened(t, {
    store,
    journey: {
      put: (/** @type {OutboxRecord} */ record) =>
        asked++ === 0 ? Promise.reject(new Unreachable("busy", 5)) : Promise.resolve(receiptFor(record)),
    },
  });
  const { id } = await outbox.keep(photo());
  await quiet();
  assert.equal(puts.length, 1);
  t.mock.timers.setTime(1588780800000 - 3 * 86400000);
  await outbox.nudge();
  await quiet();
  assert.equal((await store.get(id))?.state, "arrived");
});

test("a refused photo stays with the server's sentence until the person tries again", async (t) => {
  const pass = clock(t);
  let refuses = true;
  const { outbox, store, puts } = opened(t, {
    journey: {
      put: (/** @type {OutboxRecord} */ record) =>
        refuses ? Promise.reject(new Refused("locked", "已锁定。")) : Promise.resolve(receiptFor(record)),
    },
  });
  const { id } = await outbox.keep(photo());
  await pass(120);
  assert.equal(puts.length, 1);
  const [record] = await outbox.pending();
  assert.deepEqual([record.state, record.error], ["refused", { code: "locked", sentence: "已锁定。" }]);
  assert.ok(await store.bytesOf(id, "original"));
  refuses = false;
  await outbox.retry(id);
  await quiet();
  assert.deepEqual(await outbox.pending(), []);
});

test("one refused or endless photo does not hold up the others", async (t) => {
  const pass = clock(t);
  const [first, second] = [photo(), photo()];
  const { outbox } = opened(t, {
    journey: {
      put: (/** @type {OutboxRecord} */ record) =>
        record.id === first.id
          ? Promise.reject(new Unreachable("stalled"))
          : Promise.resolve(receiptFor(record)),
    },
  });
  await outbox.keep(first);
  await outbox.keep(second);
  await pass(5);
  assert.deepEqual(
    (await outbox.pending()).map(({ id }) => id),
    [first.id],
  );
});

test("what the page cannot shrink goes as it is, and the server is asked until it is done", async (t) => {
  const pass = clock(t);
  let asked = 0;
  const { outbox, store, puts, states } = opened(t, {
    prepare: () => Promise.resolve(null),
    journey: {
      put: () => Promise.resolve({ waiting: true, seconds: 2 }),
      ask: (/** @type {OutboxRecord} */ record) => {
        asked += 1;
        return Promise.resolve(asked < 3 ? { waiting: true, seconds: 2 } : receiptFor(record));
      },
    },
  });
  const { id } = await outbox.keep(photo());
  await quiet();
  assert.deepEqual(puts, [{ id, type: "application/octet-stream", size: 3 }]);
  assert.equal(states[states.length - 1], "processing");
  assert.ok(await store.bytesOf(id, "original"), "kept until the server has a picture");
  await pass(7);
  assert.equal(asked, 3);
  assert.deepEqual(await outbox.pending(), []);
  assert.equal(puts.length, 1);
});

test("an original that the server cannot use is refused with its sentence", async (t) => {
  const pass = clock(t);
  const { outbox } = opened(t, {
    prepare: () => Promise.resolve(null),
    journey: {
      put: () => Promise.resolve({ waiting: true, seconds: 1 }),
      ask: () => Promise.reject(new Refused("undecodable", "这不是照片。")),
    },
  });
  await outbox.keep(photo());
  await pass(2);
  assert.equal((await outbox.pending())[0].error?.sentence, "这不是照片。");
});

test("an original that the server has lost is sent again", async (t) => {
  const pass = clock(t);
  let lost = true;
  const { outbox, puts } = opened(t, {
    prepare: () => Promise.resolve(null),
    journey: {
      put: (/** @type {OutboxRecord} */ record) =>
        Promise.resolve(lost ? { waiting: true, seconds: 1 } : receiptFor(record)),
      ask: () => {
        lost = false;
        return Promise.reject(new Refused("photo.not_found", "没有找到这张照片。"));
      },
    },
  });
  await outbox.keep(photo());
  await pass(4);
  assert.equal(puts.length, 2);
  assert.deepEqual(await outbox.pending(), []);
});

test("a photo that its owner has deleted elsewhere is forgotten instead of refused", async (t) => {
  const { outbox, store, states } = opened(t, {
    journey: { put: () => Promise.reject(new Refused("photo.removed", "这张照片已经删除。")) },
  });
  /** @type {string[]} */
  const gone = [];
  outbox.addEventListener("gone", (event) => gone.push(/** @type {CustomEvent} */ (event).detail.id));
  const { id } = await outbox.keep(photo());
  await quiet();
  assert.deepEqual(gone, [id]);
  assert.equal(await store.get(id), null);
  assert.equal(states.includes("refused"), false);
});

test("a page that ended twice while shrinking sends the original the third time", async (t) => {
  const store = memoryStore();
  const record = { ...newRecord(photo(), "li", Date.now()), prepares: 2 };
  await store.add(record, bytes);
  const { outbox, puts } = opened(t, {
    store,
    prepare: () => assert.fail("it would end again"),
  });
  await outbox.start();
  await quiet();
  assert.deepEqual(puts, [{ id: record.id, type: "application/octet-stream", size: 3 }]);
});

test("without what shrinks, which a page may fail to load, the photo waits instead of going as it is", async (t) => {
  const pass = clock(t);
  let offline = true;
  const { outbox, puts } = opened(t, {
    load: () => (offline ? Promise.reject(new TypeError("not loaded")) : Promise.resolve(shrinks)),
  });
  const { id } = await outbox.keep(photo());
  await pass(60);
  assert.equal((await outbox.pending())[0].state, "chosen");
  offline = false;
  await pass(6);
  assert.deepEqual(puts, [{ id, type: "image/jpeg", size: 1 }]);
});

test("what an earlier page left behind, even in the middle of sending, goes on", async (t) => {
  const store = memoryStore();
  const record = {
    ...newRecord(photo(), "li", Date.now()),
    state: /** @type {const} */ ("sending"),
    attempted: true,
  };
  await store.add(record, bytes);
  const { outbox, puts } = opened(t, { store, journey: { ask: notThere } });
  await outbox.start();
  await quiet();
  assert.deepEqual(
    puts.map(({ id }) => id),
    [record.id],
  );
});

test("another person's photos are neither shown nor sent", async (t) => {
  const store = memoryStore();
  const wang = newRecord(photo(), "wang", Date.now());
  await store.add(wang, bytes);
  const { outbox, puts } = opened(t, { store, person: "li" });
  await outbox.start();
  await quiet();
  assert.deepEqual([await outbox.pending(), puts], [[], []]);
  const hers = opened(t, { store, person: "wang" });
  await hers.outbox.start();
  await quiet();
  assert.deepEqual(
    hers.puts.map(({ id }) => id),
    [wang.id],
  );
});

test("a photo taken out before it left is never sent, and undo brings it back for ten seconds", async (t) => {
  const pass = clock(t);
  /** @type {(value: any) => void} */
  let finish = () => undefined;
  const prepared = new Promise((resolve) => {
    finish = resolve;
  });
  const { outbox, store, puts, removed } = opened(t, { prepare: () => prepared });
  const [kept, lost] = [photo(), photo()];
  await outbox.keep(kept);
  await outbox.keep(lost);
  await outbox.discard(kept.id);
  await outbox.discard(lost.id);
  assert.deepEqual(await outbox.pending(), []);
  finish({ bytes: small, type: "image/jpeg" });
  await pass(9);
  assert.equal(puts.length, 0);
  await outbox.undiscard(kept.id);
  await pass(2);
  assert.deepEqual(
    puts.map(({ id }) => id),
    [kept.id],
  );
  assert.equal(await outbox.undiscard(lost.id), null);
  assert.equal(await store.get(lost.id), null);
  assert.deepEqual(removed, [], "the server never heard of it");
});

test("a photo taken out on its way is taken back, and deleted there when undo is over", async (t) => {
  const pass = clock(t);
  const { outbox, store, puts, removed } = opened(t, {
    journey: {
      put: (
        /** @type {any} */ _record,
        /** @type {any} */ _bytes,
        /** @type {{ signal: AbortSignal }} */ { signal },
      ) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("taken back")));
        }),
    },
  });
  const { id } = await outbox.keep(photo());
  await quiet();
  assert.equal(puts.length, 1);
  await outbox.discard(id);
  await pass(9);
  assert.deepEqual([removed, puts.length], [[], 1]);
  await pass(2);
  assert.deepEqual([removed, puts.length], [[id], 1]);
  assert.equal(await store.get(id), null);
});

test("turning works until the photo has left, and begins again with the original", async (t) => {
  /** @type {number[]} */
  const turns = [];
  const { outbox, states } = opened(t, {
    prepare: (/** @type {OutboxRecord} */ { quarterTurns }, /** @type {ArrayBuffer} */ original) => {
      turns.push(quarterTurns);
      assert.equal(original.byteLength, 3);
      return Promise.resolve({ bytes: small, type: "image/jpeg" });
    },
    journey: { put: () => new Promise(() => undefined) },
  });
  const { id } = await outbox.keep(photo());
  await outbox.turn(id, 1);
  await quiet();
  assert.equal(turns[turns.length - 1], 1);
  assert.equal(states[states.length - 1], "sending");
  assert.equal(await outbox.turn(id, 1), null);
});

test("a session that has ended is told, and nothing is lost", async (t) => {
  const pass = clock(t);
  let signedIn = false;
  let told = 0;
  const { outbox, puts } = opened(t, {
    journey: {
      put: (/** @type {OutboxRecord} */ record) =>
        signedIn ? Promise.resolve(receiptFor(record)) : Promise.reject(new SignedOut()),
    },
  });
  outbox.addEventListener("signed-out", () => {
    told += 1;
  });
  await outbox.keep(photo());
  await outbox.keep(photo());
  await pass(30);
  assert.equal(told, puts.length);
  assert.ok(
    puts.length >= 1 && puts.length <= 3,
    `${puts.length} requests without a session in half a minute`,
  );
  assert.equal((await outbox.pending()).length, 2);
  signedIn = true;
  await outbox.nudge();
  await quiet();
  assert.deepEqual(await outbox.pending(), []);
});

test("of two pages without Web Locks one sends, and the other takes over when it has gone", async (t) => {
  const pass = clock(t);
  const store = memoryStore();
  const inTurn = [turnTaking(store, null), turnTaking(store, null)];
  let atOnce = 0;
  let most = 0;
  const work = async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setTimeout(resolve, 20000));
    atOnce -= 1;
  };
  const both = Promise.all(inTurn.map((take) => take("outbox-send li", work)));
  await pass(60);
  await both;
  assert.equal(most, 1);
  // A page that ended without a word leaves its lease behind.
  assert.equal(await store.claim("outbox-send li", "gone", Date.now(), Date.now() + 15000), true);
  let taken = false;
  inTurn[0]("outbox-send li", async () => {
    taken = await Promise.resolve(true);
  });
  await pass(10);
  assert.equal(taken, false);
  await pass(10);
  assert.equal(taken, true);
});

test("a lease that a clock ahead of its time has left behind holds up nobody", async () => {
  const store = memoryStore();
  const noon = 1588780800000;
  assert.equal(await store.claim("outbox-send li", "gone", noon + 86400000, noon + 86415000), true);
  assert.equal(await store.claim("outbox-send li", "here", noon, noon + 15000), true);
  // Somebody whose question came a moment later is no such case.
  assert.equal(await store.claim("outbox-send li", "other", noon - 50, noon + 14950), false);
});

test("what has arrived meanwhile is told in the order in which it arrived, and nothing of a clock that was ahead", async (t) => {
  const noon = 1588780800000;
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: noon });
  const { outbox, store } = opened(t);
  const arrivedAt = async (/** @type {number} */ at, /** @type {number} */ chosenAt) => {
    const record = newRecord(photo(), "li", chosenAt);
    await store.add({ ...record, state: "arrived", nextTry: at }, bytes);
    return record.id;
  };
  const later = await arrivedAt(noon - 1000, noon - 9000);
  const sooner = await arrivedAt(noon - 2000, noon - 8000);
  await arrivedAt(noon + 86400000, noon - 7000);
  await outbox.start();
  assert.deepEqual(
    (await outbox.arrived(noon - 5000)).map(({ id }) => id),
    [sooner, later],
  );
});

test("ids are random UUIDs of version 4", () => {
  const ids = Array.from({ length: 100 }, newId);
  assert.equal(new Set(ids).size, 100);
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("a photo that is past undo, but locked there meanwhile, is shown again with the reason", async (t) => {
  const pass = clock(t);
  let locked = true;
  const { outbox, store } = opened(t, {
    journey: {
      put: (/** @type {any} */ _record, /** @type {any} */ _bytes, /** @type {any} */ { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("taken back")));
        }),
      remove: () =>
        locked
          ? Promise.reject(new Refused("locked.window.closed", "上传已经截止。"))
          : Promise.resolve(undefined),
    },
  });
  /** @type {string[]} */
  const told = [];
  outbox.addEventListener("not-removed", (event) => {
    const { record, sentence } = /** @type {CustomEvent} */ (event).detail;
    told.push(`${record.id} ${record.state} ${sentence}`);
  });
  const { id } = await outbox.keep(photo());
  await quiet();
  await outbox.discard(id);
  await pass(11);
  assert.deepEqual(told, [`${id} arrived 上传已经截止。`]);
  assert.equal((await store.get(id))?.receipt?.photo.id, id);
  locked = false;
  const other = await outbox.keep(photo());
  await quiet();
  await outbox.discard(other.id);
  await pass(11);
  assert.equal(told.length, 1);
  assert.equal(await store.get(other.id), null, "what may be taken out is gone without a word");
});

test("an original that arrived and was refused is tried again under another id", async (t) => {
  const pass = clock(t);
  let full = true;
  const { outbox, store, puts } = opened(t, {
    prepare: () => Promise.resolve(null),
    journey: {
      put: (/** @type {OutboxRecord} */ record) =>
        Promise.resolve(full ? { waiting: true, seconds: 1 } : receiptFor(record)),
      ask: () => Promise.reject(new Refused("photo.slot_full", "放满了。")),
    },
  });
  const { id } = await outbox.keep(photo());
  await pass(3);
  assert.equal((await store.get(id))?.state, "refused");
  full = false;
  const again = await outbox.retry(id);
  await quiet();
  assert.notEqual(again?.id, id, "the old id is answered the same for ever");
  assert.equal(await store.get(id), null);
  assert.equal((await store.get(again?.id ?? ""))?.state, "arrived");
  assert.deepEqual(
    puts.map((put) => put.id),
    [id, again?.id],
  );
});

test("leaving deletes there what was taken out and may have got there, and nothing else", async (t) => {
  const { outbox, store, puts } = opened(t, { journey: { put: () => new Promise(() => undefined) } });
  const [taken, kept] = [await outbox.keep(photo()), await outbox.keep(photo())];
  await quiet();
  assert.equal(puts.length, 1, "the second has not left");
  await outbox.discard(taken.id);
  outbox.stop();
  /** @type {string[]} */
  const removed = [];
  const server = {
    withdraw: () => Promise.resolve(),
    remove: (/** @type {string} */ id) => Promise.resolve(removed.push(id)),
  };
  await wipe("li", server, Promise.resolve(store));
  assert.deepEqual(removed, [taken.id]);
  assert.deepEqual([await store.get(taken.id), await store.get(kept.id)], [null, null]);
});
