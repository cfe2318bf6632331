import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "../../static/js/outbox/memory-store.js";
import { Outbox } from "../../static/js/outbox/outbox.js";
import { newId } from "../../static/js/outbox/record.js";
import { Refused, SignedOut, Unreachable, understand } from "../../static/js/server/answers.js";

/** @typedef {import("../../static/js/outbox/record.js").OutboxRecord} OutboxRecord */
/** @typedef {import("../../static/js/outbox/sending.js").Journey} Journey */

const NOON = 1588780800000;

/** Numbers that look like chance and are the same each time (mulberry32). */
function dice(/** @type {number} */ seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Lets everything run that needs no time to pass. */
const quiet = async () => {
  for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve));
};

const photo = (number = 1) => ({
  id: newId(),
  material: "OTHER",
  slot: "page",
  maxBytes: 204800,
  bytes: Uint8Array.of(number >> 8, number & 255).buffer,
});

/**
 * A page with an outbox whose server is the test's; its clock stands still until `pass`.
 * @param {import("node:test").TestContext} t
 * @param {Partial<Journey>} journey
 * @param {import("../../static/js/outbox/memory-store.js").Store} [store]
 */
function page(t, journey, store = memoryStore()) {
  const outbox = new Outbox({
    person: "li",
    store,
    random: () => 0.5,
    digest: null,
    loadPrepare: () => Promise.resolve((_record, bytes) => Promise.resolve({ bytes, type: "image/jpeg" })),
    inTurn: (_name, task) => task(),
    journey: /** @type {Journey} */ ({
      ask: () => Promise.reject(new Refused("photo.not_found", "")),
      remove: () => Promise.resolve(),
      withdraw: () => Promise.resolve(),
      ...journey,
    }),
  });
  t.after(() => outbox.stop());
  return outbox;
}

/** @param {import("node:test").TestContext} t */
function clock(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: NOON });
  return async (/** @type {number} */ seconds, step = 0.5) => {
    for (let passed = 0; passed < seconds; passed += step) {
      t.mock.timers.tick(1000 * step);
      await quiet();
    }
  };
}

/** @param {OutboxRecord} record */
const receipt = ({ id }) => /** @type {any} */ ({ waiting: false, photo: { id }, counts: {} });

test("sixty photos through resets, lost answers and killed pages are stored once each", async (t) => {
  const pass = clock(t);
  const chance = dice(20200506);
  const store = memoryStore();
  /** @type {Map<string, string>} */
  const stored = new Map();
  let sent = 0;
  /** @type {Partial<Journey>} */
  const server = {
    put: (record, bytes, { onProgress }) => {
      sent += 1;
      const drawn = chance();
      if (drawn < 0.3) {
        onProgress(bytes.byteLength / 2, bytes.byteLength);
        return Promise.reject(new Unreachable("network"));
      }
      onProgress(bytes.byteLength, bytes.byteLength);
      const before = stored.get(record.id);
      const now = new Uint8Array(bytes).join();
      assert.ok(before === undefined || before === now, "other bytes under the same id");
      stored.set(record.id, now);
      return drawn < 0.6 ? Promise.reject(new Unreachable("network")) : Promise.resolve(receipt(record));
    },
    ask: (record) =>
      stored.has(record.id)
        ? Promise.resolve(receipt(record))
        : Promise.reject(new Refused("photo.not_found", "")),
  };
  let opened = page(t, server, store);
  await opened.start();
  for (let number = 0; number < 60; number += 1) await opened.keep(photo(number));
  for (let kills = 0; kills < 5; kills += 1) {
    await pass(4);
    opened.stop();
    opened = page(t, server, store);
    await opened.start();
  }
  await pass(60);
  assert.deepEqual(await opened.pending(), []);
  assert.equal(stored.size, 60);
  assert.equal(new Set(stored.values()).size, 60);
  assert.ok(sent > 65, "there were faults");
  assert.ok(sent < 60 / 0.7 + 15, `${sent} sent: a lost answer does not cost sending again`);
});

test("after a lost answer the server is asked, and after a broken request the photo is sent again", async (t) => {
  const pass = clock(t);
  for (const [all, puts, asks] of /** @type {[boolean, number, number][]} */ ([
    [true, 1, 1],
    [false, 2, 0],
  ])) {
    const seen = { puts: 0, asks: 0 };
    const outbox = page(t, {
      put: (record, _bytes, { onProgress }) => {
        seen.puts += 1;
        onProgress(all ? 2 : 1, 2);
        return seen.puts > 1 ? Promise.resolve(receipt(record)) : Promise.reject(new Unreachable("network"));
      },
      ask: (record) => {
        seen.asks += 1;
        return Promise.resolve(receipt(record));
      },
    });
    await outbox.keep(photo());
    await pass(3);
    assert.deepEqual(await outbox.pending(), []);
    assert.deepEqual(seen, { puts, asks });
  }
});

test("without a network one photo after the other is tried, more and more seldom, and with it all go at once", async (t) => {
  const pass = clock(t);
  let isOnline = false;
  /** @type {number[]} */
  const tried = [];
  const outbox = page(t, {
    put: (record) => {
      tried.push((Date.now() - NOON) / 1000);
      return isOnline ? Promise.resolve(receipt(record)) : Promise.reject(new Unreachable("network"));
    },
  });
  for (let number = 0; number < 30; number += 1) await outbox.keep(photo(number));
  await pass(60);
  assert.ok(tried.length >= 5 && tried.length <= 10, `${tried.length} tries in a minute, for 30 photos`);
  isOnline = true;
  await pass(15);
  assert.deepEqual(await outbox.pending(), [], "no event told of the network");
});

test("where no question gets through, the photo is sent again after the second", async (t) => {
  const pass = clock(t);
  const seen = { puts: 0, asks: 0 };
  const outbox = page(t, {
    put: (record, _bytes, { onProgress }) => {
      seen.puts += 1;
      onProgress(2, 2);
      return seen.puts > 1 ? Promise.resolve(receipt(record)) : Promise.reject(new Unreachable("network"));
    },
    ask: () => {
      seen.asks += 1;
      return Promise.reject(new Unreachable("network"));
    },
  });
  await outbox.keep(photo());
  await pass(30);
  assert.deepEqual(seen, { puts: 2, asks: 2 });
  assert.deepEqual(await outbox.pending(), []);
});

test("a line that breaks in the middle of each photo is a line: nobody waits for another's sake", async (t) => {
  const pass = clock(t);
  const tried = new Set();
  const outbox = page(t, {
    put: ({ id }, _bytes, { onProgress }) => {
      tried.add(id);
      onProgress(1, 2);
      return Promise.reject(new Unreachable("network"));
    },
  });
  for (let number = 0; number < 8; number += 1) await outbox.keep(photo(number));
  await pass(0.5);
  assert.equal(tried.size, 8);
});

test("where the server asks to be left alone, no other photo goes either", async (t) => {
  const pass = clock(t);
  let puts = 0;
  const outbox = page(t, {
    put: (record) => {
      puts += 1;
      return puts > 1 ? Promise.resolve(receipt(record)) : Promise.reject(new Unreachable("status 429", 30));
    },
  });
  for (let number = 0; number < 5; number += 1) await outbox.keep(photo(number));
  await pass(25);
  await outbox.nudge();
  await quiet();
  assert.equal(puts, 1);
  await pass(40);
  assert.deepEqual(await outbox.pending(), []);
});

/** What the server can say to a photo, what becomes of the photo, and how many requests an hour may cost. */
const ANSWERS = /** @type {[string, number, string, string, number][]} */ ([
  ["locked", 423, "locked.bell", "refused", 1],
  ["other bytes under the id", 409, "photo.other_bytes", "refused", 1],
  ["no place", 409, "photo.slot_full", "refused", 1],
  ["deleted elsewhere", 410, "photo.removed", "gone", 1],
  ["too large", 413, "photo.too_large", "refused", 1],
  ["damaged", 422, "photo.damaged", "refused", 1],
  ["nothing like it", 404, "photo.unknown_place", "refused", 1],
  ["no session", 401, "sign_in.needed", "kept", 62],
  ["busy", 503, "photo.busy", "kept", 70],
  ["too often", 429, "rate", "kept", 70],
  ["a fault of ours", 500, "http.500", "kept", 70],
]);

for (const [name, status, code, state, most] of ANSWERS) {
  test(`answered with ${status} (${name}) a photo is ${state}, with at most ${most} requests an hour`, async (t) => {
    const pass = clock(t);
    let asked = 0;
    let signedOut = 0;
    const text = JSON.stringify({ error: { code, sentence: "为什么。" } });
    const outbox = page(t, {
      put: () => {
        asked += 1;
        return new Promise((resolve) =>
          resolve(/** @type {any} */ (understand({ status, text, retryAfter: null }))),
        );
      },
    });
    outbox.addEventListener("signed-out", () => {
      signedOut += 1;
    });
    const { id } = await outbox.keep(photo());
    await pass(3600, 15);
    const [record] = await outbox.records();
    assert.equal(record?.state ?? "gone", state);
    if (state === "refused") assert.deepEqual(record.error, { code, sentence: "为什么。" });
    if (state === "kept") assert.equal((await outbox.originalBytes(id))?.byteLength, 2);
    assert.equal(signedOut > 0, status === 401);
    assert.ok(asked >= 1 && asked <= most, `${asked} requests in an hour`);
  });
}

test("an original that is never shrunk there is asked for more and more seldom", async (t) => {
  const pass = clock(t);
  let asks = 0;
  const waiting = /** @type {const} */ ({ waiting: true, seconds: 2 });
  const outbox = page(t, {
    put: () => Promise.resolve(waiting),
    ask: () => {
      asks += 1;
      return Promise.resolve(waiting);
    },
  });
  await outbox.keep(photo());
  await pass(20);
  assert.ok(asks >= 8, "at first as the server says");
  await pass(3600, 15);
  assert.ok(asks < 130, `${asks} questions in an hour`);
});

test("an ended session is asked about once a minute, also while photos are added", async (t) => {
  const pass = clock(t);
  let asked = 0;
  const outbox = page(t, {
    put: () => {
      asked += 1;
      return Promise.reject(new SignedOut());
    },
  });
  for (let number = 0; number < 20; number += 1) {
    await outbox.keep(photo(number));
    await pass(1);
  }
  assert.equal(asked, 1);
});
