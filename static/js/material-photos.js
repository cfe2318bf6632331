/** What happens on a material's page: from the picker through the outbox to the places, and back by minus and undo. */

import { watchAnnounced } from "./announced-elsewhere.js";
import { noteCamera, wasInterrupted } from "./camera-note.js";
import { Deadline } from "./deadline.js";
import {
  hasFailed,
  isOpen,
  MaterialSlots,
  restore,
  setAll,
  slotOf,
  snapshot,
  stateOf,
} from "./material-slots.js";
import { kilobytes, MaterialView, whileBusy } from "./material-view.js";
import { Originals } from "./originals.js";
import { canPass, isStale, newId } from "./outbox/record.js";
import { askedFor, openPhotoWay } from "./photo-way.js";
import { watchProcessing } from "./processing-watch.js";
import { SamePhotos } from "./same-photo.js";
import { Refused, SignedOut } from "./server/answers.js";
import { deletePhoto, turnStoredPhoto, undeletePhoto } from "./server/photos.js";

/**
 * @typedef {import("./outbox/record.js").OutboxRecord} OutboxRecord
 * @typedef {import("./server/answers.js").Receipt} Receipt
 */

/**
 * @typedef {"not-durable" | "signed-out" | "signed-out-held" | "signed-in" | "unreachable" | "unreadable" | "empty" |
 *   "too_large" | "left-over" | "full" | "interrupted" | "not-loaded" | "left" | "bound" | "shared" | "refused"} Message
 *   signed-in: again, and nothing is left to say of it; not-durable: the browser keeps nothing, so the page must stay
 *   open; shared: nothing is to be kept here, with the same effect; signed-out-held: signed out where one of these holds;
 *   bound: after the bell it comes in as it was announced; unreadable, empty, too_large: of a chosen file; left-over: more
 *   were chosen than fit; full: no place is left; interrupted: the camera was open when the page ended; left: what was to
 *   be mended has left as it was; refused: followed by the server's sentence in an element with `data-sentence`
 */

/**
 * @typedef {object} Where
 * @property {Element | null} wanted  the place where a photo was chosen; null: the next one
 * @property {string | null} retaken  id of the photo that lay there and is replaced
 */

const UNDO_SECONDS = 10;
/** Where a photo lies whose owner may take another one in its stead. */
const REPLACEABLE = ["held", "kept", "announced", "arrived"];

/**
 * @param {HTMLElement} page
 * @param {(page: HTMLElement, message: Message | null, sentence?: string, values?: Record<string, number>) => void} say
 * @returns {Promise<(name: string, target: Element, detail: any) => Promise<void>>}  takes the elements' events
 */
export async function openMaterial(page, say) {
  const { material = "", photosUrl = "", maxBytes = "204800" } = page.dataset;
  const slots = new MaterialSlots(page);
  const view = new MaterialView(page, slots);
  /** @type {Map<string, string>} */
  const previews = new Map();
  /** @type {Map<string, () => Promise<void>>} */
  const undoing = new Map();
  const originals = new Originals();
  const same = new SamePhotos(page);
  const openedAt = askedFor();
  /** What was chosen together is looked at one after the other: of two equal ones the second is asked about. */
  let choosing = Promise.resolve();

  if (wasInterrupted()) say(page, "interrupted");
  noteCamera(false);
  const outbox = await openPhotoWay(page.dataset);
  watchAnnounced(outbox);
  // Somebody is at work here: the page is made anew only where nothing of theirs is under way.
  const mayReload = async () => (await outbox.pending()).length === 0 && !page.querySelector("undo-bar");
  const deadline = new Deadline(page, mayReload);
  const notDurable = page.dataset.keeps === "no" ? "shared" : "not-durable";
  if (!outbox.isDurable()) say(page, notDurable);

  /**
   * Every request names whose photo it is: meanwhile somebody else may have signed in in this browser.
   * @param {string} path
   * @param {Record<string, string>} [more]
   */
  const addressed = (path, more = {}) =>
    `${photosUrl}${path}?${new URLSearchParams({ person: page.dataset.person ?? "", ...more })}`;

  /** @param {OutboxRecord} record */
  const isHere = (record) => record.material === material;

  const saySignedOut = () => say(page, outbox.isDurable() ? "signed-out" : "signed-out-held");

  /** @param {unknown} error */
  function explain(error) {
    if (error instanceof Refused) say(page, "refused", error.sentence);
    else if (error instanceof SignedOut) saySignedOut();
    else say(page, "unreachable");
  }

  /** @param {string} id */
  function forgetPreview(id) {
    const url = previews.get(id);
    if (url) URL.revokeObjectURL(url);
    previews.delete(id);
  }

  /**
   * @param {OutboxRecord} record
   * @param {Element} place
   */
  async function showPreview({ id, type, shrunk }, place) {
    forgetPreview(id);
    const bytes = shrunk ? await outbox.shrunkBytes(id) : null;
    if (!bytes || place.getAttribute("photo") !== id) return;
    previews.set(id, URL.createObjectURL(new Blob([bytes], { type })));
    place.setAttribute("thumbnail", previews.get(id) ?? "");
  }

  /**
   * @param {Receipt} receipt
   * @param {Element} place
   */
  function showArrived({ photo, counts }, place) {
    setAll(place, {
      // Announced, and come after the bell: it can no more be changed than the others.
      state: isOpen(place) ? "arrived" : "locked",
      photo: photo.id,
      thumbnail: photo.thumbnail,
      href: photo.page,
      words: photo.received_words,
      progress: null,
    });
    view.showCounts(counts);
  }

  /** @param {OutboxRecord} record */
  async function show(record) {
    const { id, state } = record;
    if (state === "discarded") {
      slots.release(id);
      forgetPreview(id);
      view.pointAtNext();
      return;
    }
    const place = state === "arrived" ? slots.holding(id) : slots.claim(record);
    // Shown already; or its reply was lost and the page, which came later, knows more.
    if (!place || stateOf(place) === "arrived") return;
    if (state === "arrived" && record.receipt) {
      showArrived(record.receipt, place);
      setAll(place, { advice: record.advice?.join(" ") || null });
      slots.settle(id);
      forgetPreview(id);
    } else {
      setAll(place, {
        state: shownState(record),
        words: record.error ? view.sentenceOf(record.error) : (record.announced?.words ?? null),
        progress: state === "sending" ? "0" : null,
        sent: "0",
        total: kilobytes(record.size),
        advice: record.advice?.join(" ") || null,
      });
      if (state !== "sending") await showPreview(record, place);
    }
    if (state !== "sending") view.announce(place);
    view.pointAtNext();
  }

  /** @param {Element} place  holds an original that another page, or a form, has sent */
  function watch(place) {
    const id = place.getAttribute("photo") ?? "";
    watchProcessing({
      url: photosUrl + id,
      isWanted: () => view.shows(place, id, "processing"),
      onReceipt: (receipt) => {
        showArrived(receipt, place);
        view.announce(place);
        view.pointAtNext();
      },
      onRefused: (refused) => {
        setAll(place, { state: "unusable", words: view.sentenceOf(refused) });
        view.announce(place);
        view.pointAtNext();
      },
    });
  }

  /**
   * "Kept" only where the disk has said so, and "refused" only where trying again can help.
   * @param {OutboxRecord} record
   */
  function shownState(record) {
    const { state, error, announced } = record;
    if (isStale(record, Date.now()) && state !== "refused") return "stale";
    if (state === "refused" && error && !canPass(error)) return "unusable";
    if (state !== "chosen" && state !== "kept") return state;
    if (!outbox.isDurable()) return "held";
    return announced ? "announced" : "kept";
  }

  /**
   * @param {Element} place
   * @param {string} photo
   * @param {number} seconds
   * @param {() => Promise<void>} undo
   */
  async function offerUndo(place, photo, seconds, undo) {
    await import("./elements/undo-bar.js");
    undoing.set(photo, undo);
    const bar = document.createElement("undo-bar");
    setAll(bar, { label: place.getAttribute("label"), seconds: String(seconds), photo });
    bar.dataset.slot = slotOf(place);
    page.querySelector("#undo-place")?.replaceChildren(bar);
    bar.querySelector("button")?.focus();
  }

  /** What was deleted cannot come back once other photos have taken its place. */
  function withdrawUndo() {
    const bar = page.querySelector("undo-bar");
    if (bar instanceof HTMLElement && slots.isFull(bar.dataset.slot ?? "")) bar.remove();
  }

  /**
   * @param {Element} place
   * @param {ArrayBuffer} bytes
   * @param {string | null} replaces
   * @param {object} [more]
   * @param {import("./elements/mend-screen.js").Mending} [more.mending]
   * @param {import("./outbox/record.js").Print | null} [more.print]
   * @param {string | null} [more.after]
   */
  async function keep(place, bytes, replaces, { mending, print, after } = {}) {
    const id = newId();
    const label = `${page.dataset.name ?? ""} ${place.getAttribute("label") ?? ""}`.trim();
    slots.take(place, id);
    withdrawUndo();
    view.pointAtNext();
    originals.keep(id, bytes, mending);
    const slot = slotOf(place);
    const limit = Number(maxBytes);
    await outbox.keep({
      id,
      material,
      slot,
      replaces,
      after,
      maxBytes: limit,
      bytes,
      print,
      label,
      ...mending,
    });
  }

  /**
   * @param {Where} where
   * @param {ArrayBuffer} bytes
   */
  async function choose(where, bytes) {
    const { print, twin } = await outbox.look(bytes);
    if (twin && same.ask({ twin, send: () => send(where, bytes, print).catch(explain) })) return;
    await send(where, bytes, print);
  }

  /**
   * @param {Where} where
   * @param {ArrayBuffer} bytes
   * @param {import("./outbox/record.js").Print | null} print
   */
  async function send({ wanted, retaken }, bytes, print) {
    // Whatever else lies there by now is not what was to be replaced.
    const isRetaken = retaken !== null && wanted?.getAttribute("photo") === retaken;
    let place = isRetaken ? wanted : slots.targetFor(wanted);
    const before = place?.getAttribute("photo") ?? "";
    let after = null;
    if (place && (hasFailed(place) || (isRetaken && stateOf(place) !== "arrived"))) {
      // That one can still come in, and no other.
      if (await outbox.isBound(before)) {
        say(page, "bound");
        return;
      }
      // Known here, or only there; where it cannot be taken out now it stays until somebody presses its minus.
      if (await outbox.discard(before, 0)) after = before;
      else deletePhoto({ url: addressed(before) }).catch(() => undefined);
      slots.release(before);
      place = REPLACEABLE.includes(stateOf(place)) ? place : slots.targetFor(place);
    }
    if (!place) {
      say(page, "full");
      return;
    }
    // Asked of the place as it is now: where a new photo failed, the returned one lies there again.
    const replaces = ["returned", "arrived"].includes(stateOf(place)) ? place.getAttribute("photo") : null;
    await keep(place, bytes, replaces, { print, after });
  }

  /**
   * @param {Element} place
   * @param {string} photo  that the server has
   * @param {number} quarters
   */
  async function turnStored(place, photo, quarters) {
    const url = addressed(`${photo}/turn`, { quarters: String(quarters) });
    showArrived(await whileBusy(place, turnStoredPhoto({ url })), place);
    originals.note(photo, ({ quarterTurns, corners }) => ({
      quarterTurns: (quarterTurns + quarters) % 4,
      corners,
    }));
  }

  /** @param {string} photo */
  async function useDespiteAdvice(photo) {
    slots.holding(photo)?.removeAttribute("advice");
    await outbox.dismissAdvice(photo);
  }

  /**
   * What was decided on the screen becomes true: here, or on the server, or by a new photo in the old one's place.
   * @param {string} photo
   * @param {import("./mending.js").Outcome} outcome
   */
  async function useMended(photo, { mending, before, original }) {
    if (await outbox.mend(photo, mending)) {
      originals.note(photo, () => mending);
      return;
    }
    const anew = await outbox.mendAnew(photo, mending);
    if (anew) {
      if (original) originals.keep(anew.id, original, mending);
      return;
    }
    const place = slots.holding(photo);
    if (!place || stateOf(place) !== "arrived") {
      say(page, (await outbox.isBound(photo)) ? "bound" : "left");
      return;
    }
    const quarters = (mending.quarterTurns - before.quarterTurns + 4) % 4;
    if (JSON.stringify(mending.corners) === JSON.stringify(before.corners)) {
      if (quarters > 0) await turnStored(place, photo, quarters);
    } else if (original) {
      await keep(place, original, photo, { mending });
    }
  }

  /** @type {Record<string, (target: Element, detail: any) => Promise<void>>} */
  const handlers = {
    async "photo-chosen"(target, { bytes }) {
      // Asked now: of several chosen for a free place, the second is not to replace the first.
      const wanted = target.closest("photo-slot");
      const isRetaken = wanted !== null && REPLACEABLE.includes(stateOf(wanted));
      const retaken = isRetaken ? wanted.getAttribute("photo") : null;
      const turn = choosing.then(() => choose({ wanted, retaken }, bytes));
      choosing = turn.catch(() => undefined);
      await turn;
    },

    "photo-unreadable": (_target, { code }) => Promise.resolve(say(page, code)),
    "photo-left-over": (_target, counts) => Promise.resolve(say(page, "left-over", "", counts)),
    "photo-picking": () => Promise.resolve(noteCamera(true)),
    "photo-picked": () => Promise.resolve(noteCamera(false)),

    async "photo-minus"(place, { photo }) {
      const isStored = ["arrived", "returned"].includes(stateOf(place));
      if (!isStored && (await outbox.discard(photo))) {
        await offerUndo(place, photo, UNDO_SECONDS, async () => {
          await outbox.undiscard(photo);
        });
        return;
      }
      const { undoSeconds, counts } = await whileBusy(place, deletePhoto({ url: addressed(photo) }));
      await outbox.forgetArrived(photo);
      const before = snapshot(place);
      slots.release(photo);
      view.showCounts(counts);
      view.pointAtNext();
      if (undoSeconds === 0 || !isStored) return;
      await offerUndo(place, photo, undoSeconds, async () => {
        const receipt = await undeletePhoto({ url: addressed(`${photo}/undelete`) });
        const back = slots.claim({ id: photo, slot: slotOf(place), replaces: null });
        if (!back) return;
        restore(back, before);
        showArrived(receipt, back);
        slots.settle(photo);
        view.pointAtNext();
      });
    },

    async "photo-turn"(place, { photo }) {
      if (stateOf(place) === "arrived") {
        await turnStored(place, photo, 1);
        return;
      }
      if (!(await outbox.turn(photo, 1))) {
        say(page, (await outbox.isBound(photo)) ? "bound" : "left");
        return;
      }
      originals.note(photo, ({ quarterTurns, corners }) => ({
        quarterTurns: (quarterTurns + 1) % 4,
        corners,
      }));
    },

    async "photo-look"(place, { photo }) {
      const { areSame, lookAt } = await import("./mending.js");
      const outcome = await lookAt(outbox, {
        photo,
        label: place.getAttribute("label") ?? "",
        advice: (place.getAttribute("advice") ?? "").split(" ").filter(Boolean),
        stored: stateOf(place) === "arrived" ? addressed(photo) : null,
        maxBytes: Number(maxBytes),
        original: originals.of(photo),
      });
      try {
        if (outcome.what === "again") await handlers["photo-chosen"](place, { bytes: outcome.bytes });
        else if (outcome.code) say(page, outcome.code);
        else if (outcome.what === "used") await useDespiteAdvice(photo);
        if (outcome.what === "used" && !areSame(outcome.mending, outcome.before))
          await useMended(photo, outcome);
      } finally {
        await outbox.release(photo);
      }
    },

    "photo-use": (_place, { photo }) => useDespiteAdvice(photo),

    async "photo-retry"(_place, { photo }) {
      await outbox.retry(photo);
    },

    async "photo-undo"(_bar, { photo }) {
      const undo = undoing.get(photo);
      undoing.delete(photo);
      await undo?.();
    },
  };

  outbox.addEventListener("change", (event) => {
    const { record } = /** @type {CustomEvent<{ record: OutboxRecord }>} */ (event).detail;
    // A receipt that has just come; one that has lain in the outbox would tell an old time.
    if (record.state === "arrived") {
      // Its owner has signed in again, on another page.
      if (view.saysSignedOut()) say(page, outbox.isDurable() ? "signed-in" : notDurable);
      deadline.hear(record.receipt?.stands);
    }
    if (isHere(record)) show(record);
    else if (record.receipt) view.showCounts(record.receipt.counts);
  });
  outbox.addEventListener("progress", (event) => {
    const { id, sent, total } = /** @type {CustomEvent} */ (event).detail;
    const place = slots.holding(id);
    if (place) {
      setAll(place, {
        progress: String(Math.floor((100 * sent) / total)),
        sent: kilobytes(sent),
        total: kilobytes(total),
      });
    }
  });
  outbox.addEventListener("gone", (event) => {
    const { id } = /** @type {CustomEvent} */ (event).detail;
    const place = slots.holding(id);
    if (!place || stateOf(place) === "arrived") return;
    slots.release(id);
    forgetPreview(id);
    view.pointAtNext();
  });
  outbox.addEventListener("not-removed", (event) => {
    const { record, sentence } = /** @type {CustomEvent} */ (event).detail;
    if (!isHere(record)) return;
    say(page, "refused", sentence);
    const place = slots.holding(record.id) ?? slots.claim(record);
    if (place) showArrived(record.receipt, place);
    slots.settle(record.id);
    view.pointAtNext();
  });
  outbox.addEventListener("signed-out", saySignedOut);
  outbox.addEventListener("not-durable", () => say(page, notDurable));
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible") return;
    noteCamera(false);
    // What had arrived before this page was asked for stands in it, perhaps returned or locked since.
    const isNews = (/** @type {OutboxRecord} */ { state, nextTry }) =>
      state !== "arrived" || nextTry >= openedAt;
    for (const record of (await outbox.records()).filter(isHere).filter(isNews)) await show(record);
  });
  for (const record of (await outbox.arrived(openedAt)).filter(isHere)) {
    // The page before this one has sent it, after this one was answered.
    if (record.receipt && !slots.holding(record.id)) slots.claim(record);
    await show(record);
  }
  for (const record of (await outbox.pending()).filter(isHere)) await show(record);
  for (const slot of new Set(slots.all().map(slotOf))) slots.tidy(slot);
  const ours = new Set((await outbox.pending()).map(({ id }) => id));
  for (const place of slots.all()) {
    if (stateOf(place) === "processing" && !ours.has(place.getAttribute("photo") ?? "")) watch(place);
  }
  view.pointAtNext();
  // Fetched while there is a network: a photo may be looked at where there is none.
  import("./mending.js").catch(() => undefined);
  import("./under-way.js")
    .then(({ watchUnderWay }) => watchUnderWay(outbox, page.dataset))
    .catch(() => undefined);
  if (page.querySelector("countdown-clock")) import("./elements/countdown-clock.js").catch(() => undefined);

  return async (name, target, detail) => {
    if (!name.startsWith("photo-pick")) say(page, null);
    try {
      await handlers[name]?.(target, detail);
    } catch (error) {
      explain(error);
    }
  };
}
