/** What happens on a material's page: from the picker through the outbox to the places, and back by minus and undo. */

import { noteCamera, wasInterrupted } from "./camera-note.js";
import { MaterialSlots, restore, setAll, slotOf, snapshot, stateOf } from "./material-slots.js";
import { newId } from "./outbox/record.js";
import { openPhotoWay } from "./photo-way.js";
import { Refused, SignedOut } from "./server/answers.js";
import { deletePhoto, turnStoredPhoto, undeletePhoto } from "./server/photos.js";

/**
 * @typedef {import("./outbox/record.js").OutboxRecord} OutboxRecord
 * @typedef {import("./server/answers.js").Receipt} Receipt
 * @typedef {import("./server/answers.js").Counts} Counts
 */

/**
 * @typedef {"not-durable" | "signed-out" | "unreachable" | "unreadable" | "empty" | "too_large" | "full" |
 *   "interrupted" | "not-loaded" | "refused"} Message
 *   not-durable: the browser keeps nothing, so the page must stay open; unreadable, empty, too_large: of a chosen file;
 *   full: no place is left; interrupted: the camera was open when the page ended; refused: followed by the server's
 *   sentence in an element with `data-sentence`
 */

const UNDO_SECONDS = 10;

/** @param {number} bytes */
const kilobytes = (bytes) => String(Math.round(bytes / 1024));

/**
 * @param {HTMLElement} page
 * @param {(page: HTMLElement, message: Message, sentence?: string) => void} say
 * @returns {Promise<(name: string, target: Element, detail: any) => Promise<void>>}  takes the elements' events
 */
export async function openMaterial(page, say) {
  const { person = "", material = "", photosUrl = "", maxBytes = "204800" } = page.dataset;
  const slots = new MaterialSlots(page);
  /** @type {Map<string, string>} */
  const previews = new Map();
  /** @type {Map<string, () => Promise<void>>} */
  const undoing = new Map();

  if (wasInterrupted()) say(page, "interrupted");
  noteCamera(false);
  const outbox = await openPhotoWay({ person, photosUrl });
  if (!outbox.isDurable()) say(page, "not-durable");

  /** @param {OutboxRecord} record */
  const isHere = (record) => record.material === material;

  /** @param {unknown} error */
  function explain(error) {
    if (error instanceof Refused) say(page, "refused", error.sentence);
    else say(page, error instanceof SignedOut ? "signed-out" : "unreachable");
  }

  /** @param {Element} place */
  function announce(place) {
    const line = page.querySelector("#material-announcement");
    const words = /** @type {import("./elements/photo-slot.js").PhotoSlot} */ (place).stateWords;
    const pattern = line?.getAttribute("data-pattern");
    if (!line || !pattern) return;
    line.textContent = pattern
      .replace("{label}", place.getAttribute("label") ?? "")
      .replace("{words}", words);
  }

  function pointAtNext() {
    const next = slots.next();
    for (const node of page.querySelectorAll("[data-next]"))
      node.textContent = next?.getAttribute("label") ?? "";
    for (const node of page.querySelectorAll("[data-when-next]")) node.toggleAttribute("hidden", !next);
    const picker = page.querySelector(".actions photo-picker");
    picker?.toggleAttribute("disabled", !next);
    if (next) picker?.setAttribute("places", String(slots.roomAt(next)));
  }

  /** @param {Counts} counts */
  function showCounts({ required, done, material: one }) {
    const { have, min, max } =
      one.code === material ? one : { have: undefined, min: undefined, max: undefined };
    for (const [name, value] of Object.entries({ required, done, have, min, max })) {
      if (value === undefined) continue;
      for (const node of page.querySelectorAll(`[data-count=${name}]`)) node.textContent = String(value);
    }
    page.dispatchEvent(
      new CustomEvent("counts", { bubbles: true, detail: { counts: { required, done, material: one } } }),
    );
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
      state: "arrived",
      photo: photo.id,
      thumbnail: photo.thumbnail,
      href: photo.url,
      words: photo.received_words,
      progress: null,
    });
    showCounts(counts);
  }

  /** @param {OutboxRecord} record */
  async function show(record) {
    const { id, state } = record;
    if (state === "discarded") {
      slots.release(id);
      forgetPreview(id);
      pointAtNext();
      return;
    }
    const place = state === "arrived" ? slots.holding(id) : slots.claim(record);
    // Shown already; or its reply was lost and the page, which came later, knows more.
    if (!place || stateOf(place) === "arrived") return;
    if (state === "arrived" && record.receipt) {
      showArrived(record.receipt, place);
      slots.settle(id);
      forgetPreview(id);
    } else {
      setAll(place, {
        state: shownState(state),
        words: record.error?.sentence ?? null,
        progress: state === "sending" ? "0" : null,
        sent: "0",
        total: kilobytes(record.size),
      });
      if (state !== "sending") await showPreview(record, place);
    }
    if (state !== "sending") announce(place);
    pointAtNext();
  }

  /**
   * "Kept" only where the disk has said so.
   * @param {import("./outbox/record.js").State} state
   */
  function shownState(state) {
    if (state !== "chosen" && state !== "kept") return state;
    return outbox.isDurable() ? "kept" : "held";
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
    page.querySelector("#undo-place")?.replaceChildren(bar);
    bar.querySelector("button")?.focus();
  }

  /** @type {Record<string, (target: Element, detail: any) => Promise<void>>} */
  const handlers = {
    async "photo-chosen"(target, { bytes }) {
      const place = slots.targetFor(target.closest("photo-slot"));
      if (!place) {
        say(page, "full");
        return;
      }
      const id = newId();
      const replaces = stateOf(place) === "returned" ? place.getAttribute("photo") : null;
      slots.take(place, id);
      pointAtNext();
      await outbox.keep({ id, material, slot: slotOf(place), replaces, maxBytes: Number(maxBytes), bytes });
    },

    "photo-unreadable": (_target, { code }) => Promise.resolve(say(page, code)),
    "photo-picking": () => Promise.resolve(noteCamera(true)),
    "photo-picked": () => Promise.resolve(noteCamera(false)),

    async "photo-minus"(place, { photo }) {
      if (!["arrived", "returned"].includes(stateOf(place))) {
        if (!(await outbox.discard(photo))) return;
        await offerUndo(place, photo, UNDO_SECONDS, async () => {
          await outbox.undiscard(photo);
        });
        return;
      }
      const { undoSeconds, counts } = await deletePhoto({ url: photosUrl + photo });
      const before = snapshot(place);
      slots.release(photo);
      showCounts(counts);
      pointAtNext();
      await offerUndo(place, photo, undoSeconds, async () => {
        const receipt = await undeletePhoto({ url: `${photosUrl}${photo}/undelete` });
        const back = slots.claim({ id: photo, slot: slotOf(place), replaces: null });
        if (!back) return;
        restore(back, before);
        showCounts(receipt.counts);
        slots.settle(photo);
        pointAtNext();
      });
    },

    async "photo-turn"(place, { photo }) {
      if (stateOf(place) !== "arrived") await outbox.turn(photo, 1);
      else showArrived(await turnStoredPhoto({ url: `${photosUrl}${photo}/turn?quarters=1` }), place);
    },

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
    if (isHere(record)) show(record);
    else if (record.receipt) showCounts(record.receipt.counts);
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
  outbox.addEventListener("signed-out", () => say(page, "signed-out"));
  outbox.addEventListener("not-durable", () => say(page, "not-durable"));
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible") return;
    noteCamera(false);
    for (const record of (await outbox.records()).filter(isHere)) await show(record);
  });
  for (const record of (await outbox.pending()).filter(isHere)) await show(record);
  for (const slot of new Set(slots.all().map(slotOf))) slots.tidy(slot);
  pointAtNext();

  return async (name, target, detail) => {
    try {
      await handlers[name]?.(target, detail);
    } catch (error) {
      explain(error);
    }
  };
}
