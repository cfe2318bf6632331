/**
 * The outbox on the phone's disk. Only ArrayBuffers are stored: Blobs in IndexedDB get lost on several iOS versions.
 * Where storage is refused or fails, a record lies in memory instead and `isDurable` says so.
 */

import { openDB } from "../vendor/idb/index.js";
import { isFree, memoryStore } from "./memory-store.js";

/**
 * @typedef {import("./record.js").OutboxRecord} OutboxRecord
 * @typedef {import("./memory-store.js").Store} Store
 * @typedef {import("./memory-store.js").Bytes} Bytes
 * @typedef {import("../vendor/idb/index.js").IDBPDatabase<Schema>} Database
 *
 * @typedef {object} Schema
 * @property {{ key: string, value: OutboxRecord, indexes: { person: string } }} records
 * @property {{ key: string, value: ArrayBuffer }} bytes
 * @property {{ key: string, value: { name: string, owner: string, until: number } }} leases
 */

const NAME = "outbox";
/** On which the outboxes of all tabs tell each other whose record has changed. */
export const CHANNEL = "outbox";
const VERSION = 1;
/** Safari 14 sometimes never answers the first opening of a page. */
const LONGEST_OPENING_MS = 5000;

/**
 * @param {string} id
 * @param {string} kind
 */
const bytesKey = (id, kind) => `${id} ${kind}`;

/** @returns {Promise<Database>} */
function openDatabase() {
  const opening = openDB(NAME, VERSION, {
    upgrade(database) {
      database.createObjectStore("records", { keyPath: "id" }).createIndex("person", "person");
      database.createObjectStore("bytes");
      database.createObjectStore("leases", { keyPath: "name" });
    },
    // A newer page in another tab waits for us otherwise.
    blocking: (_current, _blocked, event) => /** @type {IDBDatabase} */ (event.target).close(),
  });
  return Promise.race([
    opening,
    new Promise((_resolve, reject) => {
      setTimeout(() => reject(new Error("storage does not open")), LONGEST_OPENING_MS);
    }),
  ]);
}

/** @param {unknown} error */
const nameOf = (error) => (error instanceof Error || error instanceof DOMException ? error.name : "");

/**
 * @param {() => void} onNotDurable  called once, when the first record can only be kept in memory
 * @param {{ keeps?: boolean, open?: () => Promise<Database> }} [how]  keeps: whether new records may lie on the disk;
 *   those that lie there are read in any case
 * @returns {Promise<Store>}
 */
export async function openStore(onNotDurable, { keeps = true, open: openOne = openDatabase } = {}) {
  const memory = memoryStore();
  let durable = keeps;
  /** @type {Database | null} */
  let database = null;

  const giveUp = () => {
    if (durable) onNotDurable();
    durable = false;
  };
  try {
    database = await openOne();
  } catch {
    giveUp();
  }

  /**
   * iOS closes connections by itself and reports passing faults as UnknownError: one more try on a new connection.
   * @template T
   * @param {(database: Database) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async function onDisk(work) {
    if (!database) throw new Error("no storage");
    try {
      return await work(database);
    } catch (error) {
      if (!["UnknownError", "InvalidStateError"].includes(nameOf(error))) throw error;
      database = await openOne();
      return await work(database);
    }
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @param {T} otherwise  when there is no storage
   */
  const ifOnDisk = (work, otherwise) => (database ? work() : Promise.resolve(otherwise));

  /**
   * @param {string} id
   * @param {(record: OutboxRecord) => OutboxRecord | null} change
   * @param {Bytes} changes
   */
  const updateOnDisk = (id, change, changes) =>
    ifOnDisk(
      () =>
        onDisk(async (open) => {
          const step = open.transaction(["records", "bytes"], "readwrite", { durability: "strict" });
          const record = await step.objectStore("records").get(id);
          const changed = record ? change(record) : null;
          if (changed) {
            const bytes = step.objectStore("bytes");
            await Promise.all([
              step.objectStore("records").put(changed),
              ...Object.entries(changes).map(([kind, value]) =>
                value ? bytes.put(value, bytesKey(id, kind)) : bytes.delete(bytesKey(id, kind)),
              ),
              step.done,
            ]);
          } else await step.done;
          return changed;
        }),
      null,
    );

  /** @param {string} id */
  const removeFromDisk = (id) =>
    ifOnDisk(
      () =>
        onDisk(async (open) => {
          const step = open.transaction(["records", "bytes"], "readwrite");
          await Promise.all([
            step.objectStore("records").delete(id),
            step.objectStore("bytes").delete(bytesKey(id, "original")),
            step.objectStore("bytes").delete(bytesKey(id, "shrunk")),
            step.done,
          ]);
        }),
      undefined,
    );

  /**
   * The disk has no room for the shrunk bytes beside the original.
   * @param {string} id
   */
  async function goOnInMemory(id) {
    const [record, original] = await onDisk((open) =>
      Promise.all([open.get("records", id), open.get("bytes", bytesKey(id, "original"))]),
    );
    if (!record || !original) return;
    giveUp();
    await memory.add(record, original);
  }

  return {
    isDurable: () => durable,

    async add(record, original) {
      if (!keeps) {
        await memory.add(record, original);
        return;
      }
      try {
        await onDisk(async (open) => {
          // "strict": the phone's battery may die in the next second, and the page has said that the photo is safe.
          const change = open.transaction(["records", "bytes"], "readwrite", { durability: "strict" });
          await Promise.all([
            change.objectStore("records").put(record),
            change.objectStore("bytes").put(original, bytesKey(record.id, "original")),
            change.done,
          ]);
        });
      } catch {
        giveUp();
        await memory.add(record, original);
      }
    },

    async get(id) {
      return (
        (await memory.get(id)) ??
        (await ifOnDisk(() => onDisk((open) => open.get("records", id)), undefined)) ??
        null
      );
    },

    async of(person) {
      const stored = await ifOnDisk(
        () => onDisk((open) => open.getAllFromIndex("records", "person", person)),
        [],
      );
      const here = await memory.of(person);
      // What the disk could not take whole goes on in memory; what lies there is for the next page.
      const rest = stored.filter(({ id }) => !here.some((record) => record.id === id));
      return [...rest, ...here].sort((a, b) => a.createdAt - b.createdAt);
    },

    async update(id, change, changes = {}) {
      if (await memory.get(id)) {
        const changed = await memory.update(id, change, changes);
        if (changed?.state === "arrived") await removeFromDisk(id);
        return changed;
      }
      try {
        return await updateOnDisk(id, change, changes);
      } catch (error) {
        if (nameOf(error) !== "QuotaExceededError") throw error;
        await goOnInMemory(id);
        return await memory.update(id, change, changes);
      }
    },

    async bytesOf(id, kind) {
      const stored = await ifOnDisk(() => onDisk((open) => open.get("bytes", bytesKey(id, kind))), undefined);
      return (await memory.bytesOf(id, kind)) ?? stored ?? null;
    },

    async remove(id) {
      await memory.remove(id);
      await removeFromDisk(id);
    },

    async claim(name, owner, now, until) {
      return await ifOnDisk(
        () =>
          onDisk(async (open) => {
            const step = open.transaction("leases", "readwrite");
            const free = isFree(await step.store.get(name), { owner, now, until });
            if (free) await step.store.put({ name, owner, until });
            await step.done;
            return free;
          }),
        true,
      );
    },

    async release(name, owner) {
      await ifOnDisk(
        () =>
          onDisk(async (open) => {
            const step = open.transaction("leases", "readwrite");
            if ((await step.store.get(name))?.owner === owner) await step.store.delete(name);
            await step.done;
          }),
        undefined,
      );
    },
  };
}
