/**
 * A whole screen for one photo: looked at as it will be sent, turned, cropped by four corners, and used.
 *
 * Content comes from `<template id="mend-screen-template">`, see templates/pieces/mend_screen.html. `{label}` is filled in.
 * It shows what `render` makes of its steps; who opened it knows where the photo comes from and where it goes.
 * Events: `mend-use` {quarterTurns, corners}, `mend-close`. A photo-picker in it sends its own.
 */

import "./corner-frame.js";
import "./light-table.js";
import "./photo-picker.js";
import { turnedCorners } from "../imaging/homography.js";
import { fillFrom } from "./filled-template.js";

/**
 * @typedef {import("../imaging/homography.js").Corners} Corners
 * @typedef {import("./corner-frame.js").CornerFrame} CornerFrame
 * @typedef {import("./light-table.js").LightTable} LightTable
 *
 * @typedef {object} Mending
 * @property {number} quarterTurns  clockwise
 * @property {Corners | null} corners  of the upright picture, before the turns
 *
 * @typedef {object} Rendered
 * @property {string} address  of the picture, for an `<img>`
 * @property {number} bytes
 * @property {string[]} advice  codes
 *
 * @typedef {Mending & { draft: Corners | null }} Step  `draft`: corners that are being chosen
 */

/** What is offered first: near enough to the edges to be taken for the paper's, far enough to be seen. */
/** @type {Corners} */
const OFFERED = [
  [0.06, 0.06],
  [0.94, 0.06],
  [0.94, 0.94],
  [0.06, 0.94],
];
const PATIENCE_MS = 300;

export class MendScreen extends HTMLElement {
  constructor() {
    super();
    /** @type {(mending: Mending) => Promise<Rendered>} */
    this.render = () => Promise.reject(new Error("nothing to show"));
    /**
     * The first is how it was when the screen was opened.
     * @private
     * @type {Step[]}
     */
    this._steps = [{ quarterTurns: 0, corners: null, draft: null }];
    /** @private */
    this._drawing = 0;
    /** @private */
    this._may = { crops: false, turns: false };
  }

  connectedCallback() {
    fillFrom(this, "mend-screen-template")();
    /** @private */
    this._frame = /** @type {CornerFrame} */ (this.querySelector("corner-frame"));
    /** @private */
    this._table = /** @type {LightTable} */ (this.querySelector("light-table"));
    this.addEventListener("click", (event) => this._onClick(event));
    this.addEventListener("corners-moved", () => this._onCorners());
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this._tell("mend-close");
    });
  }

  /**
   * @param {Mending} mending  as it is now
   * @param {{ crops: boolean, turns: boolean }} may
   */
  start({ quarterTurns, corners }, may) {
    this._steps = [{ quarterTurns, corners, draft: null }];
    this._may = may;
    this.querySelector("[data-without-original]")?.toggleAttribute("hidden", may.crops || !may.turns);
    this.querySelector("[data-on-its-way]")?.toggleAttribute("hidden", may.turns);
    /** @type {HTMLElement | null} */ (this.querySelector("[data-act=close]"))?.focus();
    return this._show();
  }

  /** Nothing more can be changed: it is on its way, or somebody decided. */
  freeze() {
    this._may = { crops: false, turns: false };
    this.querySelector("[data-on-its-way]")?.toggleAttribute("hidden", false);
    return this._go({ draft: null });
  }

  /** @private */
  get _step() {
    return this._steps[this._steps.length - 1];
  }

  /**
   * @private
   * @param {string} name
   * @param {object} [detail]
   */
  _tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /**
   * @private
   * @param {Partial<Step>} change
   */
  _go(change) {
    this._steps.push({ ...this._step, ...change });
    return this._show();
  }

  /** @private */
  _onCorners() {
    const { quarterTurns } = this._step;
    const draft = turnedCorners(/** @type {CornerFrame} */ (this._frame).corners, -quarterTurns);
    this._steps.push({ ...this._step, draft });
    this._mark();
  }

  /**
   * @private
   * @param {Event} event
   */
  _onClick(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-act]") : null;
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const step = this._step;
    switch (button.getAttribute("data-act")) {
      case "turn-left":
        return this._go({ quarterTurns: (step.quarterTurns + 3) % 4 });
      case "turn-right":
        return this._go({ quarterTurns: (step.quarterTurns + 1) % 4 });
      case "crop":
        return this._go({ draft: step.draft ? null : (step.corners ?? OFFERED) });
      case "keep-whole":
        return this._go({ draft: null, corners: null });
      case "straighten":
        return this._go({ draft: null, corners: step.draft });
      case "undo":
        this._steps.pop();
        return this._show();
      case "restore":
        return this._go({ quarterTurns: 0, corners: null, draft: null });
      case "use":
        return this._tell("mend-use", {
          quarterTurns: step.quarterTurns,
          corners: step.draft ?? step.corners,
        });
      case "in":
      case "out":
        // Outside the table, so that nothing lies over the paper.
        return this._table?.contains(button) ? undefined : this._table?.act(button.getAttribute("data-act"));
      case "close":
        return this._tell("mend-close");
    }
  }

  /** @private  which buttons can be pressed and what is said */
  _mark() {
    const { quarterTurns, corners, draft } = this._step;
    const may = this._may;
    const enable = (/** @type {string} */ act, /** @type {boolean} */ on) => {
      for (const button of this.querySelectorAll(`[data-act=${act}]`))
        button.setAttribute("aria-disabled", String(!on));
    };
    enable("turn-left", may.turns);
    enable("turn-right", may.turns);
    enable("crop", may.crops);
    enable("undo", may.turns && this._steps.length > 1);
    enable("restore", may.turns && (quarterTurns !== 0 || corners !== null || draft !== null));
    this.querySelector("[data-act=crop]")?.setAttribute("aria-pressed", String(draft !== null));
    for (const node of this.querySelectorAll("[data-while]")) {
      node.toggleAttribute("hidden", node.getAttribute("data-while") !== (draft ? "cropping" : "looking"));
    }
  }

  /** @private  the photo as the last step leaves it */
  async _show() {
    this._mark();
    const { quarterTurns, corners, draft } = this._step;
    this._drawing += 1;
    const turn = this._drawing;
    const waiting = this.querySelector("[data-waiting]");
    const timer = setTimeout(() => waiting?.toggleAttribute("hidden", false), PATIENCE_MS);
    const failed = this.querySelector("[data-failed]");
    try {
      // Corners are chosen on the whole picture.
      const shown = await this.render({ quarterTurns, corners: draft ? null : corners });
      if (turn !== this._drawing || !this.isConnected) return;
      failed?.toggleAttribute("hidden", true);
      if (draft) await this._showCorners(shown.address, turnedCorners(draft, quarterTurns));
      else this._showResult(shown);
    } catch {
      if (turn === this._drawing) failed?.toggleAttribute("hidden", false);
    } finally {
      clearTimeout(timer);
      if (turn === this._drawing) waiting?.toggleAttribute("hidden", true);
    }
  }

  /**
   * @private
   * @param {string} address
   * @param {Corners} corners
   */
  async _showCorners(address, corners) {
    const frame = /** @type {CornerFrame} */ (this._frame);
    if (frame.photo.src !== address) {
      frame.photo.src = address;
      await frame.photo.decode();
    }
    frame.corners = corners;
    frame.fit();
  }

  /**
   * @private
   * @param {Rendered} shown
   */
  _showResult({ address, bytes, advice }) {
    const picture = new Image();
    picture.alt = this.getAttribute("label") ?? "";
    picture.src = address;
    this._table?.put("", picture);
    for (const node of this.querySelectorAll("[data-advice]"))
      node.toggleAttribute("hidden", !advice.includes(node.getAttribute("data-advice") ?? ""));
    this.querySelector("[data-advised]")?.toggleAttribute("hidden", advice.length === 0);
    const size = this.querySelector("[data-size]");
    const pattern = size?.getAttribute("data-size") ?? "";
    if (size) size.textContent = pattern.replace("{size}", String(Math.max(1, Math.round(bytes / 1024))));
  }
}

customElements.define("mend-screen", MendScreen);
