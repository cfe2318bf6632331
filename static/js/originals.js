/**
 * Photos as they were chosen on this page, for a while after they have arrived: cropping begins with the original. They
 * lie in this page's memory only, and the newest few, because cheap phones end pages that keep much.
 */

/** @typedef {import("./elements/mend-screen.js").Mending} Mending */

/**
 * @typedef {object} Original
 * @property {ArrayBuffer} bytes
 * @property {Mending} mending  what was made of it
 */

const MOST = 3;
const MOST_BYTES = 32 * 1024 * 1024;

export class Originals {
  constructor() {
    /**
     * @private
     * @type {Map<string, Original>}
     */
    this._kept = new Map();
  }

  /**
   * @param {string} photo
   * @param {ArrayBuffer} bytes
   * @param {Mending} [mending]
   */
  keep(photo, bytes, mending = { quarterTurns: 0, corners: null }) {
    this._kept.set(photo, { bytes, mending });
    let size = 0;
    [...this._kept].reverse().forEach(([id, original], index) => {
      size += original.bytes.byteLength;
      if (index >= MOST || size > MOST_BYTES) this._kept.delete(id);
    });
  }

  /** @param {string} photo */
  of(photo) {
    return this._kept.get(photo) ?? null;
  }

  /**
   * @param {string} photo
   * @param {(before: Mending) => Mending} change
   */
  note(photo, change) {
    const original = this._kept.get(photo);
    if (original) original.mending = change(original.mending);
  }

  /** @param {string} photo */
  forget(photo) {
    this._kept.delete(photo);
  }
}
