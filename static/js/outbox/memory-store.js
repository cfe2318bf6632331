/** The outbox's records without a disk: where the browser refuses storage, and in tests. */

/**
 * @typedef {import("./record.js").OutboxRecord} OutboxRecord
 * @typedef {"original" | "shrunk"} Kind
 * @typedef {Partial<Record<Kind, ArrayBuffer | null>>} Bytes  null removes
 *
 * @typedef {object} Store
 * @property {() => boolean} isDurable  whether every record so far survives the page
 * @property {(record: OutboxRecord, original: ArrayBuffer) => Promise<void>} add
 * @property {(id: string) => Promise<OutboxRecord | null>} get
 * @property {(person: string) => Promise<OutboxRecord[]>} of  oldest first
 * @property {(id: string, change: (record: OutboxRecord) => OutboxRecord | null, bytes?: Bytes) =>
 *   Promise<OutboxRecord | null>} update  one step that no other tab can come between; null from `change` leaves the
 *   record alone and is the result
 * @property {(id: string, kind: Kind) => Promise<ArrayBuffer | null>} bytesOf
 * @property {(id: string) => Promise<void>} remove
 * @property {(name: string, owner: string, now: number, until: number) => Promise<boolean>} claim  a lease
 * @property {(name: string, owner: string) => Promise<void>} release
 */

/**
 * Whether a lease may be taken. One that ends long after any that is taken now was written by a clock that was ahead.
 * @param {{ owner: string, until: number } | undefined} lease
 * @param {{ owner: string, now: number, until: number }} wanted
 */
export const isFree = (lease, { owner, now, until }) =>
  !lease || lease.owner === owner || lease.until <= now || lease.until - until > until - now;

/** @returns {Store} */
export function memoryStore() {
  /** @type {Map<string, OutboxRecord>} */
  const records = new Map();
  /** @type {Map<string, ArrayBuffer>} */
  const bytes = new Map();
  /** @type {Map<string, { owner: string, until: number }>} */
  const leases = new Map();

  /**
   * @param {string} id
   * @param {Bytes} changes
   */
  const keepBytes = (id, changes) => {
    for (const [kind, value] of Object.entries(changes)) {
      if (value) bytes.set(`${id} ${kind}`, value);
      else bytes.delete(`${id} ${kind}`);
    }
  };

  return {
    isDurable: () => false,
    add(record, original) {
      records.set(record.id, record);
      keepBytes(record.id, { original });
      return Promise.resolve();
    },
    get: (id) => Promise.resolve(records.get(id) ?? null),
    of: (person) =>
      Promise.resolve(
        [...records.values()]
          .filter((record) => record.person === person)
          .sort((a, b) => a.createdAt - b.createdAt),
      ),
    update(id, change, changes = {}) {
      const record = records.get(id);
      const changed = record ? change(record) : null;
      if (changed) {
        records.set(id, changed);
        keepBytes(id, changes);
      }
      return Promise.resolve(changed);
    },
    bytesOf: (id, kind) => Promise.resolve(bytes.get(`${id} ${kind}`) ?? null),
    remove(id) {
      records.delete(id);
      keepBytes(id, { original: null, shrunk: null });
      return Promise.resolve();
    },
    claim(name, owner, now, until) {
      if (!isFree(leases.get(name), { owner, now, until })) return Promise.resolve(false);
      leases.set(name, { owner, until });
      return Promise.resolve(true);
    },
    release(name, owner) {
      if (leases.get(name)?.owner === owner) leases.delete(name);
      return Promise.resolve();
    },
  };
}
