/**
 * Ten seconds to take something back.
 *
 *     <undo-bar label="人像面" seconds="10" photo="…"></undo-bar>
 *
 * Content comes from `<template id="undo-bar-template">`, where `{label}` and `{seconds}` are filled in. Its button with
 * `data-act="undo"` gives the bubbling event `photo-undo` {photo}; `undo-over` {photo} comes when the time is up. After
 * either the bar removes itself.
 */

import { fillFrom } from "./filled-template.js";

export class UndoBar extends HTMLElement {
  connectedCallback() {
    const fill = fillFrom(this, "undo-bar-template");
    const end = Date.now() + 1000 * Number(this.getAttribute("seconds") ?? 10);
    const tick = () => {
      // By the clock, not by counting: a phone that slept has used up the time.
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left <= 0) this._end("undo-over");
      else this.setAttribute("seconds", String(left));
      fill();
    };
    /**
     * @private
     * @type {ReturnType<typeof setInterval> | undefined}
     */
    this._timer = setInterval(tick, 250);
    this.addEventListener("click", this._onClick);
    fill();
  }

  disconnectedCallback() {
    clearInterval(this._timer);
    this.removeEventListener("click", this._onClick);
  }

  /**
   * @private
   * @param {Event} event
   */
  _onClick(event) {
    if (event.target instanceof Element && event.target.closest("[data-act=undo]")) this._end("photo-undo");
  }

  /**
   * @private
   * @param {string} name
   */
  _end(name) {
    this.dispatchEvent(
      new CustomEvent(name, { bubbles: true, detail: { photo: this.getAttribute("photo") } }),
    );
    this.remove();
  }
}

customElements.define("undo-bar", UndoBar);
