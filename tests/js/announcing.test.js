import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { browserDigest } from "../../static/js/outbox/announcing.js";
import { memoryStore } from "../../static/js/outbox/memory-store.js";
import { Outbox } from "../../static/js/outbox/outbox.js";
import { newId } from "../../static/js/outbox/record.js";
import { Refused, Unreachable } from "../../static/js/server/answers.js";

/** @typedef {import("../../static/js/outbox/record.js").OutboxRecord} OutboxRecord */
/** @typedef {import("../../static/js/server/announcements.js").OnItsWay} OnItsWay */

const NOON = 1588780800000;
const MINUTE = 60000;
const chosen = Uint8Array.of(1, 2, 3).buffer;
const photo = () => ({ id: newId(), material: "ID", slot: "front", maxBytes: 204800, bytes: chosen });

/** The same as the browser's, without its thread: the clock of these tests stands still.
 * @type {import("../../static/js/outbox/announcing.js").Digest} */
const print = (bytes) =>
  Promise.resolve({
    size: bytes.byteLength,
    sha256: createHash("sha256").update(new Uint8Array(bytes)).digest("hex"),
  });

/** Lets everything run that needs no time to pass. */
const quiet = async () => {
  for (let round = 0; round < 40; round += 1) await new Promise((resolve) => setImmediate(resolve));
};

/**
 * An outbox half a day before its bell, or as near as the test wants; no photo gets through, announcements do.
 * @param {import("node:test").TestContext} t
 * @param {{ minutes?: number, journey?: any, digest?: any, prepare?: any }} [parts]
 */
function opened(t, { minutes = 20, journey = {}, digest = print, prepare } = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: NOON });
  /** @type {OnItsWay[]} */
  const told = [];
  /** @type {string[]} */
  const withdrawn = [];
  /** @type {{ type: string, size: number }[]} */
  const puts = [];
  const store = memoryStore();
  const closesAt = NOON + minutes * MINUTE;
  /** @type {import("../../static/js/outbox/outbox.js").Parts} */
  const parts = {
    person: "li",
    store,
    random: () => 0.5,
    inTurn: (_name, task) => task(),
    loadPrepare: () =>
      Promise.resolve(
        prepare ??
          ((/** @type {OutboxRecord} */ { quarterTurns }) =>
            Promise.resolve({ bytes: Uint8Array.of(9, quarterTurns).buffer, type: "image/jpeg" })),
      ),
    closesAt,
    digest,
    journey: {
      ask: () => Promise.reject(new Unreachable("network")),
      remove: () => Promise.resolve(),
      withdraw: ({ id }) => Promise.resolve(withdrawn.push(id)),
      ...journey,
      announce(person, photos) {
        assert.equal(person, "li");
        told.push(...photos);
        if (journey.announce) return journey.announce(photos);
        return Promise.resolve(photos.map(taken(closesAt)));
      },
      put(record, bytes, options) {
        puts.push({ type: record.type, size: bytes.byteLength });
        return journey.put ? journey.put(record, bytes, options) : Promise.reject(new Unreachable("network"));
      },
    },
  };
  const outbox = new Outbox(parts);
  t.after(() => outbox.stop());
  const pass = async (/** @type {number} */ seconds) => {
    for (let passed = 0; passed < seconds; passed += 10) {
      t.mock.timers.tick(10000);
      await quiet();
    }
  };
  return { outbox, store, told, withdrawn, puts, closesAt, pass };
}

/** @param {number} closesAt */
const taken =
  (closesAt) =>
  (/** @type {OnItsWay} */ { photo: id }) =>
    /** @type {import("../../static/js/server/announcements.js").Answer} */ ({
      photo: id,
      state: "announced",
      until_words: "5月7日 02:00",
      closes_in_seconds: Math.max(0, (closesAt - Date.now()) / 1000),
    });

test("shortly before the bell a photo is announced as soon as it is kept, and again with its shrunk bytes", async (t) => {
  const { outbox, store, told } = opened(t);
  const { id } = await outbox.keep(photo());
  await quiet();
  const [first] = told;
  const last = told[told.length - 1];
  assert.equal(first.photo, id);
  assert.equal(first.slot, "ID.front");
  assert.deepEqual(first.chosen, {
    size: 3,
    sha256: "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81",
  });
  assert.equal(last.shrunk?.size, 2);
  const record = await store.get(id);
  assert.equal(record?.announced?.shrunk, last.shrunk?.sha256);
  assert.equal(record?.announced?.words, "5月7日 02:00");
  const before = told.length;
  await outbox.nudge();
  await quiet();
  assert.equal(told.length, before, "what the server knows is not told again");
});

test("long before the bell nothing is announced, and half an hour before everything that waits is", async (t) => {
  const { outbox, told, pass } = opened(t, { minutes: 40 });
  await outbox.keep(photo());
  await outbox.keep({ ...photo(), slot: "back" });
  await pass(9 * 60);
  assert.equal(told.length, 0);
  await pass(2 * 60);
  assert.deepEqual(new Set(told.map(({ slot }) => slot)), new Set(["ID.front", "ID.back"]));
});

test("an announcement that did not get through is repeated until the bell, and then no more", async (t) => {
  const { outbox, store, told, pass } = opened(t, {
    minutes: 5,
    journey: { announce: () => Promise.reject(new Unreachable("network")) },
  });
  const { id } = await outbox.keep(photo());
  await pass(4 * 60);
  const before = told.length;
  assert.ok(before > 5);
  await pass(2 * 60);
  assert.ok(told.length > before);
  const atTheBell = told.length;
  await pass(10 * 60);
  assert.equal(told.length, atTheBell);
  assert.equal((await store.get(id))?.announced, null);
});

test("what may not be announced is told once, and the photo goes on being sent", async (t) => {
  const { outbox, told, puts, store } = opened(t, {
    journey: {
      announce: (/** @type {OnItsWay[]} */ photos) =>
        Promise.resolve(photos.map(({ photo: id }) => ({ photo: id, state: "refused" }))),
    },
  });
  const { id } = await outbox.keep(photo());
  await quiet();
  await outbox.nudge();
  await quiet();
  assert.ok(told.length <= 2, "as it was chosen, and with its shrunk bytes");
  assert.equal((await store.get(id))?.announced, null);
  assert.ok(puts.length > 0);
});

test("where the browser has no SHA-256 nothing is announced and nothing breaks", async (t) => {
  const { outbox, told, puts } = opened(t, { digest: null });
  await outbox.keep(photo());
  await quiet();
  assert.deepEqual([told.length, puts.length], [0, 1]);
});

test("the browser's digest is size and SHA-256 in hex", async () => {
  const digest = browserDigest();
  assert.ok(digest);
  assert.deepEqual(await digest(chosen), await print(chosen));
});

test("a photo turned before the bell is announced anew, and after the bell it cannot be turned", async (t) => {
  const { outbox, store, told, pass, puts } = opened(t, {
    journey: {
      put: () => new Promise(() => undefined),
    },
    prepare: (/** @type {OutboxRecord} */ { quarterTurns }) =>
      Promise.resolve({ bytes: new Uint8Array(2 + quarterTurns).buffer, type: "image/jpeg" }),
  });
  // The first photo's request hangs, so the second stays on the phone.
  await outbox.keep(photo());
  const { id } = await outbox.keep({ ...photo(), slot: "back" });
  await quiet();
  assert.ok(await outbox.turn(id, 1));
  await quiet();
  const told2 = told.filter((item) => item.photo === id);
  assert.equal(told2[told2.length - 1].shrunk?.size, 3);
  assert.equal((await store.get(id))?.announced?.shrunk, told2[told2.length - 1].shrunk?.sha256);
  await pass(20 * 60);
  assert.equal(await outbox.turn(id, 1), null);
  assert.equal((await store.get(id))?.state, "kept");
  assert.equal(puts.length, 1);
});

test("after the bell a photo whose shrunk bytes were never announced goes as it was chosen", async (t) => {
  let asked = 0;
  let isOver = false;
  const { outbox, store, puts, pass, closesAt } = opened(t, {
    minutes: 5,
    journey: {
      // Only the first announcement gets through: the one without the shrunk bytes.
      announce: (/** @type {OnItsWay[]} */ photos) =>
        asked++ === 0
          ? Promise.resolve(photos.map(taken(NOON + 5 * MINUTE)))
          : Promise.reject(new Unreachable("network")),
      put: (/** @type {OutboxRecord} */ { id }) =>
        isOver
          ? Promise.resolve({ waiting: false, photo: { id }, counts: {} })
          : Promise.reject(new Unreachable("network")),
    },
  });
  const { id } = await outbox.keep(photo());
  await pass(4 * 60);
  assert.equal(puts[puts.length - 1].type, "image/jpeg", "before the bell the shrunk ones go");
  assert.equal((await store.get(id))?.announced?.shrunk, null);
  await pass(90);
  assert.ok(Date.now() > closesAt);
  isOver = true;
  await outbox.nudge();
  await quiet();
  assert.deepEqual(puts[puts.length - 1], { type: "application/octet-stream", size: 3 });
  assert.equal((await store.get(id))?.state, "arrived");
});

test("a phone whose clock is behind learns from the server that the bell has struck", async (t) => {
  const { outbox, store, puts } = opened(t, {
    journey: {
      announce: (/** @type {OnItsWay[]} */ photos) =>
        Promise.resolve(
          photos.map((item) =>
            item.shrunk ? { photo: item.photo, state: "refused" } : taken(NOON + 20 * MINUTE)(item),
          ),
        ),
      put: (/** @type {OutboxRecord} */ { id, type }) =>
        type === "image/jpeg"
          ? Promise.reject(new Refused("announcement.other_bytes", "not this one"))
          : Promise.resolve({ waiting: false, photo: { id }, counts: {} }),
    },
  });
  const { id } = await outbox.keep(photo());
  await quiet();
  assert.deepEqual(
    puts.map(({ type }) => type),
    ["image/jpeg", "application/octet-stream"],
  );
  assert.equal((await store.get(id))?.state, "arrived");
});

test("a photo taken out of the phone is not waited for any more, once undo is over", async (t) => {
  const { outbox, withdrawn, pass } = opened(t);
  const { id } = await outbox.keep(photo());
  await quiet();
  await outbox.discard(id);
  await quiet();
  await outbox.undiscard(id);
  await quiet();
  assert.deepEqual(withdrawn, []);
  await outbox.discard(id);
  await pass(20);
  assert.deepEqual(withdrawn, [id]);
  assert.deepEqual(await outbox.records(), []);
});

/** A server with one place, which belongs to whoever announced first until that is withdrawn. */
function onePlace() {
  /** @type {string | null} */
  let holder = null;
  return {
    put: () => new Promise(() => undefined),
    withdraw: (/** @type {{ id: string }} */ { id }) => {
      if (holder === id) holder = null;
      return Promise.resolve();
    },
    announce: (/** @type {OnItsWay[]} */ photos) =>
      Promise.resolve(
        photos.map((item) => {
          holder ??= item.photo;
          return holder === item.photo
            ? taken(NOON + 20 * MINUTE)(item)
            : { photo: item.photo, state: "refused" };
        }),
      ),
  };
}

test("a photo retaken shortly before the bell is announced, though another one is under way without end", async (t) => {
  for (const undoSeconds of [0, 10]) {
    await t.test(`after ${undoSeconds} seconds`, async (inner) => {
      const front = onePlace();
      const { outbox, store, pass } = opened(inner, {
        journey: {
          ...front,
          announce: async (/** @type {OnItsWay[]} */ photos) => [
            ...(await front.announce(photos.filter(({ slot }) => slot === "ID.front"))),
            ...photos.filter(({ slot }) => slot === "ID.back").map(taken(NOON + 20 * MINUTE)),
          ],
        },
      });
      const hanging = await outbox.keep({ ...photo(), slot: "back" });
      const first = await outbox.keep(photo());
      await quiet();
      assert.equal((await store.get(hanging.id))?.state, "sending");
      assert.ok((await store.get(first.id))?.announced);
      await outbox.discard(first.id, undoSeconds);
      const second = await outbox.keep(photo());
      await quiet();
      await pass(20);
      assert.ok((await store.get(second.id))?.announced, "the place is its own now");
      inner.mock.timers.reset();
    });
  }
});

test("what was refused is asked again once a photo of ours is gone there", async (t) => {
  let isFull = true;
  const { outbox, store, pass } = opened(t, {
    journey: {
      remove: () => {
        isFull = false;
        return Promise.resolve();
      },
      announce: (/** @type {OnItsWay[]} */ photos) =>
        Promise.resolve(
          photos.map((item) =>
            isFull ? { photo: item.photo, state: "refused" } : taken(NOON + 20 * MINUTE)(item),
          ),
        ),
    },
  });
  const first = await outbox.keep(photo());
  await pass(10);
  await outbox.discard(first.id);
  const second = await outbox.keep(photo());
  await quiet();
  assert.equal((await store.get(second.id))?.announced, null, "the first may have got there");
  await pass(60);
  assert.ok((await store.get(second.id))?.announced);
});

test("a photo that the server can never take is not waited for, and one without a place still is", async (t) => {
  for (const [code, isWithdrawn] of /** @type {[string, boolean][]} */ ([
    ["photo.damaged", true],
    ["photo.slot_full", false],
  ])) {
    await t.test(code, async (inner) => {
      const { outbox, withdrawn, store } = opened(inner, {
        journey: { put: () => Promise.reject(new Refused(code, "")) },
      });
      const { id } = await outbox.keep(photo());
      await quiet();
      assert.equal((await store.get(id))?.state, "refused");
      assert.deepEqual(withdrawn, isWithdrawn ? [id] : []);
    });
  }
});
