/** From chosen to kept: one photo at a time below its limit. */

/**
 * @typedef {import("./record.js").OutboxRecord} OutboxRecord
 * @typedef {import("./outbox.js").Desk} Desk
 * @typedef {(record: OutboxRecord, original: ArrayBuffer) => Promise<{ bytes: ArrayBuffer, type: string } | null>} Prepare
 *   the photo below its limit; null when only the server can do that
 */

/** A page that ends while shrinking (out of memory) leaves this count behind; then the original goes instead. */
const MOST_PREPARES = 2;

/**
 * @param {Desk} desk
 * @param {() => Promise<Prepare>} loadPrepare  may need the network; rejects without it
 * @param {() => void} onKept
 * @returns {() => Promise<number | null>}  a lane's step
 */
export function preparing({ person, store, change }, loadPrepare, onKept) {
  return async () => {
    const next = (await store.of(person)).find(({ state }) => state === "chosen");
    if (!next) return null;
    const prepare = await loadPrepare();
    const { id, quarterTurns } = next;
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
        // Turned or taken out meanwhile: the next round begins with what holds now.
        if (old.state !== "chosen" || old.quarterTurns !== quarterTurns) return null;
        const type = prepared?.type ?? "application/octet-stream";
        const size = (prepared?.bytes ?? original).byteLength;
        const prints = old.prints && { ...old.prints, shrunk: null };
        return { ...old, state: "kept", shrunk: prepared !== null, type, size, prints, nextTry: 0 };
      },
      { shrunk: prepared?.bytes ?? null },
    );
    onKept();
    return 0;
  };
}
