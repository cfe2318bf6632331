/**
 * The page's only Trusted Types policy. It lets exactly two kinds of script addresses through: our service worker, and
 * our workers beside this file, under the same build.
 */

/**
 * @typedef {{ createScriptURL: (address: string) => any }} Policy  the DOM's own types do not know TrustedScriptURL yet
 */

const WORKERS = new URL("../workers/", import.meta.url);
const SERVICE_WORKER = new URL("/service-worker.js", import.meta.url);

/**
 * @param {string} address
 * @returns {string}
 */
function ours(address) {
  const url = new URL(address, WORKERS);
  const name = url.href.startsWith(WORKERS.href) ? url.href.slice(WORKERS.href.length) : "";
  if (url.href === SERVICE_WORKER.href || /^[a-z-]+\.js$/.test(name)) return url.href;
  throw new TypeError("not an address of ours");
}

/** @type {Policy | undefined} */
let policy;

/**
 * @param {string} address
 * @returns {any}  TrustedScriptURL, or a string where the browser has no Trusted Types
 */
function trusted(address) {
  if (!policy) {
    const types = /** @type {any} */ (globalThis).trustedTypes;
    policy = types ? types.createPolicy("webapp", { createScriptURL: ours }) : { createScriptURL: ours };
  }
  return /** @type {Policy} */ (policy).createScriptURL(address);
}

/**
 * @param {string} name  file name in workers/, without .js
 * @returns {any}  for `new Worker(…)`
 */
export const workerAddress = (name) => trusted(new URL(`${name}.js`, WORKERS).href);

/** @returns {any}  for `navigator.serviceWorker.register(…)` */
export const serviceWorkerAddress = () => trusted(SERVICE_WORKER.href);
