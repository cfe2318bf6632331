/** From chosen to kept: one photo at a time below its limit. */

/**
 * @typedef {import("./record.js").OutboxRecord} OutboxRecord
 * @typedef {import("./outbox.js").Desk} Desk
 * @typedef {(record: OutboxRecord, original: ArrayBuffer) => Promise<{ bytes: ArrayBuffer, type: string,
 *   advice?: string[] } | null>} Prepare
 *   the photo below its limit; null when only the server can do that
 */

import { isHeld, mendingOf, restUntilFree } from "./record.js";

/** A page that ends while shrinking (out of memory) leaves this count behind; then the original goes instead. */
const MOST_PREPARES = 2;

/**
 * @param {Desk} desk
 * @param {() => Promise<Prepare>} loadPrepare  may need the network; rejects without it
 * @param {() => void} onKept
 * @returns {() => Promise<number | null>}  a lane's step
 */
export function preparing({ person, store, change, now }, loadPrepare, onKept) {
  return async () => {
    const chosen = (await store.of(person)).filter(({ state }) => state === "chosen");
    const at = now();
    const next = chosen.find((record) => !isHeld(record, at));
    if (!next) return restUntilFree(chosen, at);
    const prepare = await loadPrepare();
    const { id } = next;
    const begun = await store.update(id, (old) =>
      old.state === "chosen" ? { ...old, prepares: old.prepares + 1 } : null,
    );
    if (!begun) return 0;
    const original = await store.bytesOf(id, "original");
    if (!original) {
      await change(id, (old) => ({ ...old, state: "refused", error: { code: "bytes_lost", sentence: "" } }));
      return 0;
    }
    const prepared = begun.prepares > MOST_PREPARES ? null : await prepare(begun, original);
    await change(
      id,
      (old) => {
        // Mended or taken out meanwhile: the next round begins with what holds now.
        if (old.state !== "chosen" || mendingOf(old) !== mendingOf(begun)) return null;
        const type = prepared?.type ?? "application/octet-stream";
        const size = (prepared?.bytes ?? original).byteLength;
        const prints = old.prints && { ...old.prints, shrunk: null };
        const advice = prepared?.advice ?? [];
        return { ...old, state: "kept", shrunk: prepared !== null, type, size, prints, nextTry: 0, advice };
      },
      { shrunk: prepared?.bytes ?? null },
    );
    onKept();
    return 0;
  };
}
