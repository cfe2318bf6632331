/** The same photo chosen twice, told by the SHA-256 of its bytes as they were chosen: what arrives is a shrunk one. */

/** @typedef {import("./record.js").OutboxRecord} OutboxRecord */

/**
 * The photo that was chosen before with these bytes and still counts: neither taken out, nor refused, nor about to be
 * replaced.
 * @param {OutboxRecord[]} records  of one person
 * @param {string} sha256
 * @returns {OutboxRecord | null}
 */
export function twinOf(records, sha256) {
  const counting = records.filter(({ state }) => state !== "discarded" && state !== "refused");
  const replaced = new Set(counting.map(({ replaces }) => replaces));
  return counting.find(({ id, prints }) => prints?.chosen?.sha256 === sha256 && !replaced.has(id)) ?? null;
}
