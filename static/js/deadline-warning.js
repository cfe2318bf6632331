/**
 * Warns on a page that stays open, and on the next one that is opened: a day, three hours and half an hour before the
 * deadline, each once on a phone. Counts the server's seconds; a wrong clock of the phone changes nothing.
 *
 *     <div id="deadline-warning" role="status"></div>
 *     <template data-deadline-mark="10800"> the words, `[data-pattern]` for {moment}, and a button that closes </template>
 */

import { answeredAt, TimeLeft } from "./elements/countdown-clock.js";

/** Seconds left. */
const MARKS = [1800, 10800, 86400];
const GIVEN = "deadline-warnings";
const LONGEST_REST_MS = 3600000;

/**
 * @param {number} left  seconds
 * @returns {number | null}  the nearest mark that is behind us
 */
export const markFor = (left) => (left > 0 ? (MARKS.find((mark) => left <= mark) ?? null) : null);

/**
 * @param {number} left  seconds
 * @returns {number | null}  seconds until the next mark
 */
export function untilNextMark(left) {
  const ahead = MARKS.filter((mark) => mark < left);
  return ahead.length > 0 ? left - Math.max(...ahead) : null;
}

/**
 * What was said on this phone, of which deadline.
 * @param {string} deadline
 * @returns {{ least: number, note: (mark: number) => void }}  least: the nearest mark said so far
 */
function given(deadline) {
  /** @type {{ deadline: string, mark: number } | null} */
  let told = null;
  try {
    told = JSON.parse(localStorage.getItem(GIVEN) ?? "null");
  } catch {
    // No storage: it is said once on each page.
  }
  return {
    least: told?.deadline === deadline ? Number(told.mark) : Number.POSITIVE_INFINITY,
    note(mark) {
      try {
        localStorage.setItem(GIVEN, JSON.stringify({ deadline, mark }));
      } catch {
        // The same.
      }
    },
  };
}

/**
 * @param {object} page
 * @param {string} [page.person]
 * @param {string} [page.stands]  where the case stands; ends in the moment, for people
 * @param {string} [page.moment]  the same where nothing else is known
 * @param {string} [page.closesIn]  seconds left when the page was answered; missing where no deadline is ahead
 */
export function warnOfDeadline({ person = "", stands = "", moment: known, closesIn }) {
  const region = document.getElementById("deadline-warning");
  // One is enough for a page: it hears of whatever the page learns later.
  if (!region || region.dataset.warns) return;
  region.dataset.warns = "yes";
  let moment = known ?? stands.split(" ").slice(2).join(" ");
  let left = closesIn ? new TimeLeft(Number(closesIn), answeredAt()) : null;
  let said = Number.POSITIVE_INFINITY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {number} mark */
  function say(mark) {
    const template = document.querySelector(`template[data-deadline-mark="${mark}"]`);
    if (!(template instanceof HTMLTemplateElement)) return;
    region?.replaceChildren(template.content.cloneNode(true));
    for (const node of region?.querySelectorAll("[data-pattern]") ?? [])
      node.textContent = moment && (node.getAttribute("data-pattern") ?? "").replace("{moment}", moment);
  }

  function look() {
    clearTimeout(timer);
    const seconds = left?.seconds() ?? 0;
    const mark = markFor(seconds);
    const before = given(`${person} ${moment}`);
    if (mark !== null && mark < Math.min(before.least, said)) {
      say(mark);
      said = mark;
      before.note(mark);
    }
    if (seconds === 0) region?.replaceChildren();
    const rest = untilNextMark(seconds) ?? seconds;
    if (rest > 0) timer = setTimeout(look, Math.min(1000 * rest + 500, LONGEST_REST_MS));
  }

  region.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element) || !target.closest("button")) return;
    region.replaceChildren();
    document.getElementById("main")?.querySelector("h1")?.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("deadline-told", (event) => {
    const { closesIn: now, words } = /** @type {CustomEvent} */ (event).detail;
    if (words && words !== moment) {
      // What was said is of a deadline that holds no more.
      said = Number.POSITIVE_INFINITY;
      region.replaceChildren();
    }
    moment = words ?? moment;
    left = now === null ? null : new TimeLeft(now, performance.now());
    look();
  });
  document.addEventListener("visibilitychange", look);
  look();
}
