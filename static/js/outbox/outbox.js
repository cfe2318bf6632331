/**
 * Photos kept on the phone until the server has acknowledged them. Knows no address and no picture format: both come in
 * as functions. Every change is committed to the store before anybody hears of it.
 *
 * Events: `change` {record} after each step of a photo; `progress` {id, sent, total}; `gone` {id} when a discarded one
 * is past undo; `not-removed` {record, sentence} when it is past undo and the server keeps it; `signed-out`;
 * `not-durable` when the browser refuses storage, so that the page must stay open.
 */

import { announcing, browserDigest } from "./announcing.js";
import { lane } from "./lane.js";
import { preparing } from "./preparing.js";
import { HOLD_MS, isBound, isMendable, isPending, isRepeated, isStale, newId, newRecord } from "./record.js";
import { sending } from "./sending.js";
import { twinOf } from "./twins.js";

/**
 * @typedef {import("./record.js").OutboxRecord} OutboxRecord
 * @typedef {import("./record.js").NewPhoto} NewPhoto
 *
 * @typedef {object} Parts
 * @property {string} person
 * @property {import("./memory-store.js").Store} store
 * @property {() => Promise<import("./preparing.js").Prepare>} loadPrepare
 * @property {import("./sending.js").Journey} journey
 * @property {(name: string, task: () => Promise<void>) => Promise<void>} inTurn  one tab at a time
 * @property {Pick<BroadcastChannel, "postMessage" | "addEventListener">} [channel]  to the other tabs
 * @property {number | null} [closesAt]  epoch milliseconds of the next bell; null: none is ahead
 * @property {import("./announcing.js").Digest | null} [digest]  null: nothing is announced
 * @property {() => number} [now]
 * @property {() => number} [random]
 *
 * @typedef {object} Desk  what the lanes work with
 * @property {string} person
 * @property {import("./memory-store.js").Store} store
 * @property {(id: string, change: (record: OutboxRecord) => OutboxRecord | null,
 *   bytes?: import("./memory-store.js").Bytes) => Promise<OutboxRecord | null>} change  and everybody hears of it
 * @property {(name: string, detail: object) => void} tell
 * @property {() => number} now
 * @property {() => number} random
 */

export const UNDO_SECONDS = 10;
/** As long as a session at most (webapp/guard/sessions.py): so long it is told that a photo was chosen before. */
const RECEIPT_KEPT_MS = 12 * 3600000;
const LONGEST_HOLD_MS = 600000;
/** Whoever still looks at a photo then has it sent: the rest is needed for the way. */
const BEFORE_BELL_MS = 120000;

export class Outbox extends EventTarget {
  /** @param {Parts} parts */
  constructor({
    person,
    store,
    loadPrepare,
    journey,
    inTurn,
    channel,
    closesAt = null,
    digest = browserDigest(),
    now = Date.now,
    random = Math.random,
  }) {
    super();
    this.person = person;
    /** @private */ this._store = store;
    /** @private */ this._channel = channel;
    /** @private */ this._now = now;
    /** @private */ this._digest = digest;
    /** @type {Desk} */
    const desk = {
      person,
      store,
      now,
      random,
      change: (id, change, bytes) => this._change(id, change, bytes),
      tell: (name, detail) => this._tell(name, detail),
    };
    /** @private */ this._sender = sending(desk, journey);
    // Lanes of their own, so that the second photo is shrunk, and announced, while the first is still going out.
    /** @private */ this._sending = lane(this._sender.step, (task) => inTurn(`outbox-send ${person}`, task));
    /** @private */ this._preparing = lane(
      preparing(desk, loadPrepare, () => {
        this._announcing.wake();
        this._sending.wake();
      }),
      (task) => inTurn(`outbox-prepare ${person}`, task),
    );
    /** @private */ this._bell = { closesAt };
    const announcer = announcing(desk, journey, this._bell, digest);
    /** @private */ this._announcing = lane(announcer.step, (task) =>
      inTurn(`outbox-announce ${person}`, task),
    );
    this.addEventListener("gone", () => {
      announcer.askAgain();
      this._announcing.wake();
    });
    channel?.addEventListener("message", (event) => this._hear(String(event.data)));
  }

  /**
   * Another tab has moved a photo, and may end before it gets further.
   * @private
   * @param {string} id
   */
  async _hear(id) {
    const record = await this._store.get(id);
    if (record && record.person !== this.person) return;
    this.dispatchEvent(
      record
        ? new CustomEvent("change", { detail: { record } })
        : new CustomEvent("gone", { detail: { id } }),
    );
    this._wake();
  }

  /** Takes up what an earlier page left behind. */
  async start() {
    const now = this._now();
    for (const { id, state, nextTry } of await this._store.of(this.person)) {
      // One from the future was written by a clock that was ahead: it would be taken for news until then.
      const isOver = nextTry < now - RECEIPT_KEPT_MS || nextTry > now;
      if (state === "arrived" && isOver) await this._store.remove(id);
    }
    this._wake();
  }

  /** @private */
  _wake() {
    for (const one of [this._preparing, this._announcing, this._sending]) one.wake();
  }

  stop() {
    this._preparing.stop();
    this._announcing.stop();
    this._sending.stop();
    this._sender.takeBack();
  }

  /**
   * The bell has been moved while the page was open.
   * @param {number | null} closesAt  epoch milliseconds; null: none is ahead
   */
  setBell(closesAt) {
    if (this._bell.closesAt === closesAt) return;
    this._bell.closesAt = closesAt;
    this._wake();
  }

  isDurable() {
    return this._store.isDurable();
  }

  /** The person's photos that the server has not acknowledged, oldest first. */
  async pending() {
    return (await this._store.of(this.person)).filter(isPending);
  }

  /**
   * What arrived while a page was on its way here, whose answer may not know of it; the latest receipt last, because its
   * counts hold.
   * @param {number} since  epoch milliseconds, when the page was asked for
   */
  async arrived(since) {
    const records = await this._store.of(this.person);
    return records
      .filter(({ state, nextTry }) => state === "arrived" && nextTry >= since)
      .sort((a, b) => a.nextTry - b.nextTry);
  }

  /** All records, for a page that has been asleep. */
  records() {
    return this._store.of(this.person);
  }

  /**
   * The bytes to be sent, for a preview; null while there are none but the original.
   * @param {string} id
   */
  shrunkBytes(id) {
    return this._store.bytesOf(id, "shrunk");
  }

  /**
   * Whether a photo with these bytes has been chosen before, and still counts.
   * @param {ArrayBuffer} bytes
   * @returns {Promise<{ print: import("./record.js").Print | null, twin: OutboxRecord | null }>}  nothing is known where
   *   the browser has no digest
   */
  async look(bytes) {
    const print = (await this._digest?.(bytes).catch(() => null)) ?? null;
    const twin = print && twinOf(await this._store.of(this.person), print.sha256);
    return { print, twin };
  }

  /**
   * Its owner has deleted a photo that had arrived: it may be chosen again like any other.
   * @param {string} id
   */
  async forgetArrived(id) {
    if ((await this._store.get(id))?.state === "arrived") await this._store.remove(id);
  }

  /**
   * Resolves when the photo is on the phone.
   * @param {NewPhoto} photo
   * @returns {Promise<OutboxRecord>}
   */
  async keep(photo) {
    const record = newRecord(photo, this.person, this._now());
    await this._store.add(record, photo.bytes);
    this._tell("change", { record });
    this._wake();
    return record;
  }

  /**
   * Takes a photo out; `undiscard` brings it back for ten seconds.
   * @param {string} id
   * @param {number} [undoSeconds]  0: for good
   */
  async discard(id, undoSeconds = UNDO_SECONDS) {
    const until = this._now() + 1000 * undoSeconds;
    const record = await this._change(id, (old) =>
      isPending(old)
        ? { ...old, before: old.state, state: "discarded", nextTry: until, tries: 0, told: true }
        : null,
    );
    if (record) this._sender.takeBack(id);
    this._wake();
    return record;
  }

  /** @param {string} id */
  async undiscard(id) {
    const now = this._now();
    const record = await this._change(id, (old) =>
      isUndoable(old, now) ? { ...old, state: restored(old.before), nextTry: 0, told: false } : null,
    );
    this._wake();
    return record;
  }

  /** Photos that have lain here for days and go only when their owner says so: `retry`, or `discard`. */
  async stale() {
    return (await this._store.of(this.person)).filter((record) => isStale(record, this._now()));
  }

  /**
   * Whether the bell has struck over this announced photo, so that it comes in as it was announced or not at all.
   * @param {string} id
   */
  async isBound(id) {
    const record = await this._store.get(id);
    return record !== null && isBound(record, this._now());
  }

  /**
   * Tries a refused photo once more, or lets one go that has lain here for days.
   * @param {string} id
   */
  async retry(id) {
    const now = this._now();
    const spent = await this._store.get(id);
    if (spent?.state === "refused" && spent.spent && !spent.announced) return this._anew(spent);
    const record = await this._change(id, (old) =>
      old.state === "refused" || isStale(old, now)
        ? {
            ...old,
            state: old.shrunk && old.state !== "chosen" ? "kept" : "chosen",
            // What is gone cannot be replaced; where there is room by now, the photo is taken.
            replaces: old.error?.code === "photo.nothing_to_replace" ? null : old.replaces,
            renewedAt: now,
            error: null,
            tries: 0,
            prepares: 0,
            nextTry: 0,
            told: false,
          }
        : null,
    );
    this._wake();
    return record;
  }

  /**
   * The same photo under another id; the old one is gone.
   * @private
   * @param {OutboxRecord} spent
   */
  async _anew({ id, person, material, slot, replaces, maxBytes, quarterTurns, corners, prints, label }) {
    const bytes = await this._store.bytesOf(id, "original");
    if (!bytes) return null;
    const print = prints?.chosen;
    const photo = {
      id: newId(),
      material,
      slot,
      replaces,
      maxBytes,
      bytes,
      quarterTurns,
      corners,
      print,
      label,
    };
    const record = newRecord(photo, person, this._now());
    await this._store.add(record, bytes);
    await this._store.remove(id);
    this._tell("gone", { id });
    this._tell("change", { record });
    this._wake();
    return record;
  }

  /**
   * Turns a photo that has not left the phone; null for any other, whose bytes the server may have under this id, and
   * for one that only comes in as it was announced.
   * @param {string} id
   * @param {number} quarterTurns  clockwise
   */
  turn(id, quarterTurns) {
    return this._mend(id, (old) => ({ ...old, quarterTurns: (old.quarterTurns + quarterTurns) % 4 }));
  }

  /**
   * Makes another picture of the original of such a photo, and lets it go its way.
   * @param {string} id
   * @param {{ quarterTurns: number, corners: import("./record.js").Corners | null }} mending  instead of what held before
   */
  mend(id, { quarterTurns, corners }) {
    return this._mend(id, (old) => ({ ...old, quarterTurns, corners, heldUntil: 0 }));
  }

  /**
   * @private
   * @param {string} id
   * @param {(record: OutboxRecord) => OutboxRecord} change
   */
  async _mend(id, change) {
    const record = await this._change(id, (old) =>
      isMendable(old, this._now()) ? { ...change(old), state: "chosen", prepares: 0 } : null,
    );
    this._wake();
    return record;
  }

  /**
   * The same for a photo that a request has left for without an answer: the server may have it under this id, so the
   * mended one goes under another, after the old one has been taken out there.
   * @param {string} id
   * @param {{ quarterTurns: number, corners: import("./record.js").Corners | null }} mending
   * @returns {Promise<OutboxRecord | null>}  null where it is being sent, has arrived, or comes in as it was announced
   */
  async mendAnew(id, mending) {
    const old = await this._store.get(id);
    const bytes = await this._store.bytesOf(id, "original");
    if (!old || !bytes || old.state !== "kept" || isBound(old, this._now())) return null;
    const { material, slot, replaces, maxBytes, label } = old;
    const print = old.prints?.chosen;
    const photo = {
      id: newId(),
      material,
      slot,
      replaces,
      after: id,
      maxBytes,
      bytes,
      print,
      label,
      ...mending,
    };
    const record = newRecord(photo, this.person, this._now());
    await this._store.add(record, bytes);
    if (!(await this.discard(id, 0))) {
      await this._store.remove(record.id);
      return null;
    }
    this._tell("change", { record });
    this._wake();
    return record;
  }

  /**
   * Keeps a photo here while its owner looks at it: half a minute, and again as often as this is called, ten minutes
   * together. Near the bell only an announced one, which may come after it. Afterwards it goes by itself.
   * @param {string} id
   * @returns {Promise<OutboxRecord | null>}  null where it has left, or must not wait
   */
  hold(id) {
    const now = this._now();
    const { closesAt } = this._bell;
    return this._store.update(id, (old) => {
      if (!isMendable(old, now)) return null;
      const since = old.heldUntil && old.heldUntil > now ? (old.heldSince ?? now) : now;
      const latest =
        closesAt === null || old.announced ? Number.POSITIVE_INFINITY : closesAt - BEFORE_BELL_MS;
      const heldUntil = Math.min(now + HOLD_MS, since + LONGEST_HOLD_MS, latest);
      return heldUntil > now ? { ...old, heldSince: since, heldUntil } : null;
    });
  }

  /**
   * Nobody looks at it any more.
   * @param {string} id
   */
  async release(id) {
    await this._store.update(id, (old) => (old.heldUntil ? { ...old, heldUntil: 0 } : null));
    this._wake();
  }

  /**
   * The photo as it was chosen; null where this phone no longer has it.
   * @param {string} id
   */
  originalBytes(id) {
    return this._store.bytesOf(id, "original");
  }

  /**
   * Its owner has read the advice and keeps the photo.
   * @param {string} id
   */
  dismissAdvice(id) {
    return this._change(id, (old) => (old.advice?.length ? { ...old, advice: [] } : null));
  }

  /** The network may be back, or the person looks again: what waits by our own guess goes now. */
  async nudge() {
    this._sender.hurry();
    for (const { id, nextTry, told } of (await this.records()).filter(isRepeated)) {
      if (nextTry > this._now() && !told) await this._store.update(id, (old) => ({ ...old, nextTry: 0 }));
    }
    this._wake();
  }

  /**
   * @private
   * @param {string} name
   * @param {any} detail
   */
  _tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
    if (name === "change") this._channel?.postMessage(detail.record.id);
    if (name === "gone") this._channel?.postMessage(detail.id);
  }

  /**
   * @private
   * @param {string} id
   * @param {(record: OutboxRecord) => OutboxRecord | null} change
   * @param {import("./memory-store.js").Bytes} [bytes]
   */
  async _change(id, change, bytes) {
    const record = await this._store.update(id, change, bytes);
    if (record) this._tell("change", { record });
    return record;
  }
}

/**
 * What was on its way when it was taken out has to start again.
 * @param {import("./record.js").State} before
 * @returns {import("./record.js").State}
 */
const restored = (before) => (before === "sending" ? "kept" : before);

/**
 * Undo and the final removal exclude each other by time alone.
 * @param {OutboxRecord} record
 * @param {number} now
 */
const isUndoable = ({ state, tries, nextTry }, now) =>
  state === "discarded" && tries === 0 && nextTry > now && nextTry <= now + 1000 * UNDO_SECONDS;
