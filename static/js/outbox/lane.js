/** A loop that sleeps until there is something to do. */

/**
 * @typedef {object} Lane
 * @property {() => void} wake  there may be work now
 * @property {() => void} stop
 */

/**
 * @param {() => Promise<number | null>} step  does one piece of work; gives the milliseconds until there is more
 *   (0: at once), or null when only `wake` can bring more
 * @param {(task: () => Promise<void>) => Promise<void>} inTurn  waits until this tab may
 * @param {number} [afterFailureMs]
 * @returns {Lane}
 */
export function lane(step, inTurn, afterFailureMs = 5000) {
  let running = false;
  let woken = false;
  let stopped = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function work() {
    /** @type {number | null} */
    let rest = null;
    do {
      woken = false;
      rest = await step();
    } while (!stopped && (woken || rest === 0));
    if (!stopped && rest !== null) timer = setTimeout(wake, rest);
  }

  function wake() {
    clearTimeout(timer);
    woken = true;
    if (running || stopped) return;
    running = true;
    inTurn(work)
      // Storage that fails for a moment must not end the loop: photos are waiting.
      .catch(() => {
        woken = false;
        if (!stopped) timer = setTimeout(wake, afterFailureMs);
      })
      .finally(() => {
        running = false;
        if (woken && !stopped) wake();
      });
  }

  return {
    wake,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
