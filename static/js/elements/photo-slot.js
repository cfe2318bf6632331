/**
 * One place for a photo and where that photo is.
 *
 *     <photo-slot class="slot" role="listitem" slot="portrait" label="人像面" state="arrived" photo="…" …> for a page
 *       without scripts </photo-slot>
 *
 * Attributes: `slot`, `label`, `hint`, `state` (a key of STATE_CLASSES), `photo` (id), `thumbnail` and `href`
 * (addresses), `words` (the line below), `progress` (per cent), `sent` and `total` (KB), `advice` (codes, shown in elements
 * with `data-advice`, together in one with `data-advised`). While `busy` it takes no presses.
 * Content comes from `<template id="photo-slot-template">`; parts: `data-part` picture (img), link (a), bar (progress);
 * a button with `data-act="minus"` (turn, look, retry, use, undo) gives the bubbling event `photo-minus` {photo, slot}, and so on.
 */

import { fillFrom } from "./filled-template.js";

/**
 * The look's class for each state. `empty` must be filled, `optional` may be; `preparing` is not yet safe on the phone;
 * `held` lies in this page only, because the browser refuses storage; `announced` lies on this phone and is taken for a
 * while after the bell; `processing` is an original that has arrived and
 * is being shrunk there; `refused` lies on this phone only; `unusable` is an original that arrived and could not be
 * shrunk; `returned` was found wanting by a reviewer; `stale` has lain here for days and goes when its owner says so;
 * `early` waits for the upload to begin.
 */
const STATE_CLASSES = new Map([
  ["empty", "is-needs-action"],
  ["optional", "is-optional"],
  ["preparing", "is-under-way"],
  ["held", "is-under-way"],
  ["kept", "is-kept"],
  ["announced", "is-kept"],
  ["sending", "is-under-way"],
  ["stale", "is-needs-action"],
  ["processing", "is-under-way"],
  ["arrived", "is-done"],
  ["refused", "is-problem"],
  ["unusable", "is-problem"],
  ["returned", "is-problem"],
  ["locked", "is-locked"],
  ["early", "is-optional"],
]);

export class PhotoSlot extends HTMLElement {
  static get observedAttributes() {
    return ["state", "label", "photo", "thumbnail", "href", "words", "progress", "sent", "total", "advice"];
  }

  connectedCallback() {
    if (!this._fill) {
      /**
       * @private
       * @type {(() => void) | undefined}
       */
      this._fill = fillFrom(this, "photo-slot-template");
    }
    this.addEventListener("click", this._onClick);
    this._show();
  }

  disconnectedCallback() {
    this.removeEventListener("click", this._onClick);
  }

  attributeChangedCallback() {
    if (this._fill) this._show();
  }

  /** The words that the template has for the state shown. */
  get stateWords() {
    return this.querySelector(".state:not([hidden])")?.textContent?.trim() ?? "";
  }

  /** What is advised, in the words shown. */
  get adviceWords() {
    const shown = [...this.querySelectorAll("[data-advice]:not([hidden])")];
    return shown.map((node) => node.textContent?.trim() ?? "").join("");
  }

  /** @private */
  _show() {
    this._fill?.();
    const advice = (this.getAttribute("advice") ?? "").split(" ").filter(Boolean);
    for (const node of this.querySelectorAll("[data-advice]"))
      node.toggleAttribute("hidden", !advice.includes(node.getAttribute("data-advice") ?? ""));
    this.querySelector("[data-advised]")?.toggleAttribute("hidden", advice.length === 0);
    const now = STATE_CLASSES.get(this.getAttribute("state") ?? "");
    for (const name of new Set(STATE_CLASSES.values())) this.classList.toggle(name, name === now);
    this._setPart("picture", "src", this.getAttribute("thumbnail"));
    this._setPart("link", "href", this.getAttribute("href"));
    const bar = this.querySelector("[data-part=bar]");
    if (bar instanceof HTMLProgressElement) bar.value = Number(this.getAttribute("progress") ?? 0);
  }

  /**
   * @private
   * @param {string} part
   * @param {"src" | "href"} attribute
   * @param {string | null} value
   */
  _setPart(part, attribute, value) {
    const node = this.querySelector(`[data-part=${part}]`);
    if (!node || node.getAttribute(attribute) === value) return;
    if (value) node.setAttribute(attribute, value);
    else node.removeAttribute(attribute);
    if (attribute === "src") node.toggleAttribute("hidden", !value);
  }

  /**
   * @private
   * @param {Event} event
   */
  _onClick(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-act]") : null;
    if (!button || !this.contains(button) || this.hasAttribute("busy")) return;
    this.dispatchEvent(
      new CustomEvent(`photo-${button.getAttribute("data-act")}`, {
        bubbles: true,
        detail: { photo: this.getAttribute("photo"), slot: this.getAttribute("slot") },
      }),
    );
  }
}

customElements.define("photo-slot", PhotoSlot);
