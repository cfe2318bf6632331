/**
 * The candidate's list, spoken over with what waits on this phone. The outbox goes on being emptied while the list is
 * open; what arrives moves its row.
 *
 * The page delivers an element `own-list` with `data-person` and `data-photos-url`, in it `#list-say`, sections
 * `[data-section="missing"]` (done, optional) with `[data-number]` and a list, rows `<li data-material="…">` with
 * `[data-facts]` and `.row__thumb`, a title with `data-title` (`{count}`) and `data-title-done`, `[data-count]` for
 * required and done, a `.meter`; and the templates named in `show` and `sayAbove`.
 */

import { watchAnnounced } from "./announced-elsewhere.js";
import { Deadline } from "./deadline.js";
import { forgetLastSeen } from "./outbox/last-seen.js";
import { isStale } from "./outbox/record.js";
import { askedFor, openPhotoWay } from "./photo-way.js";

/**
 * @typedef {import("./outbox/record.js").OutboxRecord} OutboxRecord
 * @typedef {import("./server/answers.js").Receipt} Receipt
 */

/**
 * @param {string} template  an id
 * @param {number} count
 * @param {string} [until]
 */
function said(template, count, until = "") {
  const found = document.getElementById(template);
  if (!(found instanceof HTMLTemplateElement)) throw new Error(`no template ${template}`);
  const clone = /** @type {DocumentFragment} */ (found.content.cloneNode(true));
  for (const node of clone.querySelectorAll("[data-pattern]")) {
    const pattern = node.getAttribute("data-pattern") ?? "";
    node.textContent = pattern.replace("{count}", String(count)).replace("{until}", until);
  }
  return clone;
}

export class WaitingList {
  /** @param {HTMLElement} list */
  constructor(list) {
    /** @private */ this._list = list;
    /**
     * What the server said of each row.
     * @private
     * @type {Map<string, Node[]>}
     */
    this._before = new Map();
    /** @private */ this._signedOut = false;
  }

  async open() {
    const outbox = await openPhotoWay(this._list.dataset);
    watchAnnounced(outbox);
    import("./under-way.js")
      .then(({ watchUnderWay }) => watchUnderWay(outbox, this._list.dataset))
      .catch(() => undefined);
    // What waits lies safe in the outbox, unless this browser keeps nothing.
    const mayReload = async () => outbox.isDurable() || (await outbox.pending()).length === 0;
    const deadline = new Deadline(this._list, mayReload);
    const look = async () => this.show(await outbox.pending());
    outbox.addEventListener("change", async (event) => {
      const { record } = /** @type {CustomEvent<{ record: OutboxRecord }>} */ (event).detail;
      if (record.state === "arrived" && record.receipt) {
        this.take(record.receipt);
        await deadline.hear(record.receipt.stands);
      }
      if (record.state === "arrived") this._signedOut = false;
      await look();
      if (record.state === "arrived") this.remember(outbox);
    });
    outbox.addEventListener("gone", look);
    this._list.addEventListener("click", async ({ target }) => {
      if (!(target instanceof Element) || !target.closest("[data-act=send-stale]")) return;
      for (const { id } of await outbox.stale()) await outbox.retry(id);
    });
    outbox.addEventListener("signed-out", () => {
      this._signedOut = true;
      look();
    });
    globalThis.addEventListener("online", look);
    globalThis.addEventListener("offline", look);
    // The page before this one has sent them, after this one was answered.
    for (const { receipt } of await outbox.arrived(askedFor())) if (receipt) this.take(receipt);
    await look();
    this.remember(outbox);
  }

  /**
   * How the list stands there is what the offline page shows; where the browser keeps no photos, it keeps no list, and
   * none of somebody who was here before.
   * @param {import("./outbox/outbox.js").Outbox} outbox
   */
  remember(outbox) {
    if (this._list.dataset.keeps === "no") forgetLastSeen().catch(() => undefined);
    if (!outbox.isDurable()) return;
    const saidOf = (/** @type {HTMLElement} */ row) => this._before.get(row.dataset.material ?? "");
    import("./list-snapshot.js")
      .then(({ rememberList }) => rememberList(this._list, outbox.person, saidOf))
      .catch(() => undefined);
  }

  /** @param {OutboxRecord[]} pending */
  show(pending) {
    /** @type {Map<string, OutboxRecord[]>} */
    const waiting = new Map();
    for (const record of pending) {
      waiting.set(record.material, [...(waiting.get(record.material) ?? []), record]);
    }
    for (const row of this._rows()) {
      const here = waiting.get(row.dataset.material ?? "");
      if (here) this._speakOver(row, here);
      else this._restore(row);
    }
    const going = pending.filter(({ state }) => state !== "refused");
    this._sayAbove(going.length > 0 ? going : pending);
  }

  /**
   * A photo has arrived: its row says so, and goes where complete ones stand.
   * @param {Receipt} receipt
   */
  take({ photo, counts }) {
    const { code, have, min } = counts.material;
    for (const [name, value] of [
      ["required", counts.required],
      ["done", counts.done],
    ]) {
      for (const node of this._list.querySelectorAll(`[data-count=${name}]`))
        node.textContent = String(value);
    }
    this._title(counts.required - counts.done);
    this._meter(counts.done);
    const row = this._rows().find((one) => one.dataset.material === code);
    if (!row) return;
    const missing = Math.max(0, min - have);
    const isComplete = counts.material.state === "complete";
    this._before.set(code, [
      ...said(isComplete ? "row-complete" : "row-partly", isComplete ? have : missing).childNodes,
    ]);
    this._thumbnail(row, photo.thumbnail);
    if (isComplete && row.closest("[data-section=missing]")) this._move(row);
  }

  /** @private */
  _rows() {
    return /** @type {HTMLElement[]} */ ([...this._list.querySelectorAll("li[data-material]")]);
  }

  /**
   * @private
   * @param {HTMLElement} row
   * @param {OutboxRecord[]} records
   */
  _speakOver(row, records) {
    const facts = row.querySelector("[data-facts]");
    if (!facts) return;
    const code = row.dataset.material ?? "";
    if (!this._before.has(code)) this._before.set(code, [...facts.childNodes]);
    const is = (/** @type {string} */ name) => records.some(({ state }) => state === name);
    const kept = records.every(({ announced }) => announced) ? "announced" : "kept";
    const lies = records.some((record) => isStale(record, Date.now()));
    const name = is("refused")
      ? "refused"
      : lies
        ? "stale"
        : is("sending") || is("processing")
          ? "sending"
          : kept;
    facts.replaceChildren(said(`row-${name}`, records.length));
  }

  /**
   * @private
   * @param {HTMLElement} row
   */
  _restore(row) {
    const code = row.dataset.material ?? "";
    const before = this._before.get(code);
    if (before) row.querySelector("[data-facts]")?.replaceChildren(...before);
    this._before.delete(code);
  }

  /**
   * @private
   * @param {OutboxRecord[]} waiting  refused ones only where there is nothing else
   */
  _sayAbove(waiting) {
    const place = this._list.querySelector("#list-say");
    if (!place) return;
    const stale = waiting.filter((record) => isStale(record, Date.now()));
    const count = stale.length || waiting.length;
    // Those that were announced may come after the bell: the first of them says until when.
    const until = waiting.every(({ announced }) => announced) ? (waiting[0]?.announced?.words ?? "") : "";
    const network = navigator.onLine ? "waiting" : "offline";
    const going = stale.length > 0 ? "stale" : until ? "announced" : network;
    const isOver = waiting.every(({ state }) => state === "refused");
    const name = this._signedOut ? "signed-out" : isOver ? "refused" : going;
    const now = count > 0 ? `${name} ${count} ${until}` : "";
    if (place.getAttribute("data-said") === now) return;
    place.setAttribute("data-said", now);
    if (count > 0) place.replaceChildren(said(`banner-${name}`, count, until));
    else place.replaceChildren();
  }

  /**
   * @private
   * @param {number} missing
   */
  _title(missing) {
    const title = this._list.querySelector("[data-title]");
    if (!title) return;
    const pattern = title.getAttribute(missing > 0 ? "data-title" : "data-title-done") ?? "";
    title.textContent = pattern.replace("{count}", String(missing));
  }

  /**
   * @private
   * @param {number} done
   */
  _meter(done) {
    this._list.querySelectorAll(".meter > li").forEach((cell, index) => {
      cell.classList.toggle("is-done", index < done);
      if (index < done) cell.classList.remove("is-kept");
    });
  }

  /**
   * @private
   * @param {HTMLElement} row
   * @param {string} address
   */
  _thumbnail(row, address) {
    const place = row.querySelector(".row__thumb--empty");
    if (!place) return;
    const picture = document.createElement("img");
    picture.className = "row__picture";
    picture.alt = "";
    picture.src = address;
    place.classList.remove("row__thumb--empty");
    place.replaceChildren(picture);
  }

  /**
   * @private
   * @param {HTMLElement} row
   */
  _move(row) {
    this._list.querySelector("[data-section=done] .rows")?.append(row);
    for (const name of ["missing", "done"]) {
      const section = this._list.querySelector(`[data-section=${name}]`);
      const number = section?.querySelectorAll("li[data-material]").length ?? 0;
      section?.toggleAttribute("hidden", number === 0);
      const said = section?.querySelector("[data-number]");
      if (said) said.textContent = String(number);
    }
    const next = this._list.querySelector("[data-section=missing] li[data-material]");
    for (const bar of this._list.querySelectorAll("[data-next-material]")) {
      const isDone = bar.getAttribute("data-next-material") === row.dataset.material;
      if (isDone && next instanceof HTMLElement) pointAt(bar, next);
      else if (isDone) bar.toggleAttribute("hidden", true);
    }
  }
}

/**
 * The bottom bar names another row.
 * @param {Element} bar
 * @param {HTMLElement} row
 */
function pointAt(bar, row) {
  bar.setAttribute("data-next-material", row.dataset.material ?? "");
  const name = bar.querySelector("strong");
  if (name) name.textContent = row.querySelector(".row__name")?.firstChild?.textContent?.trim() ?? "";
  bar.querySelector("a")?.setAttribute("href", row.querySelector("a")?.getAttribute("href") ?? "");
}

// Come back to from another page, the list may be as old as the way there.
globalThis.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});
const list = document.getElementById("own-list");
if (list) new WaitingList(list).open().catch(() => undefined);
