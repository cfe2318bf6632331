/** Whether the server answers now; a request without GET goes past the service worker. */

/** As long as nobody has heard, nobody asks again. */
const PATIENCE_MS = 10000;

/** @returns {Promise<boolean>}  false also where something in between answers for it, such as a hotel's sign-in page */
export async function isReachable() {
  const asking = new AbortController();
  const timer = setTimeout(() => asking.abort(), PATIENCE_MS);
  try {
    const { signal } = asking;
    const answer = await fetch("/offline", { method: "HEAD", cache: "no-store", redirect: "manual", signal });
    return answer.ok;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
