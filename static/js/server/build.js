/** Whether this page's scripts are still served: a deployment replaces them, and a page from before finds no more. */

/**
 * @param {string} url  of a script of ours
 * @returns {Promise<boolean>}  false also where there is no network
 */
export async function isGone(url) {
  try {
    return (await fetch(url, { method: "HEAD", cache: "no-store" })).status === 404;
  } catch {
    return false;
  }
}
