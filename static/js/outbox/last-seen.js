/**
 * How a person's list looked when it was last seen here: codes, names, states and counts, for the page without network.
 * There is one, of whoever saw their list last; signing out removes it.
 *
 * It has a database of its own: another version of the outbox's would shut an older page out of its photos.
 */

import { openDB } from "../vendor/idb/index.js";

/**
 * @typedef {object} SeenRow
 * @property {string} code  of the material; empty for anything else
 * @property {string} name
 * @property {string} kind  of the state: done, needs-action, optional …
 * @property {string} words  of the state
 * @property {string} more
 *
 * @typedef {object} LastSeen
 * @property {string} person
 * @property {number} at  epoch milliseconds
 * @property {string} title
 * @property {string} say
 * @property {{ title: string, rows: SeenRow[] }[]} sections
 */

/** No session lasts longer (webapp/guard/sessions.py): later nobody is shown what only a session shows. */
const SHOWN_FOR_MS = 12 * 3600 * 1000;
const STORE = "lists";
const KEY = "last";

/**
 * @template T
 * @param {(database: import("../vendor/idb/index.js").IDBPDatabase) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withDatabase(work) {
  const database = await openDB("last-seen", 1, {
    upgrade: (fresh) => {
      fresh.createObjectStore(STORE);
    },
  });
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** @param {LastSeen} seen */
export const keepLastSeen = (seen) => withDatabase((database) => database.put(STORE, seen, KEY));

/**
 * @param {number} [now]  epoch milliseconds
 * @returns {Promise<LastSeen | null>}  null also when it is too old to be shown
 */
export async function readLastSeen(now = Date.now()) {
  /** @type {LastSeen | undefined} */
  const seen = await withDatabase((database) => database.get(STORE, KEY));
  return seen && isFresh(seen, now) ? seen : null;
}

/**
 * @param {Pick<LastSeen, "at">} seen
 * @param {number} now
 */
export const isFresh = ({ at }, now) => at <= now && now - at < SHOWN_FOR_MS;

export const forgetLastSeen = () => withDatabase((database) => database.delete(STORE, KEY));
