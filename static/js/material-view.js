/** What a material's page says around its places: counts, the next step, and what a screen reader hears. */

import { stateOf } from "./material-slots.js";

/**
 * @typedef {import("./server/answers.js").Counts} Counts
 * @typedef {import("./elements/photo-slot.js").PhotoSlot} PhotoSlot
 */

/** @param {number} bytes */
export const kilobytes = (bytes) => String(Math.round(bytes / 1024));

/**
 * Dims a place while the server is asked about its photo.
 * @template T
 * @param {Element} place
 * @param {Promise<T>} answer
 * @returns {Promise<T>}
 */
export async function whileBusy(place, answer) {
  place.setAttribute("busy", "");
  try {
    return await answer;
  } finally {
    place.removeAttribute("busy");
  }
}

export class MaterialView {
  /**
   * @param {HTMLElement} page
   * @param {import("./material-slots.js").MaterialSlots} slots
   */
  constructor(page, slots) {
    /** @private */ this._page = page;
    /** @private */ this._slots = slots;
  }

  /**
   * @private
   * @param {string} selector
   * @param {boolean} shown
   */
  _show(selector, shown) {
    for (const node of this._page.querySelectorAll(selector)) node.toggleAttribute("hidden", !shown);
  }

  /** @param {Element} place */
  announce(place) {
    const line = this._page.querySelector("#material-announcement");
    const { stateWords, adviceWords } = /** @type {PhotoSlot} */ (place);
    const words = adviceWords ? `${stateWords}。${adviceWords}` : stateWords;
    const pattern = line?.getAttribute("data-pattern");
    if (!line || !pattern) return;
    line.textContent = pattern
      .replace("{label}", place.getAttribute("label") ?? "")
      .replace("{words}", words);
  }

  /** The bottom bar names the next step: the next photo, or where to go on. */
  pointAtNext() {
    const next = this._slots.next();
    for (const node of this._page.querySelectorAll("[data-next]")) {
      node.textContent = next?.getAttribute("label") ?? "";
    }
    for (const node of this._page.querySelectorAll("[data-adding]")) {
      node.textContent = node.getAttribute(next && this._slots.hasAny(next) ? "data-more" : "data-first");
    }
    this._show("[data-when-next]", next !== null);
    this._show("[data-when-full]", next === null);
    this._show("[data-when-complete]", next !== null && this._slots.isComplete());
    const picker = this._page.querySelector(".actions photo-picker");
    picker?.toggleAttribute("disabled", !next);
    if (next) picker?.setAttribute("places", String(this._slots.roomAt(next)));
  }

  /** Whether the page says that the session has ended. */
  saysSignedOut() {
    return this._page.querySelector("#material-say[data-said^=signed-out] > *") !== null;
  }

  /** @param {Counts} counts */
  showCounts({ required, done, material }) {
    const { have, min, max } = material.code === this._page.dataset.material ? material : EMPTY;
    for (const [name, value] of Object.entries({ required, done, have, min, max })) {
      if (value === undefined) continue;
      for (const node of this._page.querySelectorAll(`[data-count=${name}]`))
        node.textContent = String(value);
    }
    this._page.dispatchEvent(
      new CustomEvent("counts", { bubbles: true, detail: { counts: { required, done, material } } }),
    );
  }

  /**
   * What the page itself has to say where no sentence of the server came.
   * @param {{ code: string, sentence: string }} refusal
   */
  sentenceOf({ code, sentence }) {
    if (sentence) return sentence;
    const words = this._page.querySelector(`template[data-refusal="${CSS.escape(code)}"]`);
    return words instanceof HTMLTemplateElement ? (words.content.textContent?.trim() ?? "") : "";
  }

  /**
   * Whether a place still shows this photo, in this state.
   * @param {Element} place
   * @param {string} photo
   * @param {string} state
   */
  shows(place, photo, state) {
    return place.isConnected && place.getAttribute("photo") === photo && stateOf(place) === state;
  }
}

/** @type {{ have?: number, min?: number, max?: number }} */
const EMPTY = {};
