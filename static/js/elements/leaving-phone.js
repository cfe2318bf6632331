/**
 * Signing out on a phone that still has photos which nobody else has.
 *
 *     <leaving-phone person="…" announcements-url="/my/announcements"
 *     photos-url="/my/photos" names='{"ID": "身份证明", "ID.front": "身份证明，人像面"}'>
 *       <form> … </form>
 *       <template data-unsent> the words, with `[data-list]` and its `data-line` for {name} and {size}, `[data-pattern]`
 *         for {count}, and two buttons: `data-act="leave"` with `data-ask` and `data-sure` inside, and
 *         `data-act="stay"` </template>
 *     </leaving-phone>
 *
 * Nothing waits: the form goes as it is, and what is left of old receipts is removed. Else the photos are listed; the
 * first press on "leave" asks, the second removes them for good and sends the form.
 */

import { forgetLastSeen } from "../outbox/last-seen.js";
import { unsent, wipe } from "../outbox/signing-out.js";
import { withdrawAnnouncement } from "../server/announcements.js";
import { deletePhoto } from "../server/photos.js";

/** Nobody waits longer for the network to sign out. */
const stallMs = 3000;

export class LeavingPhone extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this._onSubmit);
    this.addEventListener("click", this._onClick);
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this._onSubmit);
    this.removeEventListener("click", this._onClick);
  }

  /** @private */
  get _person() {
    return this.getAttribute("person") ?? "";
  }

  /**
   * @private
   * @param {Event} event
   */
  async _onSubmit(event) {
    event.preventDefault();
    // Storage that cannot be read keeps nobody signed in; what lies in it stays bound to this person.
    const waiting = await unsent(this._person).catch(() => []);
    if (waiting.length > 0) this._list(waiting);
    else await this._leave();
  }

  /**
   * @private
   * @param {{ material: string, slot: string, size: number }[]} waiting
   */
  _list(waiting) {
    this.querySelector("[data-shown]")?.remove();
    const template = this.querySelector("template[data-unsent]");
    if (!(template instanceof HTMLTemplateElement)) return;
    const words = document.createElement("div");
    words.setAttribute("data-shown", "");
    words.append(template.content.cloneNode(true));
    for (const node of words.querySelectorAll("[data-pattern]")) {
      node.textContent = (node.getAttribute("data-pattern") ?? "").replace("{count}", String(waiting.length));
    }
    const names = JSON.parse(this.getAttribute("names") ?? "{}");
    const list = words.querySelector("[data-list]");
    list?.append(
      ...waiting.map(({ material, slot, size }) => {
        const line = document.createElement("li");
        const name = names[`${material}.${slot}`] ?? names[material] ?? names[""];
        const kilobytes = String(Math.max(1, Math.round(size / 1024)));
        const pattern = list.getAttribute("data-line") ?? "";
        line.textContent = pattern.replace("{name}", name).replace("{size}", kilobytes);
        return line;
      }),
    );
    this.append(words);
    for (const form of this.querySelectorAll("form")) form.toggleAttribute("hidden", true);
    const title = words.querySelector("[tabindex]");
    if (title instanceof HTMLElement) title.focus();
  }

  /**
   * @private
   * @param {Event} event
   */
  async _onClick(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-act]") : null;
    const act = button?.getAttribute("data-act");
    if (act === "stay") {
      this.querySelector("[data-shown]")?.remove();
      for (const form of this.querySelectorAll("form")) form.toggleAttribute("hidden", false);
    } else if (act === "leave" && button?.hasAttribute("data-asked")) {
      await this._leave();
    } else if (act === "leave" && button) {
      button.setAttribute("data-asked", "");
      button.querySelector("[data-ask]")?.toggleAttribute("hidden", true);
      button.querySelector("[data-sure]")?.toggleAttribute("hidden", false);
      this.querySelector("[data-warning]")?.toggleAttribute("hidden", false);
      // The warning pushes the button down, which may be off the screen then.
      button.scrollIntoView({ block: "nearest" });
    }
  }

  /** @private */
  async _leave() {
    const at = (/** @type {string} */ name, /** @type {string} */ id) =>
      `${this.getAttribute(name)}/${id}?${new URLSearchParams({ person: this._person })}`;
    await wipe(this._person, {
      withdraw: (id) => withdrawAnnouncement({ url: at("announcements-url", id), stallMs }),
      remove: (id) => deletePhoto({ url: at("photos-url", id), stallMs }),
    }).catch(() => undefined);
    await forgetLastSeen().catch(() => undefined);
    this.querySelector("form")?.submit();
  }
}

customElements.define("leaving-phone", LeavingPhone);
