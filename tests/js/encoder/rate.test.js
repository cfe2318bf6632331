import assert from "node:assert/strict";
import { test } from "node:test";
import { DoesNotFit, writeWithin } from "../../../static/js/imaging/encoder/rate.js";

const LIMIT = 204800;

/**
 * An encoder whose file has so many bytes at a scale.
 * @param {(scale: number) => number} law
 * @param {number} [stuffing]  how much longer files are than counted
 */
function encoder(law, stuffing = 1) {
  const tried = { samples: 0, counts: 0, writes: 0 };
  let last = 0;
  const count = (/** @type {number} */ scale, /** @type {number} */ step) => {
    if (step > 1) tried.samples += 1;
    else tried.counts += 1;
    last = law(scale);
    return Promise.resolve(last * (step > 1 ? 1.01 : 1));
  };
  const write = () => {
    tried.writes += 1;
    return new Uint8Array(Math.round(last * stuffing));
  };
  return { tried, run: () => writeWithin(count, write, LIMIT) };
}

test("the size lands in 97 to 100 per cent after few counts, busy or quiet", async () => {
  let most = 0;
  for (const slope of [0.5, 0.8, 1.2, 2]) {
    for (const bytes of [60000, 150000, 400000, 900000]) {
      const { tried, run } = encoder((scale) => bytes * (scale / 18) ** -slope);
      if (bytes * 6 ** slope < LIMIT || bytes * (250 / 18) ** -slope > LIMIT) continue;
      const { length } = await run();
      assert.ok(length <= LIMIT && length >= 0.97 * LIMIT, `${bytes} ${slope}: ${length}`);
      most = Math.max(most, tried.counts);
      assert.equal(tried.writes, 1);
    }
  }
  assert.ok(most <= 3, `${most} counts`);
});

test("a staircase, as pixels of a JPEG have it, is filled up to its edge", async () => {
  const { run, tried } = encoder((scale) => (scale < 21.7 ? 260000 : scale < 40 ? 150000 : 90000));
  assert.equal((await run()).length, 150000);
  assert.ok(tried.counts <= 20);
});

test("more stuffing than foreseen never gets past the limit", async () => {
  for (const stuffing of [1.004, 1.02, 1.2, 2]) {
    const { run } = encoder((scale) => 2e6 / scale, stuffing);
    assert.ok((await run()).length <= LIMIT, `${stuffing}`);
  }
});

test("little content stops at the finest scale, too much is refused with its size", async () => {
  const quiet = encoder((scale) => 9000 / scale);
  assert.equal((await quiet.run()).length, 3000);
  const busy = encoder((scale) => 1e9 / scale);
  await assert.rejects(
    busy.run(),
    (error) => error instanceof DoesNotFit && Math.abs(error.bytes - 4e6) < 1e5,
  );
  const coarse = encoder((scale) => 4.9e7 / scale);
  assert.ok((await coarse.run()).length >= 0.97 * LIMIT);
  const just = encoder((scale) => (250 * 204700) / scale);
  assert.equal((await just.run()).length, 204700);
});
