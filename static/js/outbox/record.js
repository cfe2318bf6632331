/**
 * A photo waiting on the phone. Its bytes lie beside it (`original` as chosen, `shrunk` as sent), so that a change of
 * state never rewrites megabytes.
 *
 * | state | on this phone |
 * |---|---|
 * | chosen | the original is safe; it still has to be shrunk |
 * | kept | ready to go |
 * | sending | on its way |
 * | processing | the original has arrived and is being shrunk there; kept here until that went well |
 * | arrived | acknowledged: the bytes are gone, the receipt stays a while for the other tabs |
 * | refused | the server decided against it; stays until the person discards or retries |
 * | discarded | the person took it out; comes back on undo, and is deleted on the server if it may have got there |
 *
 * @typedef {"chosen" | "kept" | "sending" | "processing" | "arrived" | "refused" | "discarded"} State
 *
 * @typedef {object} OutboxRecord
 * @property {string} id  UUID, the photo's name on the server too
 * @property {string} person  whose photo; nobody else's session sends or shows it
 * @property {string} material
 * @property {string} slot
 * @property {string | null} replaces  id of the stored photo whose place it takes
 * @property {string | null} [after]  id of the photo that was taken out in its favour: first that one leaves, here and there
 * @property {string} type  media type of what is to be sent
 * @property {number} size  bytes of the same
 * @property {number} maxBytes  the material's limit
 * @property {boolean} shrunk  false: the original goes as it is
 * @property {number} quarterTurns  clockwise, done while shrinking
 * @property {Corners | null} [corners]  of what is cut out and laid flat before that; older records lack it
 * @property {number} [heldUntil]  epoch milliseconds; until then its owner is looking at it, and it stays here
 * @property {number} [heldSince]
 * @property {string[]} [advice]  codes of reviewers' reasons, measured on the photo
 * @property {State} state
 * @property {State} before  where undo leads back to
 * @property {boolean} [spent]  its original arrived and was refused, so trying again needs another id
 * @property {boolean} attempted  a request has left, so the server may have it
 * @property {number} prepares  times that shrinking was begun
 * @property {number} tries  failed requests in a row
 * @property {number} nextTry  epoch milliseconds
 * @property {number} [waitsSince]  epoch milliseconds, when the server first said that it has the original
 * @property {boolean} told  the server set nextTry, so better news of the network does not
 * @property {number} createdAt  epoch milliseconds
 * @property {number} [renewedAt]  epoch milliseconds, when its owner last said that it is still to go
 * @property {{ chosen: Print | null, shrunk: Print | null } | null} prints  of its bytes, as far as they are known
 * @property {string} [label]  how the page that it was chosen on calls its place; older records lack it
 * @property {Announced | null} announced  what the server has acknowledged of it before the bell
 * @property {{ code: string, sentence: string } | null} error
 * @property {import("../server/answers.js").Receipt | null} receipt
 *
 * @typedef {import("../server/announcements.js").Print} Print
 * @typedef {import("../imaging/homography.js").Corners} Corners
 *
 * @typedef {object} Announced
 * @property {string | null} shrunk  SHA-256 of the shrunk bytes that were announced
 * @property {number} closesAt  epoch milliseconds of the bell; from then on it goes exactly as it was announced
 * @property {string} words  until when it is taken, for people
 *
 * @typedef {object} NewPhoto
 * @property {string} id  from newId, so that a page can name the photo before it is kept
 * @property {string} material
 * @property {string} slot
 * @property {string | null} [replaces]
 * @property {string | null} [after]
 * @property {number} maxBytes
 * @property {ArrayBuffer} bytes  as chosen
 * @property {number} [quarterTurns]
 * @property {Corners | null} [corners]
 * @property {Print | null} [print]  of the bytes, from `Outbox.look`
 * @property {string} [label]
 */

/** A hold lasts this long at a time; a page that shows the photo renews it. */
export const HOLD_MS = 30000;

/** A random UUID (RFC 9562, version 4): `crypto.randomUUID` is missing in phones we serve. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/**
 * @param {NewPhoto} photo
 * @param {string} person
 * @param {number} now
 * @returns {OutboxRecord}
 */
export const newRecord = (
  {
    id,
    material,
    slot,
    replaces = null,
    after = null,
    maxBytes,
    bytes,
    quarterTurns = 0,
    corners = null,
    print = null,
    label = "",
  },
  person,
  now,
) => ({
  id,
  person,
  material,
  slot,
  replaces,
  after,
  type: "application/octet-stream",
  size: bytes.byteLength,
  maxBytes,
  shrunk: false,
  quarterTurns,
  corners,
  state: "chosen",
  before: "chosen",
  attempted: false,
  prepares: 0,
  tries: 0,
  nextTry: 0,
  told: false,
  createdAt: now,
  prints: print && { chosen: print, shrunk: null },
  label,
  announced: null,
  error: null,
  receipt: null,
});

/**
 * What the person would miss if this phone lost it.
 * @param {OutboxRecord} record
 */
export const isPending = ({ state }) => state !== "arrived" && state !== "discarded";

/**
 * Whether better news of the network is news for it: it waits, or its removal on the server has failed before.
 * @param {OutboxRecord} record
 */
export const isRepeated = (record) => isPending(record) || (record.state === "discarded" && record.tries > 0);

/** Whoever comes back after so long is asked whether a photo is still to go. */
export const STALE_MS = 72 * 3600000;

/**
 * Whether it has lain here so long that it goes only when its owner says so again. One that was announced goes by
 * itself: somebody has just been here, and the time is short.
 * @param {OutboxRecord} record
 * @param {number} now
 */
export const isStale = (record, now) =>
  isPending(record) &&
  record.state !== "processing" &&
  !record.announced &&
  now - (record.renewedAt ?? record.createdAt) > STALE_MS;

/**
 * What the sender has to do something about, now or at its next try.
 * @param {OutboxRecord} record
 */
export const isSendable = ({ state }) =>
  state === "kept" || state === "sending" || state === "processing" || state === "discarded";

/**
 * Whether the bytes to be sent lie here beside the original; those of a photo that was turned are old ones.
 * @param {OutboxRecord} record
 */
export const hasShrunk = ({ shrunk, state }) => shrunk && state !== "chosen";

/**
 * Whether the bell has struck over an announced photo: nothing of it can be changed any more.
 * @param {OutboxRecord} record
 * @param {number} now
 */
export const isBound = ({ announced }, now) => Boolean(announced && announced.closesAt <= now);

/**
 * Which of its bytes go: after the bell only those that were announced.
 * @param {OutboxRecord} record
 * @param {number} now
 * @returns {"shrunk" | "original"}
 */
export function formToSend(record, now) {
  if (!record.shrunk) return "original";
  if (!isBound(record, now)) return "shrunk";
  const told = record.announced?.shrunk;
  return told && told === record.prints?.shrunk?.sha256 ? "shrunk" : "original";
}

/** Refusals that can end: those of a photo's bytes never do. */
const PASSING = /^locked\.|^photo\.(slot_full|nothing_to_replace|quota|too_slow)$|^too_large$/;

/** @param {{ code: string } | null} error */
export const canPass = (error) => error !== null && PASSING.test(error.code);

/**
 * Whether its owner is looking at it right now, so that it waits. Ends by itself: a page that dies meanwhile loses nothing.
 * @param {OutboxRecord} record
 * @param {number} now
 */
export const isHeld = ({ heldUntil = 0 }, now) => heldUntil > now && heldUntil <= now + HOLD_MS;

/**
 * Whether it can still be made another picture: the server cannot have it, and it need not come in as announced.
 * @param {OutboxRecord} record
 * @param {number} now
 */
export const isMendable = (record, now) =>
  (record.state === "chosen" || record.state === "kept") && !record.attempted && !isBound(record, now);

/**
 * What is done to the original, for comparing.
 * @param {Pick<OutboxRecord, "quarterTurns" | "corners">} record
 */
export const mendingOf = ({ quarterTurns, corners = null }) => JSON.stringify([quarterTurns, corners]);

/**
 * How long a lane rests before the first of these is free.
 * @param {OutboxRecord[]} held
 * @param {number} now
 * @returns {number | null}  milliseconds; null where nothing is held
 */
export const restUntilFree = (held, now) =>
  held.length === 0 ? null : Math.max(1, Math.min(...held.map(({ heldUntil = 0 }) => heldUntil)) - now);
