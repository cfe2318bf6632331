/** Pixels that only the page can reach, asked for stripe by stripe. */

/**
 * @param {{ width: number, height: number }} size  pixels, upright
 * @returns {import("../imaging/encoder/layout.js").Source}
 */
export function pageSource({ width, height }) {
  return {
    width,
    height,
    orientation: 1,
    order: "rgba",
    grey: false,
    even: false,
    async readRows(top, rows, target) {
      const answer = new Promise((resolve) => {
        const hear = (/** @type {MessageEvent} */ { data }) => {
          if (!("rows" in data)) return;
          removeEventListener("message", hear);
          resolve(data.rows);
        };
        addEventListener("message", hear);
      });
      postMessage({ read: { top, rows } });
      target.set(/** @type {Uint8Array} */ (await answer));
    },
    close() {},
  };
}
