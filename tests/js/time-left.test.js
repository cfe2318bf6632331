import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, { HTMLElement: class {}, customElements: { define: () => undefined } });
/** Elements are defined as their file is read, so what they need has to be there first. */
const timeLeft = async () => (await import("../../static/js/elements/countdown-clock.js")).TimeLeft;

const DAY = 86400;

test("warnings come a day, three hours and half an hour before the deadline", async () => {
  const { markFor, untilNextMark } = await import("../../static/js/deadline-warning.js");
  const marks = [2 * DAY, DAY + 1, DAY, 10801, 10800, 1801, 1800, 1, 0].map(markFor);
  assert.deepEqual(marks, [null, null, DAY, DAY, 10800, 10800, 1800, 1800, null]);
  assert.equal(untilNextMark(2 * DAY), DAY);
  assert.equal(untilNextMark(DAY), DAY - 10800);
  assert.equal(untilNextMark(1801), 1);
  assert.equal(untilNextMark(1800), null);
});

/**
 * A phone whose clock shows `wall`, whatever the time is.
 * @param {import("node:test").TestContext} t
 * @param {number} wall  epoch milliseconds
 */
function phone(t, wall) {
  const clock = { wall, steady: 5000 };
  t.mock.method(Date, "now", () => clock.wall);
  t.mock.method(performance, "now", () => clock.steady);
  return {
    /** @param {number} seconds @param {{ sleeps?: boolean }} [how] */
    pass(seconds, { sleeps = false } = {}) {
      clock.wall += 1000 * seconds;
      if (!sleeps) clock.steady += 1000 * seconds;
    },
    /** @param {number} seconds */
    set: (seconds) => {
      clock.wall += 1000 * seconds;
    },
  };
}

for (const off of [-DAY, 0, DAY]) {
  test(`a clock that is ${off / DAY} days off changes nothing in what is left`, async (t) => {
    const TimeLeft = await timeLeft();
    const { pass } = phone(t, 1588780800000 + 1000 * off);
    const left = new TimeLeft(3600, 5000);
    pass(600);
    assert.equal(left.seconds(), 3000);
    assert.equal(left.isInDoubt(), false);
  });
}

test("a phone that slept has counted on, and the server is better asked", async (t) => {
  const TimeLeft = await timeLeft();
  const { pass } = phone(t, 1588780800000);
  const left = new TimeLeft(3600, 5000);
  pass(600, { sleeps: true });
  assert.equal(left.seconds(), 3000);
  assert.equal(left.isInDoubt(), true);
});

test("a clock that is put right while the page is open is doubted, in both directions", async (t) => {
  const TimeLeft = await timeLeft();
  const { set, pass } = phone(t, 1588780800000);
  const left = new TimeLeft(3600, 5000);
  set(-DAY);
  pass(600);
  assert.equal(left.seconds(), 3000);
  assert.equal(left.isInDoubt(), true);
  set(2 * DAY);
  assert.equal(left.seconds(), 0);
  assert.equal(left.isInDoubt(), true);
});
