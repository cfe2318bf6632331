/**
 * A photo with four corners to be dragged to those of the paper in it, by finger, mouse or arrow keys.
 *
 *     <corner-frame><img data-photo alt="…"> <svg viewBox="0 0 1 1" preserveAspectRatio="none"><path data-shade>
 *     <path data-edge></svg> <button data-corner="0" aria-label="左上角"> … 3 <canvas data-loupe hidden></corner-frame>
 *
 * The photo fills the element, which is made as large as fits its parent. Bubbling events: `corners-moved` after each
 * move that is over. `corners` are unit coordinates of the photo as it is shown, clockwise from the top left.
 */

import { areUsable, WHOLE } from "../imaging/homography.js";

/** @typedef {import("../imaging/homography.js").Corners} Corners */

const STEP = 0.005;
const LARGE_STEP = 0.03;
const ENLARGED = 2.5;
/** How far above the finger the middle of the loupe is, in pixels. */
const ABOVE = 96;

export class CornerFrame extends HTMLElement {
  constructor() {
    super();
    /**
     * @private
     * @type {Corners}
     */
    this._corners = WHOLE;
  }

  connectedCallback() {
    if (this._watching) return;
    /**
     * @private
     * @type {{ id: number, index: number, dx: number, dy: number } | null}
     */
    this._finger = null;
    for (const button of this._buttons()) {
      button.addEventListener("pointerdown", (event) => this._onDown(event, button));
      button.addEventListener("pointermove", (event) => this._onMove(event));
      for (const end of ["pointerup", "pointercancel"]) button.addEventListener(end, () => this._onUp());
      button.addEventListener("keydown", (event) => this._onKey(event, button));
    }
    this.photo.addEventListener("load", () => this.fit());
    /** @private */
    this._watching = new ResizeObserver(() => this.fit());
    if (this.parentElement) this._watching.observe(this.parentElement);
  }

  disconnectedCallback() {
    this._watching?.disconnect();
  }

  get photo() {
    return /** @type {HTMLImageElement} */ (this.querySelector("[data-photo]"));
  }

  get corners() {
    return this._corners;
  }

  /** @param {Corners} corners */
  set corners(corners) {
    this._corners = corners;
    this._draw();
  }

  /** As large as its parent has room for, and never larger than the photo's pixels on the screen. */
  fit() {
    const parent = this.parentElement;
    const { naturalWidth: width, naturalHeight: height } = this.photo;
    if (!parent || !width || !height) return;
    const style = getComputedStyle(parent);
    const room = {
      width: parent.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight),
      height: parent.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom),
    };
    const scale = Math.min(room.width / width, room.height / height);
    if (!(scale > 0)) return;
    this.style.width = `${Math.floor(width * scale)}px`;
    this.style.height = `${Math.floor(height * scale)}px`;
  }

  /** @private */
  _buttons() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll("[data-corner]")]);
  }

  /** @private */
  _draw() {
    const path = `M${this.corners.map((point) => point.join(" ")).join("L")}Z`;
    this.querySelector("[data-edge]")?.setAttribute("d", path);
    this.querySelector("[data-shade]")?.setAttribute("d", `M0 0H1V1H0Z${path}`);
    this._buttons().forEach((button, index) => {
      const [x, y] = this.corners[index];
      button.style.left = `${100 * x}%`;
      button.style.top = `${100 * y}%`;
    });
  }

  /**
   * Where nothing could be made of it, the corner stays where it was.
   * @private
   * @param {number} index
   * @param {number} x
   * @param {number} y
   */
  _move(index, x, y) {
    const inside = (/** @type {number} */ value) => Math.min(1, Math.max(0, value));
    const moved = /** @type {Corners} */ (
      this.corners.map((point, at) => (at === index ? [inside(x), inside(y)] : point))
    );
    if (areUsable(moved)) this.corners = moved;
  }

  /**
   * @private
   * @param {PointerEvent} event
   * @param {HTMLElement} button
   */
  _onDown(event, button) {
    if (this._finger || event.button !== 0) return;
    const index = Number(button.dataset.corner);
    const box = this.getBoundingClientRect();
    const [x, y] = this.corners[index];
    // The corner keeps its distance to the finger, so that nothing jumps.
    const [dx, dy] = [box.left + x * box.width - event.clientX, box.top + y * box.height - event.clientY];
    this._finger = { id: event.pointerId, index, dx, dy };
    button.setPointerCapture(event.pointerId);
    button.focus();
    event.preventDefault();
    this._look(index);
  }

  /**
   * @private
   * @param {PointerEvent} event
   */
  _onMove(event) {
    const finger = this._finger;
    if (!finger || event.pointerId !== finger.id) return;
    const box = this.getBoundingClientRect();
    const x = (event.clientX + finger.dx - box.left) / box.width;
    const y = (event.clientY + finger.dy - box.top) / box.height;
    this._move(finger.index, x, y);
    this._look(finger.index);
  }

  /** @private */
  _onUp() {
    if (!this._finger) return;
    this._finger = null;
    this._loupe()?.toggleAttribute("hidden", true);
    this.dispatchEvent(new CustomEvent("corners-moved", { bubbles: true }));
  }

  /**
   * @private
   * @param {KeyboardEvent} event
   * @param {HTMLElement} button
   */
  _onKey(event, button) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const index = Number(button.dataset.corner);
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const [x, y] = this.corners[index];
    this._move(index, x + way[0] * step, y + way[1] * step);
    this.dispatchEvent(new CustomEvent("corners-moved", { bubbles: true }));
  }

  /** @private */
  _loupe() {
    const canvas = this.querySelector("[data-loupe]");
    return canvas instanceof HTMLCanvasElement ? canvas : null;
  }

  /**
   * What lies under the finger, enlarged beside it.
   * @private
   * @param {number} index
   */
  _look(index) {
    const loupe = this._loupe();
    const context = loupe?.getContext("2d");
    const { photo } = this;
    if (!loupe || !context || !photo.naturalWidth) return;
    loupe.toggleAttribute("hidden", false);
    const box = this.getBoundingClientRect();
    const side = loupe.offsetWidth;
    const pixels = Math.round(side * Math.min(3, globalThis.devicePixelRatio || 1));
    if (loupe.width !== pixels) {
      loupe.width = pixels;
      loupe.height = pixels;
    }
    const [x, y] = this.corners[index];
    const seen = (side / ENLARGED) * (photo.naturalWidth / box.width);
    context.fillStyle = "#0a1112";
    context.fillRect(0, 0, pixels, pixels);
    const left = x * photo.naturalWidth - seen / 2;
    const top = y * photo.naturalHeight - seen / 2;
    context.drawImage(photo, left, top, seen, seen, 0, 0, pixels, pixels);
    // The two edges that meet there, so that they can be laid along those of the paper.
    context.lineWidth = pixels / 70;
    context.strokeStyle = "#ffffff";
    context.beginPath();
    for (const other of [(index + 3) % 4, (index + 1) % 4]) {
      const [toX, toY] = this.corners[other];
      const across = { x: (toX - x) * box.width, y: (toY - y) * box.height };
      const far = (1.5 * pixels) / Math.max(1, Math.hypot(across.x, across.y));
      context.moveTo(pixels / 2, pixels / 2);
      context.lineTo(pixels / 2 + across.x * far, pixels / 2 + across.y * far);
    }
    context.stroke();
    const above = y * box.height - ABOVE;
    // Near the upper edge of the screen it is seen below the finger.
    const shownAt = box.top + above - side / 2 > 0 ? above : y * box.height + ABOVE;
    const widest = document.documentElement.clientWidth - box.left - side / 2;
    loupe.style.left = `${Math.min(widest, Math.max(side / 2 - box.left, x * box.width))}px`;
    loupe.style.top = `${shownAt}px`;
  }
}

customElements.define("corner-frame", CornerFrame);
