/**
 * A photo to be looked at closely: larger, smaller, fitted, turned for the eyes only, dragged.
 *
 *     <light-table photo="…"><div data-stage><img data-photo></div> <p data-failed hidden>…</p> … <div data-tools hidden>
 *     buttons data-act … </div></light-table>
 *
 * `data-act` is `in`, `out`, `fit` or `turn`, and `again` for a picture that did not come; `act` does the same.
 * Without this script the picture stands there, fitted. Bubbling events: `photo-seen` {photo} once it has been on screen,
 * decoded, for a second without a break; `photo-viewed` {view} when somebody has changed how it is looked at.
 */

/** @typedef {{ scale: number, turns: number, x: number, y: number }} View  in pixels of the window and quarter turns */

const LOOKED_MS = 1000;
const STEP = 1.4;
const LARGEST = 12;
/** Where two taps or clicks on a fitted photo lead. */
const CLOSE = 2.5;
/** How much of it must be in the window. */
const IN_VIEW = 0.5;

export class LightTable extends HTMLElement {
  connectedCallback() {
    const stage = this.querySelector("[data-stage]");
    const photo = this.querySelector("[data-photo]");
    if (!(stage instanceof HTMLElement) || !(photo instanceof HTMLImageElement)) return;
    /** @private */
    this._stage = stage;
    /** @private */
    this._photo = photo;
    /**
     * @private
     * @type {View}
     */
    this._view = { scale: 1, turns: 0, x: 0, y: 0 };
    /**
     * @private
     * @type {Map<number, { x: number, y: number }>}
     */
    this._fingers = new Map();
    this.toggleAttribute("ready", true);
    this.querySelector("[data-tools]")?.removeAttribute("hidden");
    this.addEventListener("click", this._onClick);
    this.addEventListener("dblclick", this._onDouble);
    this.addEventListener("wheel", this._onWheel, { passive: false });
    this.addEventListener("pointerdown", this._onDown);
    this.addEventListener("pointermove", this._onMove);
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
      this.addEventListener(end, this._onUp);
    this._watch();
  }

  disconnectedCallback() {
    this._observer?.disconnect();
    this._stopLooking?.();
  }

  /**
   * Puts another photo on the table, as it is, to be looked at for a second like the first.
   * @param {string} id
   * @param {HTMLImageElement} picture
   */
  put(id, picture) {
    if (!this._stage || !this._photo) return;
    this._stopLooking?.();
    picture.className = this._photo.className;
    picture.draggable = false;
    picture.setAttribute("data-photo", "");
    this._photo.replaceWith(picture);
    this._photo = picture;
    this.setAttribute("photo", id);
    this._view = { scale: 1, turns: 0, x: 0, y: 0 };
    this._stage.style.transform = "";
    this._watch();
  }

  /** @param {string | null | undefined} name  as `data-act` */
  act(name) {
    switch (name) {
      case "in":
        return this._zoom(STEP);
      case "out":
        return this._zoom(1 / STEP);
      case "fit":
        return this._show({ scale: 1, x: 0, y: 0 });
      case "turn":
        return this._show({ turns: (this._view?.turns ?? 0) + 1, scale: 1, x: 0, y: 0 });
      case "again":
        return this._again();
    }
  }

  /**
   * Looks at the photo as somebody else does; tells nobody.
   * @param {View} view
   */
  follow(view) {
    this._show(view, false);
  }

  /** @private */
  _again() {
    const photo = this._photo;
    if (!photo) return;
    const picture = new Image();
    picture.alt = photo.alt;
    picture.src = photo.src;
    this.put(this.getAttribute("photo") ?? "", picture);
  }

  /** @private  tells when the picture has been looked at for long enough */
  _watch() {
    const photo = /** @type {HTMLImageElement} */ (this._photo);
    const failed = this.querySelector("[data-failed]");
    failed?.toggleAttribute("hidden", true);
    let decoded = false;
    let inView = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const look = () => {
      clearTimeout(timer);
      if (decoded && inView && document.visibilityState === "visible") timer = setTimeout(seen, LOOKED_MS);
    };
    const stop = () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
      this._observer?.disconnect();
    };
    const seen = () => {
      stop();
      this.dispatchEvent(
        new CustomEvent("photo-seen", { bubbles: true, detail: { photo: this.getAttribute("photo") } }),
      );
    };
    /** @private */
    this._stopLooking = stop;
    /** @private */
    this._observer = new IntersectionObserver(
      (entries) => {
        inView = entries[entries.length - 1].intersectionRatio >= IN_VIEW;
        look();
      },
      { threshold: [0, IN_VIEW] },
    );
    this._observer.observe(this);
    document.addEventListener("visibilitychange", look);
    photo.decode().then(
      () => {
        decoded = photo.naturalWidth > 0;
        look();
      },
      () => {
        stop(); // it did not arrive, or is no picture: nothing was seen
        failed?.toggleAttribute("hidden", photo !== this._photo);
      },
    );
  }

  /**
   * @private
   * @param {Event} event
   */
  _onClick(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-act]") : null;
    this.act(button?.getAttribute("data-act"));
  }

  /**
   * @private
   * @param {MouseEvent} event
   */
  _onDouble(event) {
    if (event.target instanceof Element && event.target.closest("button")) return;
    if ((this._view?.scale ?? 1) > 1) this.act("fit");
    else this._zoom(CLOSE, event.clientX, event.clientY);
  }

  /**
   * @private
   * @param {WheelEvent} event
   */
  _onWheel(event) {
    event.preventDefault();
    this._zoom(event.deltaY < 0 ? STEP ** 0.5 : STEP ** -0.5, event.clientX, event.clientY);
  }

  /**
   * @private
   * @param {PointerEvent} event
   */
  _onDown(event) {
    if (event.target instanceof Element && event.target.closest("button")) return;
    this._fingers?.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.setPointerCapture(event.pointerId);
  }

  /**
   * @private
   * @param {PointerEvent} event
   */
  _onMove(event) {
    const fingers = this._fingers;
    const was = fingers?.get(event.pointerId);
    if (!fingers || !was || !this._view) return;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (other) {
      const before = Math.hypot(was.x - other.x, was.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      if (before > 0)
        this._zoom(after / before, (event.clientX + other.x) / 2, (event.clientY + other.y) / 2);
      return;
    }
    this._show({ x: this._view.x + event.clientX - was.x, y: this._view.y + event.clientY - was.y });
  }

  /**
   * @private
   * @param {Event} event
   */
  _onUp(event) {
    if (event instanceof PointerEvent) this._fingers?.delete(event.pointerId);
  }

  /**
   * The point under the finger or pointer stays where it is; without one, the middle.
   * @private
   * @param {number} factor
   * @param {number} [clientX]
   * @param {number} [clientY]
   */
  _zoom(factor, clientX, clientY) {
    if (!this._view) return;
    const scale = Math.min(LARGEST, Math.max(1, this._view.scale * factor));
    const real = scale / this._view.scale;
    const box = this.getBoundingClientRect();
    const x = clientX === undefined ? 0 : clientX - box.left - box.width / 2;
    const y = clientY === undefined ? 0 : clientY - box.top - box.height / 2;
    this._show({ scale, x: x - (x - this._view.x) * real, y: y - (y - this._view.y) * real });
  }

  /**
   * @private
   * @param {Partial<View>} change
   * @param {boolean} [tell]
   */
  _show(change, tell = true) {
    if (!this._view || !this._stage) return;
    const view = { ...this._view, ...change };
    const box = this.getBoundingClientRect();
    // Never further than its own half beyond the edge, so that it cannot be lost.
    const farX = (box.width * view.scale) / 2;
    const farY = (box.height * view.scale) / 2;
    view.x = view.scale === 1 ? 0 : Math.min(farX, Math.max(-farX, view.x));
    view.y = view.scale === 1 ? 0 : Math.min(farY, Math.max(-farY, view.y));
    this._view = view;
    const scale = view.scale * this._fitWhenTurned(box, view.turns);
    this._stage.style.transform = `translate(${view.x}px, ${view.y}px) rotate(${view.turns * 90}deg) scale(${scale})`;
    if (tell) this.dispatchEvent(new CustomEvent("photo-viewed", { bubbles: true, detail: { view } }));
  }

  /**
   * A picture that lies on its side has to be smaller, or may be larger, to fill the same window.
   * @private
   * @param {DOMRect} box
   * @param {number} turns
   * @returns {number}
   */
  _fitWhenTurned(box, turns) {
    const photo = this._photo;
    if (turns % 2 === 0 || !photo?.naturalWidth) return 1;
    const fitted = Math.min(box.width / photo.naturalWidth, box.height / photo.naturalHeight);
    const turned = Math.min(box.width / photo.naturalHeight, box.height / photo.naturalWidth);
    return turned / fitted;
  }
}

customElements.define("light-table", LightTable);
