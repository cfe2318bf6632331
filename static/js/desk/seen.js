/** Photos that were looked at are reported, and the page says so. */

import { Refused, SignedOut } from "../server/answers.js";
import { reportSeen } from "../server/desk.js";

const TRY_AGAIN_MS = 3000;
const MOST_TRIES = 5;

/** Reports each `photo-seen` of a photo whose link (`data-place`) names an address to report to. */
export function watchSeen() {
  document.addEventListener("photo-seen", (event) => {
    const photo = event instanceof CustomEvent ? String(event.detail.photo) : "";
    const place = document.querySelector(`[data-place="${photo}"]`);
    const url = place?.getAttribute("data-report-to");
    if (place && url && isUnseen(place)) report(place, url, MOST_TRIES);
  });
}

/** @param {Element} place */
export function isUnseen(place) {
  return place.querySelector("[data-seen]")?.hasAttribute("hidden") ?? false;
}

/**
 * @param {Element} place
 * @param {string} url
 * @param {number} tries
 */
async function report(place, url, tries) {
  try {
    await reportSeen(url);
  } catch (error) {
    const final = error instanceof Refused || error instanceof SignedOut || tries <= 1;
    if (!final) setTimeout(() => report(place, url, tries - 1), TRY_AGAIN_MS);
    return;
  }
  place.querySelector("[data-seen]")?.removeAttribute("hidden");
  place.querySelector("[data-not-seen]")?.toggleAttribute("hidden", true);
  if (place.getAttribute("aria-current") === "true") sayOfCurrent(place);
  sayOfAll();
}

/**
 * The word beside the photo on the table: seen, or the button that says so by hand.
 * @param {Element} place
 */
export function sayOfCurrent(place) {
  const earlier = place.hasAttribute("data-earlier");
  const seen = !earlier && !isUnseen(place);
  document.querySelector("[data-seen-now]")?.toggleAttribute("hidden", !seen);
  // Its address would be another photo's: the script reports, and no button is needed.
  document.querySelector("[data-report]")?.remove();
}

function sayOfAll() {
  // Of the whole case: a page made anew knows which one comes next.
  const elsewhere = document.querySelector("[data-unseen-left]");
  const left = Number(elsewhere?.getAttribute("data-unseen-left")) - 1;
  if (elsewhere) {
    elsewhere.setAttribute("data-unseen-left", String(left));
    elsewhere.textContent = (elsewhere.getAttribute("data-pattern") ?? "").replace("{count}", String(left));
    elsewhere.toggleAttribute("hidden", left <= 0);
  }
  const shown = document.querySelector("[data-unseen]");
  const words = shown?.querySelector("[data-count]");
  if (!shown || !words) return;
  const unseen = [...document.querySelectorAll("[data-place]")].filter(isUnseen);
  shown.setAttribute("data-unseen", String(unseen.length));
  words.textContent = (words.getAttribute("data-pattern") ?? "").replace("{count}", String(unseen.length));
  shown.toggleAttribute("hidden", unseen.length === 0);
  const elsewhereHere = unseen.some((one) => one.getAttribute("aria-current") !== "true");
  shown.querySelector("[data-next-unseen]")?.toggleAttribute("hidden", !elsewhereHere);
}
