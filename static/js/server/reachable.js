/** Whether the server answers now; a request without GET goes past the service worker. */

/** @returns {Promise<boolean>}  false also where something in between answers for it, such as a hotel's sign-in page */
export async function isReachable() {
  try {
    const answer = await fetch("/offline", { method: "HEAD", cache: "no-store", redirect: "manual" });
    return answer.ok;
  } catch {
    return false;
  }
}
