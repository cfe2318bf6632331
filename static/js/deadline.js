/**
 * A page that stays open learns when its deadline is moved: from the receipt of a photo, and when it is looked at again.
 *
 *     <div data-person="…" data-deadline-url="/my/deadline" data-stands="collecting open 5月6日 24:00">
 *
 * `data-stands` is what the server says as long as nothing is moved. Otherwise it is asked: the clocks take the new
 * time, and where the case stands otherwise the page is made anew. Sends `deadline-told` {closesIn, words} from the document,
 * for the outbox.
 */

import { reloadPage } from "./leaving.js";
import { askDeadline } from "./server/photos.js";

/** @param {string} stands */
const withoutMoment = (stands) => stands.split(" ", 2).join(" ");

export class Deadline {
  /**
   * @param {HTMLElement} page
   * @param {() => Promise<boolean>} mayReload  whether nothing would be lost
   */
  constructor(page, mayReload) {
    /** @private */ this._page = page;
    /** @private */ this._mayReload = mayReload;
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.ask();
    });
    page.addEventListener("countdown-doubt", () => this.ask());
  }

  /**
   * What a receipt says that has just come.
   * @param {string | undefined} stands
   */
  async hear(stands) {
    if (stands && stands !== this._page.dataset.stands) await this.ask();
  }

  async ask() {
    const { deadlineUrl = "", person = "", stands = "" } = this._page.dataset;
    const told = await askDeadline(`${deadlineUrl}?${new URLSearchParams({ person })}`).catch(() => null);
    if (!told) return;
    for (const clock of this._page.querySelectorAll("countdown-clock")) {
      clock.setAttribute("moment", told.words);
      clock.setAttribute("seconds", String(told.seconds_left));
    }
    document.dispatchEvent(
      new CustomEvent("deadline-told", { detail: { closesIn: told.closes_in, words: told.words } }),
    );
    const isElsewhere = withoutMoment(told.stands) !== withoutMoment(stands);
    if (!isElsewhere) this._page.dataset.stands = told.stands;
    else if (await this._mayReload()) reloadPage();
  }
}
