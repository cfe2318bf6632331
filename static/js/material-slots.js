/** The places of one material's page: which photo lies where, which one is next, and room for one more. */

const FREE_STATES = ["empty", "optional"];
/** A photo chosen here takes the place of one that did not make it. */
const FAILED_STATES = ["refused", "unusable"];
const VARYING = ["state", "photo", "thumbnail", "href", "words", "progress", "sent", "total", "advice"];
const LASTING = ["slot", "label", "label-pattern", "hint", "places", "min", "class", "role"];

/** @typedef {Map<string, string | null>} Snapshot */

/** @param {Element} place */
export const stateOf = (place) => place.getAttribute("state") ?? "";

/** @param {Element} place */
export const slotOf = (place) => place.getAttribute("slot") ?? "";

/** @param {Element} place */
const isFree = (place) => FREE_STATES.includes(stateOf(place));

/**
 * Locked before anything came: a photo that waits on the phone is shown there, whether or not it will be taken.
 * @param {Element} place
 */
const isLockedEmpty = (place) => stateOf(place) === "locked" && !place.hasAttribute("photo");

/** @param {Element} place */
export const hasFailed = (place) => FAILED_STATES.includes(stateOf(place));

/** @param {Element} place */
export const isOpen = (place) => Number(place.getAttribute("places") ?? 1) > 0;

/**
 * @param {Element} place
 * @param {Record<string, string | null>} values  null removes
 */
export function setAll(place, values) {
  for (const [name, value] of Object.entries(values)) {
    if (value === null) place.removeAttribute(name);
    else place.setAttribute(name, value);
  }
}

/**
 * @param {Element} place
 * @returns {Snapshot}
 */
export const snapshot = (place) => new Map(VARYING.map((name) => [name, place.getAttribute(name)]));

/**
 * @param {Element} place
 * @param {Snapshot} before
 */
export const restore = (place, before) => setAll(place, Object.fromEntries(before));

/** @type {Snapshot} */
const EMPTY = new Map(VARYING.map((name) => [name, name === "state" ? "empty" : null]));

export class MaterialSlots {
  /** @param {Element} page */
  constructor(page) {
    /** @private */ this._page = page;
    /**
     * What a place showed before a waiting photo took it.
     * @private
     * @type {Map<string, Snapshot>}
     */
    this._before = new Map();
  }

  /** @param {string} [slot] */
  all(slot) {
    const places = [...this._page.querySelectorAll("photo-slot")];
    return slot === undefined ? places : places.filter((place) => place.getAttribute("slot") === slot);
  }

  /** @param {string | null} photo */
  holding(photo) {
    return this.all().find((place) => photo && place.getAttribute("photo") === photo) ?? null;
  }

  /** The place that the buttons of the whole page fill: what was returned first, then what is missing. */
  next() {
    const places = this.all().filter(isOpen);
    const first = (/** @type {string} */ state) => places.find((place) => stateOf(place) === state);
    return first("returned") ?? first("empty") ?? places.find(hasFailed) ?? first("optional") ?? null;
  }

  /** @param {string} slot */
  isFull(slot) {
    return !this.all(slot).some(isFree);
  }

  /** Whether each slot holds as many photos as it needs, and any at all is there. */
  isComplete() {
    const there = this.all().filter((place) => ["arrived", "locked"].includes(stateOf(place)));
    const held = (/** @type {string} */ slot) => there.filter((place) => slotOf(place) === slot).length;
    return (
      there.length > 0 &&
      this.all().every((place) => held(slotOf(place)) >= Number(place.getAttribute("min")))
    );
  }

  /**
   * Where a photo chosen at `wanted` goes: there, or to a free place of the same name.
   * @param {Element | null} wanted
   */
  targetFor(wanted) {
    if (!wanted) return this.next();
    const takes = isFree(wanted) || hasFailed(wanted) || stateOf(wanted) === "returned";
    if (takes && wanted.isConnected) return wanted;
    return this.all(slotOf(wanted)).find(isFree) ?? null;
  }

  /**
   * @param {Element} place
   * @param {string} photo
   */
  take(place, photo) {
    this._before.set(photo, snapshot(place));
    restore(place, EMPTY);
    setAll(place, { photo, state: "preparing" });
    this.tidy(slotOf(place));
  }

  /**
   * The place of a photo that waits, found or given; made where none is left, because nothing that waits may stay
   * unseen.
   * @param {{ id: string, slot: string, replaces: string | null }} photo
   */
  claim({ id, slot, replaces }) {
    const held = this.holding(id);
    if (held) return held;
    const beside = this.all(slot);
    const place =
      this.holding(replaces) ?? beside.find(isFree) ?? beside.find(isLockedEmpty) ?? this._add(slot);
    if (place) this.take(place, id);
    return place;
  }

  /**
   * The photo has come to stay.
   * @param {string} photo
   */
  settle(photo) {
    this._before.delete(photo);
  }

  /**
   * The photo is out: its place shows again what it showed before.
   * @param {string} photo
   */
  release(photo) {
    const place = this.holding(photo);
    if (!place) return;
    restore(place, this._before.get(photo) ?? EMPTY);
    this._before.delete(photo);
    this.tidy(slotOf(place));
  }

  /**
   * Exactly one free place of a name while more photos fit, none when it is full; required ones before optional ones.
   * Pages are numbered anew.
   * @param {string} slot
   */
  tidy(slot) {
    this._makeRoom(slot);
    this.all(slot).forEach((place, index) => {
      const pattern = place.getAttribute("label-pattern");
      if (pattern) place.setAttribute("label", pattern.replace("{number}", String(index + 1)));
    });
  }

  /**
   * @private
   * @param {string} slot
   */
  _makeRoom(slot) {
    const places = this.all(slot);
    const free = places.filter(isFree);
    const room = Number(places[0]?.getAttribute("places") ?? 1) - (places.length - free.length);
    for (const spare of room > 0 ? free.slice(1) : free) spare.remove();
    const open = room > 0 ? (free[0] ?? this._add(slot)) : null;
    if (!open) return;
    const least = Number(open.getAttribute("min") ?? 1);
    open.setAttribute("state", places.length - free.length < least ? "empty" : "optional");
    open.querySelector("photo-picker")?.setAttribute("places", String(room));
  }

  /**
   * How many photos may be chosen at once for a place.
   * @param {Element} place
   */
  roomAt(place) {
    if (!isFree(place)) return 1;
    const taken = this.all(slotOf(place)).filter((other) => !isFree(other)).length;
    return Math.max(1, Number(place.getAttribute("places") ?? 1) - taken);
  }

  /**
   * Whether a photo lies beside this place already.
   * @param {Element} place
   */
  hasAny(place) {
    return this.all(slotOf(place)).some((other) => !isFree(other));
  }

  /**
   * @private
   * @param {string} slot
   */
  _add(slot) {
    const beside = this.all(slot);
    const last = this.all()[this.all().length - 1];
    const like = beside[beside.length - 1] ?? last;
    if (!like) return null;
    const place = document.createElement("photo-slot");
    for (const name of LASTING) {
      const value = like.getAttribute(name);
      if (value !== null) place.setAttribute(name, value);
    }
    setAll(place, { slot, state: "empty" });
    if (like === last && beside.length === 0) {
      // A photo from before the record changed: its slot is no longer asked for.
      const label = this._page.getAttribute("data-other-label");
      setAll(place, { label, "label-pattern": null, hint: null, places: "0", min: "0" });
    }
    like.after(place);
    return place;
  }
}
