import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "../../static/js/outbox/memory-store.js";
import { Outbox } from "../../static/js/outbox/outbox.js";
import { newId, newRecord } from "../../static/js/outbox/record.js";
import { twinOf } from "../../static/js/outbox/twins.js";

const NOON = 1588780800000;
const bytes = Uint8Array.of(1, 2, 3).buffer;
const others = Uint8Array.of(1, 2, 4).buffer;

/**
 * @param {import("node:test").TestContext} t
 * @param {{ store?: import("../../static/js/outbox/memory-store.js").Store, person?: string, now?: () => number }} [parts]
 */
function opened(t, { store = memoryStore(), person = "li", now = () => NOON } = {}) {
  const outbox = new Outbox({
    person,
    store,
    now,
    loadPrepare: () => Promise.reject(new Error("no network")),
    inTurn: () => new Promise(() => undefined),
    journey: /** @type {any} */ ({}),
  });
  t.after(() => outbox.stop());
  /** @param {Partial<import("../../static/js/outbox/record.js").NewPhoto>} [more] */
  const choose = async (more = {}) => {
    const { print } = await outbox.look(more.bytes ?? bytes);
    return await outbox.keep({
      id: newId(),
      material: "ID",
      slot: "front",
      maxBytes: 204800,
      bytes,
      print,
      ...more,
    });
  };
  /** @param {string} id @param {object} changes */
  const set = (id, changes) => store.update(id, (old) => ({ ...old, ...changes }));
  return { outbox, store, choose, set };
}

test("a photo chosen a second time is told, and where the first one is; another photo is not", async (t) => {
  const { outbox, choose } = opened(t);
  assert.equal((await outbox.look(bytes)).twin, null);
  const first = await choose({ label: "身份证明 人像面" });
  const { twin } = await outbox.look(bytes.slice(0));
  assert.equal(twin?.id, first.id);
  assert.equal(twin?.label, "身份证明 人像面");
  assert.equal((await outbox.look(others)).twin, null);
});

test("it is told of an arrived photo too, until the session is over or the photo is deleted", async (t) => {
  const store = memoryStore();
  const { outbox, choose, set } = opened(t, { store });
  const { id } = await choose();
  await set(id, { state: "arrived", nextTry: NOON });
  const later = opened(t, { store, now: () => NOON + 11 * 3600000 }).outbox;
  await later.start();
  assert.equal((await later.look(bytes)).twin?.id, id);
  const nextDay = opened(t, { store, now: () => NOON + 13 * 3600000 }).outbox;
  await nextDay.start();
  assert.equal((await nextDay.look(bytes)).twin, null);

  const again = await choose();
  await outbox.forgetArrived(again.id);
  assert.equal((await outbox.look(bytes)).twin?.id, again.id, "it has not arrived: it is not forgotten");
  await set(again.id, { state: "arrived", nextTry: NOON });
  await outbox.forgetArrived(again.id);
  assert.equal((await outbox.look(bytes)).twin, null);
});

test("what was taken out, refused or replaced may be chosen again", async (t) => {
  const { outbox, choose, set } = opened(t);
  const { id } = await choose();
  for (const state of ["discarded", "refused"]) {
    await set(id, { state });
    assert.equal((await outbox.look(bytes)).twin, null, state);
  }
  await set(id, { state: "arrived" });
  const crop = await choose({ bytes: others, replaces: id });
  assert.equal((await outbox.look(bytes)).twin, null, "its place is being taken");
  await set(crop.id, { state: "discarded" });
  assert.equal((await outbox.look(bytes)).twin?.id, id, "it keeps its place after all");
});

test("nobody is told of somebody else's photo", async (t) => {
  const store = memoryStore();
  await opened(t, { store, person: "wang" }).choose();
  const { outbox, choose } = opened(t, { store });
  assert.equal((await outbox.look(bytes)).twin, null);
  await choose();
  assert.notEqual((await outbox.look(bytes)).twin, null);
});

test("the digest goes with a photo that is sent under another id, and records without one are no twins", async (t) => {
  const { outbox, store, choose, set } = opened(t);
  const { id } = await choose({ label: "身份证明 人像面" });
  await set(id, { state: "refused", spent: true });
  const anew = await outbox.retry(id);
  assert.notEqual(anew?.id, id);
  const { twin, print } = await outbox.look(bytes);
  assert.equal(twin?.id, anew?.id);
  assert.equal(twin?.label, "身份证明 人像面");
  const older = newRecord({ id: newId(), material: "ID", slot: "x", maxBytes: 1, bytes }, "li", NOON);
  await store.add(older, bytes);
  assert.equal(twinOf([older], print?.sha256 ?? ""), null);
});
