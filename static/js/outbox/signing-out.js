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
 */
export async function wipe(person) {
  const store = await openStore(() => undefined);
  for (const { id } of await store.of(person)) await store.remove(id);
}
