/** The page of a case: what was seen is reported, and the claim is renewed while somebody works. */

import "./elements/light-table.js";
import { Refused, SignedOut } from "./server/answers.js";
import { renewLease, reportSeen } from "./server/desk.js";

/** Activity is reported once in so long, however much there is. */
const RENEW_EVERY_MS = 60000;
const LOOK_AT_CLOCK_MS = 5000;
const TRY_AGAIN_MS = 3000;
const MOST_TRIES = 5;

document.addEventListener("photo-seen", () => {
  const form = document.querySelector("[data-report]");
  if (form instanceof HTMLFormElement) report(form, MOST_TRIES);
});

/**
 * @param {HTMLFormElement} form  its address is the report's; it stays where reporting fails
 * @param {number} tries
 */
async function report(form, tries) {
  try {
    await reportSeen(form.action);
  } catch (error) {
    const final = error instanceof Refused || error instanceof SignedOut || tries <= 1;
    if (!final) setTimeout(() => report(form, tries - 1), TRY_AGAIN_MS);
    return;
  }
  form.remove();
  for (const one of document.querySelectorAll("[data-seen]")) one.removeAttribute("hidden");
  document.querySelector("[data-not-seen]")?.remove();
  const words = document.querySelector("[data-unseen]");
  if (!words) return;
  const left = Math.max(0, Number(words.getAttribute("data-unseen")) - 1);
  words.setAttribute("data-unseen", String(left));
  words.textContent = (words.getAttribute("data-pattern") ?? "").replace("{count}", String(left));
  words.toggleAttribute("hidden", left === 0);
}

const lease = document.querySelector("[data-lease]");
if (lease) keep(lease);

/** @param {Element} shown */
function keep(shown) {
  const url = shown.getAttribute("data-lease") ?? "";
  const words = shown.querySelector("[data-left]");
  let until = Date.now() + Number(shown.getAttribute("data-minutes")) * 60000;
  let renewed = Date.now();
  let lost = false;

  const say = () => {
    if (!words) return;
    const minutes = Math.ceil((until - Date.now()) / 60000);
    const pattern = lost ? "data-lost" : minutes > 0 ? "data-pattern" : "data-over";
    const text = (words.getAttribute(pattern) ?? "").replace("{minutes}", String(minutes));
    if (words.textContent !== text) words.textContent = text;
  };
  const active = async () => {
    if (lost || Date.now() - renewed < RENEW_EVERY_MS) return;
    renewed = Date.now();
    try {
      until = Date.now() + 60000 * (await renewLease(url));
    } catch (error) {
      lost = error instanceof Refused;
    }
    say();
  };
  for (const sign of ["pointerdown", "keydown", "input", "wheel"])
    document.addEventListener(sign, active, { passive: true });
  setInterval(say, LOOK_AT_CLOCK_MS);
}
