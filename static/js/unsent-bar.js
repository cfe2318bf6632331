/**
 * "未上传 n 张", on whichever page of the app, until all have arrived.
 *
 *     <aside id="unsent-bar" hidden> <span data-pattern="未上传 {count} 张" data-all-there="照片都已送达"></span>
 *       and one word of `[data-now]`: sending (with {progress}), waiting, offline, stuck, signed-out </aside>
 */

import { isStale } from "./outbox/record.js";

/** @typedef {import("./outbox/record.js").OutboxRecord} OutboxRecord */

const SAID_MS = 8000;

/**
 * What the server does not have yet. An original that is being shrunk there has arrived.
 * @param {OutboxRecord[]} pending
 */
export const notThere = (pending) => pending.filter(({ state }) => state !== "processing");

/**
 * @param {OutboxRecord[]} records  that the server does not have
 * @param {{ now: number, isOnline: boolean, isSignedOut: boolean }} as
 * @returns {"sending" | "waiting" | "offline" | "stuck" | "signed-out"}
 */
export function nowOf(records, { now, isOnline, isSignedOut }) {
  if (isSignedOut) return "signed-out";
  if (records.every((record) => record.state === "refused" || isStale(record, now))) return "stuck";
  if (!isOnline) return "offline";
  return records.some(({ state }) => state === "sending") ? "sending" : "waiting";
}

/** @param {import("./outbox/outbox.js").Outbox} outbox */
export async function watchUnsent(outbox) {
  const bar = document.getElementById("unsent-bar");
  const words = bar?.querySelector("[data-all-there]");
  if (!bar || !words) return;
  let isSignedOut = false;
  let progress = 0;
  let last = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let hiding;

  /**
   * @param {Element} node
   * @param {string} name
   * @param {number} value
   */
  const fill = (node, name, value) => {
    node.textContent = (node.getAttribute("data-pattern") ?? "").replace(`{${name}}`, String(value));
  };

  async function look() {
    const there = notThere(await outbox.pending());
    const count = there.length;
    const now = nowOf(there, { now: Date.now(), isOnline: navigator.onLine, isSignedOut });
    for (const node of bar?.querySelectorAll("[data-now]") ?? []) {
      const isNow = count > 0 && node.getAttribute("data-now") === now;
      node.toggleAttribute("hidden", !isNow);
      if (isNow && now === "sending") fill(node, "progress", progress);
    }
    bar?.classList.toggle("is-kept", count > 0);
    bar?.classList.toggle("is-done", count === 0);
    if (count > 0 && words) {
      clearTimeout(hiding);
      fill(words, "count", count);
      bar?.toggleAttribute("hidden", false);
    } else if (last > 0 && words) {
      words.textContent = words.getAttribute("data-all-there");
      hiding = setTimeout(() => bar?.toggleAttribute("hidden", true), SAID_MS);
    }
    last = count;
  }

  outbox.addEventListener("change", (event) => {
    const { record } = /** @type {CustomEvent<{ record: OutboxRecord }>} */ (event).detail;
    if (record.state === "sending") progress = 0;
    if (record.state === "arrived") isSignedOut = false;
    look();
  });
  outbox.addEventListener("progress", (event) => {
    const { sent, total } = /** @type {CustomEvent} */ (event).detail;
    progress = Math.floor((100 * sent) / total);
    for (const node of bar.querySelectorAll("[data-now=sending]")) fill(node, "progress", progress);
  });
  outbox.addEventListener("gone", look);
  outbox.addEventListener("signed-out", () => {
    isSignedOut = true;
    look();
  });
  globalThis.addEventListener("online", look);
  globalThis.addEventListener("offline", look);
  await look();
}
