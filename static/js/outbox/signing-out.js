/** What leaving would cost: the photos of one person that only this phone has. */

import { isPending } from "./record.js";
import { openStore } from "./store.js";

/**
 * @param {string} person
 * @returns {Promise<{ id: string, material: string, slot: string, size: number, createdAt: number }[]>}  oldest first
 */
export async function unsent(person) {
  const store = await openStore(() => undefined);
  const records = (await store.of(person)).filter(isPending);
  return records.map(({ id, material, slot, size, createdAt }) => ({ id, material, slot, size, createdAt }));
}

/**
 * Removes everything this phone holds of a person, for good.
 * @param {string} person
 * @param {object} server
 * @param {(id: string) => Promise<unknown>} server.withdraw  an announcement: the case need not wait for what will not come
 * @param {(id: string) => Promise<unknown>} server.remove  a photo that its owner has taken out and that may have got there
 * @param {Promise<import("./memory-store.js").Store>} [opened]
 */
export async function wipe(person, { withdraw, remove }, opened = openStore(() => undefined)) {
  const store = await opened;
  const records = await store.of(person);
  for (const { id } of records) await store.remove(id);
  const announced = records.filter(({ state, announced: told }) => told && state !== "arrived");
  const takenOut = records.filter(({ state, attempted }) => state === "discarded" && attempted);
  await Promise.all([
    ...announced.map(({ id }) => withdraw(id).catch(() => undefined)),
    ...takenOut.map(({ id }) => remove(id).catch(() => undefined)),
  ]);
}
