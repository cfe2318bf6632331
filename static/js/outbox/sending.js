/** From kept to arrived or refused: one request at a time, repeated until our server has answered. */

import { Refused, SignedOut, TakenBack, Unreachable } from "../server/answers.js";
import { delayAfter } from "./backoff.js";
import { patience } from "./patience.js";
import {
  canPass,
  formToSend,
  isBound,
  isHeld,
  isRepeated,
  isSendable,
  isStale,
  restUntilFree,
} from "./record.js";

/**
 * @typedef {import("./record.js").OutboxRecord} OutboxRecord
 * @typedef {import("./outbox.js").Desk} Desk
 * @typedef {import("../server/answers.js").Receipt} Receipt
 * @typedef {import("../server/answers.js").Waiting} Waiting
 *
 * @typedef {object} Journey  what the server does for the outbox; rejects with Refused, Unreachable, SignedOut
 * @property {(record: OutboxRecord, bytes: ArrayBuffer, options: { signal: AbortSignal,
 *   onProgress: (sent: number, total: number) => void }) => Promise<Receipt | Waiting>} put
 * @property {(record: OutboxRecord) => Promise<Receipt | Waiting>} ask
 * @property {(record: OutboxRecord) => Promise<unknown>} remove
 * @property {(person: string, photos: import("../server/announcements.js").OnItsWay[]) =>
 *   Promise<import("../server/announcements.js").Answer[]>} announce
 * @property {(record: { id: string, person: string }) => Promise<unknown>} withdraw  its announcement
 */

const SIGNED_OUT_MS = 60000;
/** Longer than any rest that was ever agreed: a time beyond it was written by a clock that was ahead. */
const LONGEST_REST_MS = 900000;

/** Where questions do not get through either, sending the photo again is as good. */
const MOST_ASKS = 2;

/**
 * A connection that broke: a bad network, but there is one. One that stalled says nothing of the kind.
 * @param {unknown} error
 */
const isBroken = (error) => error instanceof Unreachable && error.status === 0 && error.message !== "stalled";

/**
 * @param {Desk} desk
 * @param {Journey} journey
 */
export function sending({ person, store, change, tell, now, random }, journey) {
  /** @type {{ id: string, controller: AbortController } | null} */
  let underWay = null;
  const network = patience(now, random);
  /**
   * Photos of which this page knows that their last request broke off early: the server cannot have them.
   * @type {Set<string>}
   */
  const cut = new Set();
  /**
   * Questions about a photo that got no answer.
   * @type {Map<string, number>}
   */
  const asksLost = new Map();
  /** Whether bytes of the request under way have left. */
  let hasMoved = false;

  /**
   * First those that may be there already: a small question settles them.
   * @param {OutboxRecord} record
   */
  const rank = ({ id, attempted, state }) =>
    attempted &&
    (state === "kept" || state === "sending") &&
    !cut.has(id) &&
    (asksLost.get(id) ?? 0) < MOST_ASKS
      ? 0
      : 1;

  /** The network is back: what failed while it was away was not at fault. */
  async function reviveAll() {
    const at = now();
    for (const { id, nextTry, tries, told } of (await store.of(person)).filter(isRepeated)) {
      if (told || (nextTry <= at && tries < 2)) continue;
      await store.update(id, (old) =>
        old.told ? null : { ...old, nextTry: 0, tries: Math.min(old.tries, 1) },
      );
    }
  }

  /**
   * @param {string} id
   * @param {Receipt | Waiting} answer
   */
  async function settle(id, answer) {
    const at = now();
    const isOurs = (/** @type {OutboxRecord} */ { state }) => state === "sending" || state === "processing";
    if (answer.waiting) {
      const { seconds } = answer;
      await change(id, (old) => {
        if (!isOurs(old)) return null;
        // The longer it takes there, the more seldom it is asked for.
        const waitsSince = old.waitsSince ?? at;
        const nextTry = at + Math.max(1000 * seconds, Math.min(60000, (at - waitsSince) / 10));
        return { ...old, state: "processing", nextTry, told: true, waitsSince };
      });
      return;
    }
    await change(
      id,
      (old) => (isOurs(old) ? { ...old, state: "arrived", error: null, nextTry: at, receipt: answer } : null),
      { original: null, shrunk: null },
    );
  }

  /** @param {OutboxRecord} due */
  async function send(due) {
    const { id } = due;
    const record = await change(id, (old) =>
      (old.state === "kept" && !isHeld(old, now())) || old.state === "sending"
        ? { ...old, state: "sending", attempted: true }
        : null,
    );
    if (!record) return;
    if (rank(due) === 0 && (await wasThere(record))) return;
    const form = formToSend(record, now());
    const type = form === "original" ? "application/octet-stream" : record.type;
    const bytes = await store.bytesOf(id, form);
    if (!bytes) throw new Refused("bytes_lost", "");
    const controller = new AbortController();
    underWay = { id, controller };
    cut.add(id);
    try {
      const onProgress = (/** @type {number} */ sent, /** @type {number} */ total) => {
        hasMoved = sent > 0;
        if (sent >= total) cut.delete(id);
        tell("progress", { id, sent, total });
      };
      await settle(
        id,
        await journey.put({ ...record, type }, bytes, { signal: controller.signal, onProgress }),
      );
    } finally {
      underWay = null;
    }
  }

  /**
   * Whether an earlier request got there and only its answer was lost: then a small question saves sending it again.
   * @param {OutboxRecord} record
   */
  async function wasThere(record) {
    try {
      await settle(record.id, await journey.ask(record));
      return true;
    } catch (error) {
      if (error instanceof Refused && error.code === "photo.not_found") return false;
      asksLost.set(record.id, (asksLost.get(record.id) ?? 0) + 1);
      throw error;
    }
  }

  /** @param {string} id */
  async function forget(id) {
    await store.remove(id);
    tell("gone", { id });
  }

  /** @param {OutboxRecord} record  whose time for undo is over */
  async function removeAtLast(record) {
    // It never got there, or is out of reach by the server's own word: nothing left to do from here.
    const unlessRefused = (/** @type {unknown} */ error) => {
      if (!(error instanceof Refused)) throw error;
    };
    if (record.announced) await journey.withdraw(record).catch(unlessRefused);
    const locked = record.attempted ? await removed(record) : null;
    if (locked && (await stays(record, locked))) return;
    await forget(record.id);
  }

  /**
   * @param {OutboxRecord} record
   * @returns {Promise<Refused | null>}  why it may no longer be taken out
   */
  async function removed(record) {
    try {
      await journey.remove(record);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.code.startsWith("locked.")) return error;
    }
    return null;
  }

  /**
   * A photo that got there and can no longer be taken out is shown again, and its owner is told why.
   * @param {OutboxRecord} record
   * @param {Refused} locked
   * @returns {Promise<boolean>}  false where it never got there
   */
  async function stays(record, locked) {
    const { id } = record;
    /** @type {Receipt | Waiting} */
    let answer;
    try {
      answer = await journey.ask(record);
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
    if (answer.waiting) return false;
    const receipt = answer;
    const back = await change(
      id,
      (old) => (old.state === "discarded" ? { ...old, state: "arrived", nextTry: now(), receipt } : null),
      { original: null, shrunk: null },
    );
    if (back) tell("not-removed", { record: back, sentence: locked.sentence });
    return true;
  }

  /**
   * @param {string} id
   * @param {unknown} error
   */
  async function failed(id, error) {
    // It had arrived, and its owner has deleted it since, here or elsewhere.
    if (error instanceof Refused && error.code === "photo.removed") {
      await forget(id);
      return;
    }
    const at = now();
    const rest = error instanceof Unreachable ? error.seconds : 0;
    const later = (/** @type {OutboxRecord} */ old) => {
      const tries = old.tries + 1;
      return { ...old, tries, nextTry: at + delayAfter(tries, rest, random), told: rest > 0 };
    };
    const failure = await change(id, (old) => {
      // Nothing to repeat for what was taken out while its request was under way.
      if ((old.nextTry > at && old.nextTry <= at + LONGEST_REST_MS) || !isSendable(old)) return null;
      if (!(error instanceof Refused)) {
        return { ...later(old), state: old.state === "sending" ? "kept" : old.state };
      }
      if (old.state === "processing" && error.code === "photo.not_found") {
        cut.add(id);
        return { ...later(old), state: "kept" };
      }
      if (error.code === "announcement.other_bytes" && old.announced && !isBound(old, at)) {
        // The bell has struck there already: from now on as it was announced.
        return { ...old, state: "kept", nextTry: 0, announced: { ...old.announced, closesAt: at } };
      }
      if (error.code === "photo.nothing_to_replace" && old.after) {
        // The one before it had got there, and took along what both were to replace.
        return { ...old, state: "kept", nextTry: 0, replaces: null, after: null };
      }
      // An original that had arrived has used its id up: that one will be answered the same for ever.
      const spent = old.state === "processing";
      return { ...old, state: "refused", spent, error: { code: error.code, sentence: error.sentence } };
    });
    // The case need not wait for what will never be taken.
    if (failure?.state === "refused" && failure.announced && !canPass(failure.error)) {
      await journey.withdraw(failure).catch(() => undefined);
      await change(id, (old) => ({ ...old, announced: null }));
    }
  }

  /** @type {() => Promise<number | null>} */
  async function step() {
    const at = now();
    const all = (await store.of(person)).filter((record) => isSendable(record) && !isStale(record, at));
    if (all.length === 0) return null;
    const left = network.left();
    if (left > 0) return left;
    const held = all.filter((record) => record.state === "kept" && isHeld(record, at));
    const leaving = new Set(all.filter(({ state }) => state === "discarded").map(({ id }) => id));
    const waiting = all
      .filter((record) => !held.includes(record) && !leaving.has(record.after ?? ""))
      .sort((a, b) => rank(a) - rank(b) || a.tries - b.tries || a.createdAt - b.createdAt);
    const rest = restUntilFree(held, at);
    if (waiting.length === 0) return rest;
    const due = waiting.find(({ nextTry }) => nextTry <= at || nextTry > at + LONGEST_REST_MS);
    if (!due) {
      const wait = Math.max(1, Math.min(...waiting.map(({ nextTry }) => nextTry)) - at);
      return rest === null ? wait : Math.min(wait, rest);
    }
    hasMoved = false;
    try {
      if (due.state === "discarded") await removeAtLast(due);
      else if (due.state === "processing") await settle(due.id, await journey.ask(due));
      else await send(due);
      if (network.answered()) await reviveAll();
    } catch (error) {
      await failed(due.id, error);
      if (error instanceof SignedOut) {
        tell("signed-out", {});
        network.rest(SIGNED_OUT_MS);
      } else if (error instanceof Refused || (hasMoved && isBroken(error))) {
        if (network.answered()) await reviveAll();
      } else if (!(error instanceof TakenBack)) {
        network.missed(error instanceof Unreachable ? error.seconds : 0);
      }
    }
    return 0;
  }

  return {
    step,
    hurry: network.hurry,
    /**
     * Ends the request of this photo, or whichever is under way.
     * @param {string} [id]
     */
    takeBack(id) {
      if (underWay && (id === undefined || underWay.id === id)) underWay.controller.abort();
    },
  };
}
