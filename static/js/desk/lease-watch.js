/** The claim on the case: renewed while somebody works, and looked at every few seconds, so that a taking over is known at once. */

import { Refused, SignedOut } from "../server/answers.js";
import { readLease, renewLease } from "../server/desk.js";

/** Activity is reported once in so long, however much there is. */
const RENEW_EVERY_MS = 60000;
const LOOK_EVERY_MS = 5000;
/** Nobody touches the page for so long: it stops asking, or the session of a tablet that was left behind would never end. */
const QUIET_MS = 120000;

/** @param {Element} shown  `data-lease`: its address; `data-minutes`; its words' patterns */
export function watchLease(shown) {
  const url = shown.getAttribute("data-lease") ?? "";
  const words = shown.querySelector("[data-left]");
  let until = Date.now() + Number(shown.getAttribute("data-minutes")) * 60000;
  let renewed = Date.now();
  let touched = Date.now();
  let over = false;

  const say = () => {
    if (!words) return;
    const minutes = Math.ceil((until - Date.now()) / 60000);
    const pattern = over ? "data-lost" : minutes > 0 ? "data-pattern" : "data-over";
    const text = (words.getAttribute(pattern) ?? "").replace("{minutes}", String(minutes));
    if (words.textContent !== text) words.textContent = text;
  };
  const look = async () => {
    say();
    if (over || document.visibilityState !== "visible" || Date.now() - touched > QUIET_MS) return;
    try {
      const lease = await readLease(url);
      if (!lease.mine) lost(lease.words);
    } catch (error) {
      over = over || error instanceof SignedOut; // what is wrong with the network is no news about the case
    }
  };
  const lost = (/** @type {string} */ sentence) => {
    over = true;
    clearInterval(timer);
    say();
    tell(sentence);
  };
  const active = async () => {
    const wasQuiet = Date.now() - touched > QUIET_MS;
    touched = Date.now();
    if (wasQuiet) await look();
    if (over || Date.now() - renewed < RENEW_EVERY_MS) return;
    renewed = Date.now();
    try {
      until = Date.now() + 60000 * (await renewLease(url));
    } catch (error) {
      if (error instanceof Refused) await look();
    }
    say();
  };
  for (const sign of ["pointerdown", "keydown", "input", "wheel"])
    document.addEventListener(sign, active, { passive: true });
  document.addEventListener("visibilitychange", look);
  const timer = setInterval(look, LOOK_EVERY_MS);
}

/**
 * Says what has happened and stops what would be refused; what was typed stays where it is.
 * @param {string} sentence
 */
function tell(sentence) {
  const banner = document.querySelector("[data-lost]:not([data-left])");
  const words = banner?.querySelector("[data-lost-words]");
  banner?.removeAttribute("hidden");
  document.querySelector("[data-release]")?.toggleAttribute("hidden", true);
  if (words) words.textContent = sentence;
  for (const button of document.querySelectorAll("form[data-keep] button"))
    button.setAttribute("aria-disabled", "true");
  // While it is on its way down, before the form itself takes the words for sent.
  document.addEventListener(
    "submit",
    (event) => {
      if (!(event.target instanceof Element) || !event.target.hasAttribute("data-keep")) return;
      event.preventDefault();
      banner?.scrollIntoView({ block: "nearest" });
    },
    true,
  );
}
