/**
 * Asks about photos that were chosen before, instead of uploading them twice. What is asked stays until it is answered.
 *
 *     <div id="material-same" role="status"></div>
 *     <template id="same-photo-template"> the words: `[data-title]` with `data-one` and `data-many` ({count}),
 *       `[data-list]`, and two buttons, `data-act="same-send"` and `data-act="same-drop"` </template>
 *     <template data-same="arrived" | "waiting">{where} … {words}</template>  a line of the list
 */

/**
 * @typedef {import("./outbox/record.js").OutboxRecord} OutboxRecord
 *
 * @typedef {object} Asked
 * @property {OutboxRecord} twin  what was chosen before
 * @property {() => Promise<void>} send  uploads it all the same
 */

export class SamePhotos {
  /** @param {HTMLElement} page */
  constructor(page) {
    /** @private */ this._page = page;
    /** @private */ this._region = page.querySelector("#material-same");
    /**
     * @private
     * @type {Asked[]}
     */
    this._asked = [];
    this._region?.addEventListener("click", ({ target }) => {
      const act = target instanceof Element && target.closest("[data-act]")?.getAttribute("data-act");
      if (act) this._answer(act === "same-send");
    });
  }

  /**
   * @param {Asked} asked
   * @returns {boolean}  false where the page has no words for it, so that nobody would be told
   */
  ask(asked) {
    if (!this._region || !document.getElementById("same-photo-template")) return false;
    this._asked.push(asked);
    this._show();
    return true;
  }

  /**
   * @private
   * @param {boolean} isToGo
   */
  async _answer(isToGo) {
    const asked = this._asked.splice(0);
    this._show();
    const next = this._page.querySelector(".actions input:not(:disabled), .actions a");
    if (next instanceof HTMLElement) next.focus({ preventScroll: true });
    if (isToGo) for (const { send } of asked) await send();
  }

  /** @private */
  _show() {
    const template = document.getElementById("same-photo-template");
    if (!this._region || !(template instanceof HTMLTemplateElement)) return;
    this._region.replaceChildren();
    if (this._asked.length === 0) return;
    const words = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const title = words.querySelector("[data-title]");
    const pattern = title?.getAttribute(this._asked.length > 1 ? "data-many" : "data-one") ?? "";
    if (title) title.textContent = pattern.replace("{count}", String(this._asked.length));
    words.querySelector("[data-list]")?.append(
      ...this._asked.map(({ twin }) => {
        const line = document.createElement("li");
        line.textContent = this._whereIs(twin);
        return line;
      }),
    );
    this._region.append(words);
    this._region.scrollIntoView({ block: "nearest" });
  }

  /**
   * @private
   * @param {OutboxRecord} twin
   */
  _whereIs({ label, receipt, state }) {
    const template = document.querySelector(
      `template[data-same="${state === "arrived" ? "arrived" : "waiting"}"]`,
    );
    const pattern =
      template instanceof HTMLTemplateElement ? (template.content.textContent ?? "").trim() : "";
    return pattern
      .replace("{where}", label || (this._page.dataset.name ?? ""))
      .replace("{words}", receipt?.photo.received_words ?? "");
  }
}
