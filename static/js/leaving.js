/**
 * Whoever leaves while a photo would be lost, or is on its way, is asked first, as far as the browser asks. On another
 * page of the app what lies on the phone goes on; so nobody is asked on the way there.
 */

import { isStale } from "./outbox/record.js";

/** @typedef {import("./outbox/record.js").OutboxRecord} OutboxRecord */

/** A press on a link becomes a navigation within this time, or never. */
const STEP_MS = 3000;

let insideUntil = 0;

const stayInside = () => {
  insideUntil = Date.now() + STEP_MS;
};

/** Makes the page anew without a question. */
export function reloadPage() {
  stayInside();
  location.reload();
}

/**
 * What leaving would cost.
 * @param {OutboxRecord[]} pending
 * @param {{ isDurable: boolean, now: number }} as
 * @returns {"lost" | "broken-off" | null}
 */
export function costOfLeaving(pending, { isDurable, now }) {
  const own = pending.filter((record) => record.state !== "processing" && !isStale(record, now));
  if (own.length > 0 && !isDurable) return "lost";
  return own.some(({ state }) => state === "chosen" || state === "sending") ? "broken-off" : null;
}

/** @param {import("./outbox/outbox.js").Outbox} outbox */
export async function warnOnLeaving(outbox) {
  /** @type {"lost" | "broken-off" | null} */
  let cost = null;

  /** @param {BeforeUnloadEvent} event */
  const ask = (event) => {
    if (cost !== "lost" && Date.now() < insideUntil) return;
    event.preventDefault();
    event.returnValue = "";
  };

  async function look() {
    const now = Date.now();
    cost = costOfLeaving(await outbox.pending(), { isDurable: outbox.isDurable(), now });
    // There only while it is needed: with it some browsers do not keep a page for the way back.
    if (cost) globalThis.addEventListener("beforeunload", ask);
    else globalThis.removeEventListener("beforeunload", ask);
  }

  document.addEventListener("click", ({ target }) => {
    const link = target instanceof Element ? target.closest("a[href]") : null;
    if (link instanceof HTMLAnchorElement && link.origin === location.origin) stayInside();
  });
  document.addEventListener("submit", stayInside);
  for (const name of ["change", "gone", "not-durable"]) outbox.addEventListener(name, look);
  await look();
}
