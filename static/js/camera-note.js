/**
 * Android may end a page while the camera is open. A note that the camera was opened outlives that, and is taken away as
 * soon as the same page is seen again.
 */

const CAMERA_OPEN = "camera-open";

/** @param {boolean} open */
export function noteCamera(open) {
  try {
    if (open) sessionStorage.setItem(CAMERA_OPEN, location.pathname);
    else sessionStorage.removeItem(CAMERA_OPEN);
  } catch {
    // Storage is switched off; then there is no word about it after a reload.
  }
}

/** Whether this page ended while its camera was open. */
export function wasInterrupted() {
  try {
    return sessionStorage.getItem(CAMERA_OPEN) === location.pathname;
  } catch {
    return false;
  }
}
