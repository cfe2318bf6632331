/** The desk by keyboard. Nothing here is the only way to do a thing; the page lists the keys. */

import { LightPair } from "../elements/light-pair.js";
import { LightTable } from "../elements/light-table.js";
import { step } from "./photo-deck.js";

const ACTS = new Map([
  ["+", "in"],
  ["=", "in"],
  ["-", "out"],
  ["0", "fit"],
  ["r", "turn"],
]);

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event)) return;
    if (press(event)) event.preventDefault();
  });
}

/**
 * @param {KeyboardEvent} event
 * @returns {boolean}  whether the key meant something
 */
function press(event) {
  const act = ACTS.get(event.key.toLowerCase());
  if (act) return look(act);
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const by = event.key === "ArrowLeft" ? -1 : 1;
    if (event.shiftKey) follow(document.querySelectorAll(".strip__item"), by);
    else step(by);
    return true;
  }
  if (event.key === "Enter") return save();
  return /^[1-3]$/.test(event.key) && choose(Number(event.key) - 1);
}

/** @param {string} act */
function look(act) {
  const table = document.querySelector("light-pair") ?? document.querySelector("light-table");
  if (table instanceof LightPair || table instanceof LightTable) table.act(act);
  return true;
}

/**
 * @param {NodeListOf<Element>} links
 * @param {number} by
 */
function follow(links, by) {
  const at = [...links].findIndex((one) => one.getAttribute("aria-current") === "true");
  const link = links[at + by];
  if (link instanceof HTMLAnchorElement) link.click();
}

/** @param {number} at */
function choose(at) {
  const kind = document.querySelectorAll("[data-judge] [name=kind]")[at];
  if (!(kind instanceof HTMLInputElement)) return false;
  kind.checked = true;
  kind.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function save() {
  const form = document.querySelector("[data-judge]");
  if (!(form instanceof HTMLFormElement) || !form.querySelector("[name=kind]:checked")) return false;
  const button = form.querySelector("button.button--primary");
  if (button instanceof HTMLButtonElement) button.click();
  return true;
}

/**
 * Whether the key belongs to where the focus is: letters and arrows to a field, Enter also to a link or button.
 * @param {KeyboardEvent} event
 */
function isTaken({ key, target }) {
  const takers = `input, select, textarea${key === "Enter" ? ", a, button, summary" : ""}`;
  return target instanceof Element && target.closest(takers) !== null;
}
