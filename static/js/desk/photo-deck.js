/** The photos of a material, put on the light table one after the other without another page; the next one is fetched ahead. */

import { LightTable } from "../elements/light-table.js";
import { isUnseen, sayOfCurrent } from "./seen.js";

/**
 * Pictures that have been asked for, by address. They are kept by no cache, so whoever holds the image holds the bytes.
 * @type {Map<string, HTMLImageElement>}
 */
const held = new Map();

export function dealPhotos() {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !isPlainClick(event)) return;
    const step = event.target.closest("[data-step]");
    const lead = event.target.closest("[data-next-unseen]");
    const place = lead
      ? places().find((one) => isUnseen(one) && one !== current())
      : step
        ? beside(Number(step.getAttribute("data-step")))
        : event.target.closest("[data-place]");
    if (place && put(place)) event.preventDefault();
  });
  fetchNext();
}

/**
 * Goes to the photo before or after the one on the table.
 * @param {number} by
 */
export function step(by) {
  const place = beside(by);
  if (place && !put(place) && place instanceof HTMLAnchorElement) place.click();
}

function places() {
  return [...document.querySelectorAll("[data-place]")];
}

function current() {
  return places().find((one) => one.getAttribute("aria-current") === "true");
}

/** @param {number} by */
function beside(by) {
  const all = places();
  const at = all.findIndex((one) => one.getAttribute("aria-current") === "true");
  return at < 0 ? undefined : all[at + by];
}

/**
 * @param {Element} place
 * @returns {boolean}  false: only another page can show it
 */
function put(place) {
  const table = document.querySelector("light-table");
  const id = place.getAttribute("data-place");
  const was = current();
  if (!(table instanceof LightTable) || !id || !place.hasAttribute("data-picture")) return false;
  if (place === was) return true;
  if (!was?.hasAttribute("data-picture")) return false;
  table.put(id, pictureOf(place));
  was.removeAttribute("aria-current");
  place.setAttribute("aria-current", "true");
  place.scrollIntoView({ block: "nearest", inline: "nearest" });
  const facts = document.querySelector("[data-facts-now]");
  if (facts) facts.textContent = place.getAttribute("data-facts");
  for (const hints of document.querySelectorAll("[data-hints-of]"))
    hints.toggleAttribute("hidden", hints.getAttribute("data-hints-of") !== id);
  sayOfCurrent(place);
  sayWhere();
  history.replaceState(null, "", place.getAttribute("href"));
  fetchNext();
  return true;
}

function sayWhere() {
  const all = places();
  const at = all.findIndex((one) => one.getAttribute("aria-current") === "true");
  const words = document.querySelector("[data-at]");
  if (words) words.textContent = (words.getAttribute("data-pattern") ?? "").replace("{at}", String(at + 1));
  for (const arrow of document.querySelectorAll("[data-step]")) {
    const to = all[at + Number(arrow.getAttribute("data-step"))];
    if (to) arrow.setAttribute("href", to.getAttribute("href") ?? "");
    else arrow.removeAttribute("href");
  }
}

/**
 * @param {Element} place
 * @returns {HTMLImageElement}
 */
function pictureOf(place) {
  const url = place.getAttribute("data-picture") ?? "";
  const kept = held.get(url);
  if (kept) return kept;
  const picture = new Image();
  picture.alt = place.getAttribute("data-alt") ?? "";
  picture.decoding = "async";
  picture.src = url;
  picture.addEventListener("error", () => held.delete(url));
  held.set(url, picture);
  return picture;
}

/** The one that is most likely wanted next; only after the picture in view has come, so that it takes nothing from it. */
async function fetchNext() {
  const photo = document.querySelector("[data-photo]");
  if (photo instanceof HTMLImageElement) await photo.decode().catch(() => undefined);
  const here = current();
  if (photo instanceof HTMLImageElement && here?.hasAttribute("data-picture"))
    held.set(here.getAttribute("data-picture") ?? "", photo);
  const next = beside(1);
  if (!next?.hasAttribute("data-picture") || next.hasAttribute("data-earlier")) return;
  await pictureOf(next)
    .decode()
    .catch(() => undefined);
}

/** @param {Event} event */
function isPlainClick(event) {
  return (
    event instanceof MouseEvent && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0
  );
}
