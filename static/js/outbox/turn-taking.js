/** Work that one tab does at a time: by Web Locks, or where they are missing (Safari before 15.4) by a lease on disk. */

import { newId } from "./record.js";

const LEASE_MS = 15000;
const RENEW_MS = 5000;
const LOOK_AGAIN_MS = 2000;

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {import("./memory-store.js").Store} store
 * @param {Pick<LockManager, "request"> | null} [locks]  null where a test wants the lease
 * @param {() => number} [now]
 * @returns {(name: string, task: () => Promise<void>) => Promise<void>}  waits for its turn, then does the task
 */
export function turnTaking(store, locks = globalThis.navigator?.locks, now = Date.now) {
  if (locks) {
    return async (name, task) => {
      await locks.request(name, task);
    };
  }
  const owner = newId();
  const claim = (/** @type {string} */ name) => store.claim(name, owner, now(), now() + LEASE_MS);
  return async (name, task) => {
    while (!(await claim(name))) await pause(LOOK_AGAIN_MS);
    const renewing = setInterval(() => claim(name).catch(() => undefined), RENEW_MS);
    try {
      await task();
    } finally {
      clearInterval(renewing);
      await store.release(name, owner);
    }
  };
}
