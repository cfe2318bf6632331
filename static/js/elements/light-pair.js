/**
 * Two photos side by side, looked at together: what is done to one is done to the other.
 *
 *     <light-pair><light-table>…</light-table> <light-table>…</light-table>
 *       <div data-tools hidden> buttons data-act … <strong data-scale></strong> <button data-together aria-pressed> </div>
 *     </light-pair>
 *
 * Its buttons act on both; with `data-together` off, on the one that was touched last, at first the second.
 */

import { LightTable } from "./light-table.js";

export class LightPair extends HTMLElement {
  connectedCallback() {
    /** @private */
    this._tables = [...this.querySelectorAll("light-table")].filter((one) => one instanceof LightTable);
    /** @private */
    this._last = this._tables[this._tables.length - 1];
    this.querySelector("[data-tools]")?.removeAttribute("hidden");
    this.addEventListener("photo-viewed", this._onViewed);
    this.addEventListener("click", this._onClick);
  }

  disconnectedCallback() {
    this.removeEventListener("photo-viewed", this._onViewed);
    this.removeEventListener("click", this._onClick);
  }

  /** @param {string} name  as `data-act` */
  act(name) {
    this._last?.act(name);
  }

  get together() {
    return this.querySelector("[data-together]")?.getAttribute("aria-pressed") !== "false";
  }

  /**
   * @private
   * @param {Event} event
   */
  _onViewed(event) {
    if (!(event instanceof CustomEvent) || !(event.target instanceof LightTable)) return;
    this._last = event.target;
    const { view } = event.detail;
    if (this.together) for (const one of this._tables ?? []) if (one !== event.target) one.follow(view);
    const scale = this.querySelector("[data-scale]");
    if (scale) scale.textContent = `${Math.round(view.scale * 100)}%`;
  }

  /**
   * @private
   * @param {Event} event
   */
  _onClick(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button || button.closest("light-table")) return;
    if (button.hasAttribute("data-together")) button.setAttribute("aria-pressed", String(!this.together));
    const name = button.getAttribute("data-act");
    if (name) this.act(name);
  }
}

customElements.define("light-pair", LightPair);
