/**
 * Before the bell the server is told which photos are still on this phone: what was announced in time is taken for a
 * while after it. From half an hour before, every photo is announced as soon as it is kept, and once more when its
 * shrunk bytes are known. A network too slow for photos can still carry this.
 */

import { Refused, SignedOut, Unreachable } from "../server/answers.js";
import { delayAfter } from "./backoff.js";
import { hasShrunk, mendingOf } from "./record.js";

/**
 * @typedef {import("./record.js").OutboxRecord} OutboxRecord
 * @typedef {import("../server/announcements.js").OnItsWay} OnItsWay
 * @typedef {import("../server/announcements.js").Print} Print
 * @typedef {import("./outbox.js").Desk} Desk
 * @typedef {(bytes: ArrayBuffer) => Promise<Print>} Digest
 */

const EARLY_MS = 30 * 60000;
const SIGNED_OUT_MS = 60000;
const MOST_AT_ONCE = 200;
/** Timers turn a longer rest into none. */
const LONGEST_REST_MS = 86400000;

/**
 * SHA-256 by the browser; null where it has none, as on a plain http address: then nothing is announced.
 * @returns {Digest | null}
 */
export function browserDigest() {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return null;
  return async (bytes) => {
    const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { size: bytes.byteLength, sha256 };
  };
}

/** @param {OutboxRecord} record */
const waits = ({ state }) => state === "chosen" || state === "kept" || state === "sending";

/**
 * Whether the server has not heard all that it can know of this photo.
 * @param {OutboxRecord} record
 */
function hasNews(record) {
  const told = record.announced;
  return !told || (hasShrunk(record) && told.shrunk !== record.prints?.shrunk?.sha256);
}

/**
 * Out for good, or soon, while the server still waits for it: its place is nobody else's until that is withdrawn.
 * @param {OutboxRecord} record
 */
const isToWithdraw = ({ state, announced }) => state === "discarded" && announced !== null;

/** @param {OnItsWay} item */
const contentOf = ({ chosen, shrunk, replaces }) =>
  `${chosen.sha256} ${shrunk?.sha256 ?? ""} ${replaces ?? ""}`;

/**
 * @param {Desk} desk
 * @param {Pick<import("./sending.js").Journey, "announce" | "withdraw">} journey
 * @param {{ closesAt: number | null }} bell  epoch milliseconds of the next one; may be moved
 * @param {Digest | null} known
 * @returns {{ step: () => Promise<number | null>, askAgain: () => void }}  a lane's step; askAgain: a place has become
 *   free, so what was refused may be taken now
 */
export function announcing({ person, store, change, tell, now, random }, journey, bell, known) {
  /**
   * Content that the server has answered, and not by taking it: asked again only when a place has become free.
   * @type {Map<string, string>}
   */
  const settled = new Map();
  let tries = 0;

  /**
   * @param {OutboxRecord} record
   * @param {Digest} digest
   * @returns {Promise<OnItsWay | null>}  null where its bytes are gone
   */
  async function told(record, digest) {
    const { id, material, slot, replaces } = record;
    const print = async (/** @type {import("./memory-store.js").Kind} */ kind) => {
      const bytes = await store.bytesOf(id, kind);
      return bytes ? await digest(bytes) : null;
    };
    const chosen = record.prints?.chosen ?? (await print("original"));
    const shrunk = hasShrunk(record) ? (record.prints?.shrunk ?? (await print("shrunk"))) : null;
    if (!chosen) return null;
    await store.update(id, (old) =>
      mendingOf(old) === mendingOf(record) && hasShrunk(old) === hasShrunk(record)
        ? { ...old, prints: { chosen, shrunk } }
        : null,
    );
    return {
      photo: id,
      slot: `${material}.${slot}`,
      chosen,
      ...(shrunk ? { shrunk } : {}),
      ...(replaces ? { replaces } : {}),
    };
  }

  /** @param {Digest} digest */
  async function items(digest) {
    const found = [];
    for (const record of await store.of(person)) {
      if (!waits(record) || !hasNews(record)) continue;
      const item = await told(record, digest);
      if (item && settled.get(item.photo) !== contentOf(item)) found.push(item);
    }
    return found.slice(0, MOST_AT_ONCE);
  }

  /** @param {OnItsWay[]} photos */
  async function ask(photos) {
    // Counted from before the question, the bell strikes here no later than there.
    const asked = now();
    const answers = new Map((await journey.announce(person, photos)).map((answer) => [answer.photo, answer]));
    for (const item of photos) {
      const answer = answers.get(item.photo);
      if (answer?.state !== "announced") {
        settled.set(item.photo, contentOf(item));
        continue;
      }
      if (!(await store.get(item.photo))) {
        // Taken out for good while the question was under way.
        await journey.withdraw({ id: item.photo, person }).catch(() => undefined);
        continue;
      }
      const closes = asked + 1000 * (answer.closes_in_seconds ?? 0);
      await change(item.photo, (old) =>
        old.state === "arrived"
          ? null
          : {
              ...old,
              announced: {
                shrunk: item.shrunk?.sha256 ?? old.announced?.shrunk ?? null,
                closesAt: closes,
                words: answer.until_words ?? "",
              },
            },
      );
    }
  }

  /**
   * Not left to the sender, which may be busy with another photo until the bell.
   * @param {OutboxRecord[]} records
   */
  async function withdraw(records) {
    for (const record of records) {
      await journey.withdraw(record).catch((error) => {
        if (!(error instanceof Refused)) throw error;
      });
      await store.update(record.id, (old) => (isToWithdraw(old) ? { ...old, announced: null } : null));
      settled.clear();
    }
  }

  /** @type {() => Promise<number | null>} */
  async function step() {
    if (!known || bell.closesAt === null) return null;
    const left = bell.closesAt - now();
    if (left <= 0) return null;
    if (left > EARLY_MS) return Math.min(left - EARLY_MS, LONGEST_REST_MS);
    /** @type {OnItsWay[]} */
    let photos = [];
    try {
      const out = (await store.of(person)).filter(isToWithdraw);
      await withdraw(out.filter(({ nextTry }) => nextTry <= now()));
      photos = await items(known);
      if (photos.length === 0) {
        const undoable = out.map(({ nextTry }) => nextTry - now()).filter((ms) => ms > 0);
        return undoable.length > 0 ? Math.min(...undoable, LONGEST_REST_MS) : null;
      }
      await ask(photos);
      tries = 0;
      return 0;
    } catch (error) {
      if (error instanceof SignedOut) {
        tell("signed-out", {});
        return SIGNED_OUT_MS;
      }
      if (error instanceof Refused) {
        for (const item of photos) settled.set(item.photo, contentOf(item));
        return 0;
      }
      tries += 1;
      const rest = error instanceof Unreachable ? error.seconds : 0;
      // The nearer the bell, the sooner again.
      return rest > 0 ? delayAfter(tries, rest, random) : Math.min(delayAfter(tries, 0, random), left / 8);
    }
  }

  return { step, askAgain: () => settled.clear() };
}
