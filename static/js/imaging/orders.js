/**
 * What the page and its photo worker say to each other. Only types.
 *
 * @typedef {object} Warm
 * @property {"warm"} kind
 *
 * @typedef {object} PictureOrder
 * @property {"picture"} kind
 * @property {Blob} file
 * @property {number} maxBytes
 * @property {number} quarterTurns  clockwise, after the picture is upright
 * @property {import("./homography.js").Corners | null} corners  of what is cut out and laid flat before it is turned
 * @property {boolean} advise
 *
 * @typedef {object} RasterOrder  pixels that the page holds: the worker asks for rows by `read`, and gets `rows`
 * @property {"raster"} kind
 * @property {number} width
 * @property {number} height
 * @property {number} maxBytes
 * @property {number} advisedSide  long side of the photo itself, pixels; 0 where no advice is wanted
 *
 * @typedef {Warm | PictureOrder | RasterOrder} Order
 *
 * @typedef {object} Answered  comes as `result`; `ready`, `progress` (0 to 1), `read` and `failure` are the other answers
 * @property {Uint8Array<ArrayBuffer>} bytes  a JPEG
 * @property {number} width  upright
 * @property {number} height
 * @property {string} engine
 * @property {string[]} advice
 * @property {number} [fewer]  instead of all others, of a raster that does not fit: the scale at which it may
 */

export {};
