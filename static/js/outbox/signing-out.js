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
 * @param {(id: string) => Promise<unknown>} withdraw  an announcement: the case need not wait for what will not come
 */
export async function wipe(person, withdraw) {
  const store = await openStore(() => undefined);
  const announced = (await store.of(person)).filter((record) => isPending(record) && record.announced);
  for (const { id } of await store.of(person)) await store.remove(id);
  await Promise.all(announced.map(({ id }) => withdraw(id).catch(() => undefined)));
}
