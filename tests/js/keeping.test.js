import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "../../static/js/outbox/memory-store.js";
import { Outbox } from "../../static/js/outbox/outbox.js";
import { newId, newRecord, STALE_MS } from "../../static/js/outbox/record.js";
import { wipe } from "../../static/js/outbox/signing-out.js";
import { openStore } from "../../static/js/outbox/store.js";
import { Refused } from "../../static/js/server/answers.js";

/** @typedef {import("../../static/js/outbox/record.js").OutboxRecord} OutboxRecord */

const NOON = 1588780800000;
const bytes = Uint8Array.of(1, 2, 3).buffer;
const photo = () => ({ id: newId(), material: "OTHER", slot: "page", maxBytes: 204800, bytes });
const quiet = async () => {
  for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve));
};

/**
 * @param {import("node:test").TestContext} t
 * @param {import("../../static/js/outbox/memory-store.js").Store} store
 */
function opened(t, store) {
  /** @type {string[]} */
  const puts = [];
  const outbox = new Outbox({
    person: "li",
    store,
    digest: null,
    loadPrepare: () =>
      Promise.resolve((_record, chosen) => Promise.resolve({ bytes: chosen, type: "image/jpeg" })),
    inTurn: (_name, task) => task(),
    journey: {
      put: ({ id }) => {
        puts.push(id);
        return Promise.resolve(/** @type {any} */ ({ waiting: false, photo: { id }, counts: {} }));
      },
      ask: () => Promise.reject(new Refused("photo.not_found", "")),
      remove: () => Promise.resolve(),
      withdraw: () => Promise.resolve(),
      announce: () => Promise.resolve([]),
    },
  });
  t.after(() => outbox.stop());
  return { outbox, puts };
}

test("after three days a photo waits for its owner's word, and goes or is removed by it", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: NOON });
  const store = memoryStore();
  const [fresh, going, unwanted] = [STALE_MS - 60000, STALE_MS + 60000, STALE_MS + 60000].map((age) =>
    newRecord(photo(), "li", NOON - age),
  );
  for (const record of [fresh, going, unwanted]) await store.add(record, bytes);
  const { outbox, puts } = opened(t, store);
  await outbox.start();
  await quiet();
  assert.deepEqual(puts, [fresh.id], "the one that is two days old goes by itself");
  assert.deepEqual(
    (await outbox.stale()).map(({ id }) => id),
    [going.id, unwanted.id],
  );
  assert.ok(await store.bytesOf(unwanted.id, "original"), "nothing is dropped");
  await outbox.retry(going.id);
  await outbox.discard(unwanted.id, 0);
  await quiet();
  assert.deepEqual(puts, [fresh.id, going.id]);
  assert.deepEqual(await outbox.pending(), []);
});

test("an announced photo goes by itself however long it has lain there", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: NOON });
  const store = memoryStore();
  const record = newRecord(photo(), "li", NOON - STALE_MS - 60000);
  const announced = { shrunk: null, closesAt: NOON + 60000, words: "5月7日 02:00" };
  await store.add({ ...record, announced }, bytes);
  const { outbox, puts } = opened(t, store);
  await outbox.start();
  await quiet();
  assert.deepEqual(puts, [record.id]);
});

test("leaving takes back the announcement also of what had just been taken out", async () => {
  const store = memoryStore();
  const announced = { shrunk: null, closesAt: NOON, words: "" };
  const records = [
    { ...newRecord(photo(), "li", 1), announced },
    { ...newRecord(photo(), "li", 2), announced, state: /** @type {const} */ ("discarded") },
    { ...newRecord(photo(), "li", 3), announced, state: /** @type {const} */ ("arrived") },
  ];
  for (const record of records) await store.add(record, bytes);
  /** @type {string[]} */
  const withdrawn = [];
  const server = {
    withdraw: (/** @type {string} */ id) => Promise.resolve(withdrawn.push(id)),
    remove: () => Promise.resolve(),
  };
  await wipe("li", server, Promise.resolve(store));
  assert.deepEqual(withdrawn, [records[0].id, records[1].id]);
  assert.deepEqual(await store.of("li"), []);
});

/**
 * A disk as IndexedDB gives it, as far as the store uses it; `fails` may throw at a write.
 * @param {(store: string, value: any) => void} [fails]
 */
function disk(fails = () => undefined) {
  /** @type {Map<string, Map<string, any>>} */
  const kept = new Map(["records", "bytes", "leases"].map((name) => [name, new Map()]));
  const at = (/** @type {string} */ name) => /** @type {Map<string, any>} */ (kept.get(name));
  const objectStore = (/** @type {string} */ name) => ({
    get: (/** @type {string} */ key) => Promise.resolve(at(name).get(key)),
    put: (/** @type {any} */ value, /** @type {string} */ key) =>
      Promise.resolve().then(() => {
        fails(name, value);
        at(name).set(key ?? value.id ?? value.name, value);
      }),
    delete: (/** @type {string} */ key) => Promise.resolve(at(name).delete(key)),
  });
  const database = {
    get: (/** @type {string} */ name, /** @type {string} */ key) => Promise.resolve(at(name).get(key)),
    getAllFromIndex: (
      /** @type {string} */ name,
      /** @type {string} */ _index,
      /** @type {string} */ person,
    ) => Promise.resolve([...at(name).values()].filter((record) => record.person === person)),
    transaction: () => ({ objectStore, done: Promise.resolve() }),
  };
  return { database: /** @type {any} */ (database), kept: at };
}

test("a full disk is told of, and the photo goes from memory", async (t) => {
  const full = disk(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  let told = 0;
  const store = await openStore(
    () => {
      told += 1;
    },
    { open: () => Promise.resolve(full.database) },
  );
  assert.ok(store.isDurable());
  const { outbox, puts } = opened(t, store);
  const { id } = await outbox.keep(photo());
  await quiet();
  assert.deepEqual([puts, told, store.isDurable()], [[id], 1, false]);
  assert.equal(full.kept("records").size, 0);
});

test("a fault of the disk that passes is tried once more on a new connection, and nobody is alarmed", async () => {
  let faults = 1;
  let opens = 0;
  const shaky = disk(() => {
    if (faults-- > 0) throw new DOMException("attempt to get a connection", "UnknownError");
  });
  const store = await openStore(() => assert.fail("it is durable"), {
    open: () => {
      opens += 1;
      return Promise.resolve(shaky.database);
    },
  });
  const record = newRecord(photo(), "li", 1);
  await store.add(record, bytes);
  assert.deepEqual([opens, store.isDurable(), shaky.kept("records").size], [2, true, 1]);
});

test("where the disk has no room for the shrunk bytes they go from memory, and the original stays until then", async () => {
  const small = disk((name, value) => {
    if (name === "bytes" && value.byteLength === 2) throw new DOMException("full", "QuotaExceededError");
  });
  const store = await openStore(() => undefined, { open: () => Promise.resolve(small.database) });
  const record = newRecord(photo(), "li", 1);
  await store.add(record, bytes);
  const kept = (/** @type {OutboxRecord} */ old) => ({
    ...old,
    state: /** @type {const} */ ("kept"),
    shrunk: true,
  });
  await store.update(record.id, kept, { shrunk: Uint8Array.of(8, 9).buffer });
  assert.equal(store.isDurable(), false);
  assert.equal((await store.of("li")).length, 1);
  assert.equal((await store.get(record.id))?.state, "kept");
  assert.equal((await store.bytesOf(record.id, "shrunk"))?.byteLength, 2);
  assert.ok(small.kept("bytes").get(`${record.id} original`), "for a page that comes after this one");
  await store.update(record.id, (old) => ({ ...old, state: "arrived" }), { original: null, shrunk: null });
  assert.equal(small.kept("bytes").size + small.kept("records").size, 0);
  assert.equal((await store.of("li"))[0].state, "arrived");
});

test("on a shared computer nothing new lies on the disk, and what lay there still goes", async (t) => {
  const shared = disk();
  const before = newRecord(photo(), "li", Date.now());
  shared.kept("records").set(before.id, before);
  shared.kept("bytes").set(`${before.id} original`, bytes);
  const store = await openStore(() => assert.fail("that was wanted"), {
    keeps: false,
    open: () => Promise.resolve(shared.database),
  });
  assert.equal(store.isDurable(), false);
  const record = newRecord(photo(), "li", Date.now());
  await store.add(record, bytes);
  assert.deepEqual([...shared.kept("records").keys()], [before.id]);
  const { outbox, puts } = opened(t, store);
  await outbox.start();
  await quiet();
  assert.deepEqual(new Set(puts), new Set([before.id, record.id]));
});

test("without IndexedDB at all the store says so and works", async () => {
  let told = 0;
  const store = await openStore(() => {
    told += 1;
  });
  const record = newRecord(photo(), "li", 1);
  await store.add(record, bytes);
  assert.deepEqual([told, store.isDurable(), (await store.of("li")).length], [1, false, 1]);
});
