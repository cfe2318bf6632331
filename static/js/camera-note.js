/**
 * Android may end a page, and with it the whole app, while the camera is open. A note that the camera was opened outlives
 * that, and is taken away as soon as the same page is seen again.
 */

const CAMERA_OPEN = "camera-open";
/** Nobody is at the camera for longer: later it is an old story. */
const TOLD_MS = 30 * 60000;

/** @param {boolean} open */
export function noteCamera(open) {
  try {
    if (open) localStorage.setItem(CAMERA_OPEN, JSON.stringify({ path: location.pathname, at: Date.now() }));
    else localStorage.removeItem(CAMERA_OPEN);
  } catch {
    // Storage is switched off; then there is no word about it after a reload.
  }
}

/** Whether this page ended while its camera was open. */
export function wasInterrupted() {
  try {
    const note = JSON.parse(localStorage.getItem(CAMERA_OPEN) ?? "null");
    return note?.path === location.pathname && Math.abs(Date.now() - note.at) < TOLD_MS;
  } catch {
    return false;
  }
}
