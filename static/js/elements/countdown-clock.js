/**
 * `<countdown-clock seconds="9660" …>` goes on counting what the server has written: how long until a moment.
 *
 * Attributes: `seconds`, what was left when the page was answered, or when it is set anew; `moment`, its words; set
 * anew when it is moved, for `[data-moment]`, in its pattern with {moment}; `days-words`, `hours-words`, `minutes-words`,
 * `seconds-words`, `last-words`, sentences with the places {days} {hours} {minutes} {seconds}.
 * Inside: `[data-running]` with `[data-left]` for the words; `[data-over]`, hidden until the moment has come;
 * `[data-say]`, a live region that is told at a few marks only.
 * The attribute `over` appears at the moment, together with one event `countdown-over`. `countdown-doubt`, once: the phone
 * has slept or its clock was set, so that the server is better asked how long it is.
 */

const DAY = 86_400;
const HOUR = 3_600;
const MINUTE = 60;

/** Below this many seconds each second is shown. */
const BY_SECONDS = 10 * MINUTE;

/** Seconds left at which the words are also spoken; what comes long before is said by deadline-warning.js. */
const MARKS = [BY_SECONDS, 5 * MINUTE, MINUTE];

/**
 * @param {string} words with places such as {hours}
 * @param {number} left whole seconds
 * @returns {string}
 */
function filled(words, left) {
  /** @type {Record<string, number>} */
  const parts = {
    days: Math.floor(left / DAY),
    hours: Math.floor((left % DAY) / HOUR),
    minutes: Math.floor((left % HOUR) / MINUTE),
    seconds: left % MINUTE,
  };
  return words.replace(/\{(\w+)\}/g, (place, name) => String(parts[name] ?? place));
}

/** @param {number} left whole seconds */
function kindOfWords(left) {
  if (left >= DAY) return "days-words";
  if (left >= HOUR) return "hours-words";
  if (left >= BY_SECONDS) return "minutes-words";
  return left >= MINUTE ? "seconds-words" : "last-words";
}

/** When the answer to this page began to arrive, in milliseconds of `performance.now()`. */
export function answeredAt() {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming ? navigation.responseStart : 0;
}

/** Both counts of the time may be apart by this much before one of them is wrong. */
const DOUBT_MS = 30_000;

/** Counts down what the server has said; what time the phone believes it is plays no part. */
export class TimeLeft {
  /**
   * @param {number} seconds
   * @param {number} answered  when they were left, in milliseconds of `performance.now()`
   */
  constructor(seconds, answered) {
    /** @private */ this._seconds = seconds;
    /** @private */ this._steady = answered;
    /** @private */ this._wall = Date.now() - (performance.now() - answered);
  }

  /**
   * Whole seconds. `performance.now()` ignores a clock that somebody sets, but stands still while a phone sleeps; so the
   * larger of both counts is believed: too early a warning costs a reload, too late a one costs the exam.
   */
  seconds() {
    const passed = Math.max(performance.now() - this._steady, Date.now() - this._wall);
    return Math.max(0, Math.floor(this._seconds - passed / 1000));
  }

  /** Whether the phone has slept, or somebody has set its clock. */
  isInDoubt() {
    return Math.abs(performance.now() - this._steady - (Date.now() - this._wall)) > DOUBT_MS;
  }
}

export class CountdownClock extends HTMLElement {
  static get observedAttributes() {
    return ["seconds", "moment"];
  }

  constructor() {
    super();
    /** @private @type {TimeLeft | null} */
    this.time = null;
    /** @private */
    this.doubted = false;
    /** @private */
    this.spoken = Number.POSITIVE_INFINITY;
    /** @private @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @private */
    this.tick = this.tick.bind(this);
  }

  connectedCallback() {
    this.countFrom(answeredAt());
    document.addEventListener("visibilitychange", this.tick);
    this.tick();
  }

  /**
   * The moment has been moved, or the server has said again how long it is.
   * @param {string} name
   * @param {string | null} before  null: the page is only being read
   * @param {string} value
   */
  attributeChangedCallback(name, before, value) {
    if (!this.isConnected || !this.time) return;
    if (name === "moment") {
      for (const place of this.querySelectorAll("[data-moment]")) {
        place.textContent = (place.getAttribute("data-moment") ?? "").replace("{moment}", value);
      }
      return;
    }
    if (before === null) return;
    this.countFrom(performance.now());
    this.removeAttribute("over");
    for (const part of this.querySelectorAll("[data-running]")) part.toggleAttribute("hidden", false);
    for (const part of this.querySelectorAll("[data-over]")) part.toggleAttribute("hidden", true);
    this.tick();
  }

  /** @param {number} answered  when `seconds` were left, in milliseconds of `performance.now()` */
  countFrom(answered) {
    this.time = new TimeLeft(Number(this.getAttribute("seconds")), answered);
    this.doubted = false;
    this.spoken = this.left();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.tick);
    clearTimeout(this.timer);
  }

  /** Whole seconds left. */
  left() {
    return this.time?.seconds() ?? 0;
  }

  tick() {
    clearTimeout(this.timer);
    const left = this.left();
    if (this.time?.isInDoubt() && !this.doubted) {
      this.doubted = true;
      this.dispatchEvent(new CustomEvent("countdown-doubt", { bubbles: true }));
    }
    if (left === 0) {
      this.end();
      return;
    }
    this.show(left);
    const wait = left > BY_SECONDS ? (left % MINUTE) + 1 : 1;
    this.timer = setTimeout(this.tick, wait * 1000);
  }

  /** @param {number} left whole seconds */
  show(left) {
    const words = filled(this.getAttribute(kindOfWords(left)) ?? "", left);
    const place = this.querySelector("[data-left]");
    if (place && place.textContent !== words) place.textContent = words;
    this.classList.toggle("countdown--soon", left < DAY);
    if (MARKS.some((mark) => left <= mark && mark < this.spoken)) {
      this.say("[data-running]");
    }
    this.spoken = left;
  }

  end() {
    if (this.hasAttribute("over")) return;
    this.setAttribute("over", "");
    for (const part of this.querySelectorAll("[data-running]")) part.toggleAttribute("hidden", true);
    for (const part of this.querySelectorAll("[data-over]")) part.toggleAttribute("hidden", false);
    this.say("[data-over]");
    this.dispatchEvent(new CustomEvent("countdown-over", { bubbles: true }));
  }

  /** @param {string} part what the live region repeats */
  say(part) {
    const region = this.querySelector("[data-say]");
    if (region) region.textContent = (this.querySelector(part)?.textContent ?? "").trim();
  }
}

customElements.define("countdown-clock", CountdownClock);
