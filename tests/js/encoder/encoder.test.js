import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { DoesNotFit, openEncoder, warmUp } from "../../../static/js/imaging/encoder/encoder.js";
import { blueFirst, page, sourceOf } from "./rasters.js";

const file = new URL("../../../static/js/imaging/encoder/encoder.wasm", import.meta.url);
const wasm = new WebAssembly.Module(readFileSync(file));
/** @type {import("../../../static/js/imaging/encoder/encoder.js").Encoder} */
let fast;
/** @type {import("../../../static/js/imaging/encoder/encoder.js").Encoder} */
let plain;
before(async () => {
  fast = await openEncoder({ wasm });
  plain = await openEncoder({ plain: true });
});

/**
 * @param {import("./rasters.js").Raster} raster
 * @param {Parameters<typeof sourceOf>[1] & Partial<import("../../../static/js/imaging/encoder/encoder.js").EncodeOptions>} [how]
 */
async function byBoth(raster, { maxBytes = 20000, progressive = true, icc = null, ...how } = {}) {
  const options = { maxBytes, progressive, icc };
  const encoded = await fast.encode(sourceOf(raster, how), options);
  const twin = await plain.encode(sourceOf(raster, how), options);
  const what = `${raster.width} x ${raster.height} ${JSON.stringify({ ...options, ...how })}`;
  assert.ok(Buffer.from(encoded.bytes).equals(twin.bytes), `twins differ: ${what}`);
  assert.deepEqual([twin.width, twin.height], [encoded.width, encoded.height]);
  assert.ok(encoded.bytes.length <= maxBytes, what);
  return encoded;
}

test("both kinds are what is tested", () => {
  assert.deepEqual([fast.kind, plain.kind], ["wasm", "plain"]);
});

test("the twins give the same bytes, whatever the size, turn, colours and mode", async () => {
  const sizes = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 130];
  let round = 0;
  for (const width of sizes) {
    for (let i = 0; i < sizes.length; i += 3) {
      const height = sizes[(i + round) % sizes.length];
      const raster = page(width, height, { seed: round, noise: round % 3 ? 6 : 128 });
      for (const grey of [false, true]) {
        const orientation = 1 + (round % 8);
        round += 1;
        const how = { orientation, grey, progressive: round % 4 < 2, even: round % 5 === 0 };
        const { width: shownWidth, height: shownHeight } = await byBoth(raster, how);
        assert.deepEqual([shownWidth, shownHeight], orientation < 5 ? [width, height] : [height, width]);
      }
    }
  }
});

test("every turn in every mode is the same for both, and the result fills 97 per cent of its limit", async () => {
  const raster = page(333, 210, { seed: 2 });
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    for (const progressive of [false, true]) {
      for (const grey of [false, true]) {
        const { bytes } = await byBoth(raster, { orientation, progressive, grey });
        assert.ok(bytes.length >= 0.97 * 20000, `${bytes.length}`);
      }
    }
  }
});

test("limits are kept from loose to tight, and below what the coarsest tables give nothing comes", async () => {
  const raster = page(200, 200, { seed: 3 });
  for (const maxBytes of [4000, 9000, 20000, 26000]) {
    const { bytes } = await byBoth(raster, { maxBytes });
    assert.ok(bytes.length >= 0.97 * maxBytes, `${bytes.length} of ${maxBytes}`);
  }
  const generous = await byBoth(raster, { maxBytes: 1e6 });
  assert.ok(generous.bytes.length < 100000);

  const noise = page(200, 200, { noise: 128 });
  for (const encoder of [fast, plain]) {
    for (const maxBytes of [500, 800]) {
      const source = sourceOf(noise);
      await assert.rejects(
        encoder.encode(source, { maxBytes }),
        (error) => error instanceof DoesNotFit && error.bytes > maxBytes && error.maxBytes === maxBytes,
      );
      assert.equal(source.closed, 1);
    }
  }
});

test("rows are asked for in stripes, once, in order, and from an even one on where the source wants that", async () => {
  for (const orientation of [1, 3]) {
    for (const even of [false, true]) {
      const source = sourceOf(page(40, 203), { orientation, even });
      await fast.encode(source, { maxBytes: 20000 });
      let next = 0;
      for (const [top, rows] of source.asked) {
        assert.ok(top === next || (even && top === next - 1));
        assert.ok(!even || top % 2 === 0);
        assert.ok(rows <= 65);
        next = top + rows;
      }
      assert.equal(next, 203);
      assert.equal(source.closed, 1);
    }
  }
});

test("blue may come first, and the order of channels matters", async () => {
  const raster = page(50, 40, { noise: 128 });
  const expected = await byBoth(raster);
  assert.notDeepEqual((await byBoth(blueFirst(raster))).bytes, expected.bytes);
  assert.deepEqual((await byBoth(blueFirst(raster), { order: "bgra" })).bytes, expected.bytes);
});

test("a colour profile is kept, in as many parts as it needs, and counts", async () => {
  const raster = page(300, 200);
  for (const [size, parts] of [
    [600, 1],
    [70000, 2],
  ]) {
    const icc = Uint8Array.from({ length: size }, (_, i) => i * 7);
    const { bytes } = await byBoth(raster, { icc, maxBytes: size + 15000 });
    const found = [];
    for (let at = 2; bytes[at + 1] !== 0xdb; at += 2 + ((bytes[at + 2] << 8) | bytes[at + 3])) {
      if (bytes[at + 1] !== 0xe2) continue;
      assert.equal(Buffer.from(bytes.subarray(at + 4, at + 16)).toString("latin1"), "ICC_PROFILE\0");
      assert.deepEqual([bytes[at + 16], bytes[at + 17]], [found.length + 1, parts]);
      found.push(bytes.subarray(at + 18, at + 2 + ((bytes[at + 2] << 8) | bytes[at + 3])));
    }
    assert.equal(found.length, parts);
    assert.ok(Buffer.concat(found).equals(icc));
  }
});

test("an abort ends between stripes, frees the source, and the encoder serves the next picture", async () => {
  for (const encoder of [fast, plain]) {
    const raster = page(64, 640);
    const undisturbed = await encoder.encode(sourceOf(raster), { maxBytes: 9000 });
    const stop = new AbortController();
    const source = sourceOf(raster);
    const read = source.readRows;
    source.readRows = (top, rows, target) => {
      read(top, rows, target);
      if (top > 100) stop.abort();
    };
    const ended = encoder.encode(source, { maxBytes: 9000, signal: stop.signal });
    await assert.rejects(ended, { name: "ShrinkFailure", code: "aborted" });
    assert.ok(source.asked.length < 5);
    assert.equal(source.closed, 1);
    assert.deepEqual(await encoder.encode(sourceOf(raster), { maxBytes: 9000 }), undisturbed);
  }
});

test("a page that has to answer its user is given pauses, and an abort in one of them is heard", async () => {
  const stop = new AbortController();
  let pauses = 0;
  const source = sourceOf(page(64, 200));
  const pause = () => {
    pauses += 1;
    // Four stripes; then the rate is being looked for.
    if (pauses === 5) stop.abort();
    return Promise.resolve();
  };
  const ended = plain.encode(source, { maxBytes: 9000, pause, signal: stop.signal });
  await assert.rejects(ended, { code: "aborted" });
  assert.equal(source.asked.length, 4);
});

test("a source that breaks is closed, and its error comes through", async () => {
  const source = sourceOf(page(20, 20));
  source.readRows = () => {
    throw new Error("no more frames");
  };
  await assert.rejects(fast.encode(source, { maxBytes: 9000 }), { message: "no more frames" });
  assert.equal(source.closed, 1);
});

test("sizes that a JPEG or the memory cannot hold are refused before a pixel is read", async () => {
  for (const encoder of [fast, plain]) {
    for (const [width, height] of [
      [65536, 1],
      [10000, 5001],
    ]) {
      const source = { ...sourceOf(page(1, 1)), width, height };
      await assert.rejects(encoder.encode(source, { maxBytes: 9000 }), { code: "too_many_pixels" });
      assert.deepEqual(source.asked, []);
    }
    await assert.rejects(
      encoder.encode({ ...sourceOf(page(1, 1)), width: 0 }, { maxBytes: 9000 }),
      RangeError,
    );
  }
});

test("progress goes up to the end, and two pictures at once are refused", async () => {
  /** @type {number[]} */
  const heard = [];
  const first = fast.encode(sourceOf(page(64, 400)), {
    maxBytes: 9000,
    onProgress: (done) => heard.push(done),
  });
  await assert.rejects(fast.encode(sourceOf(page(8, 8)), { maxBytes: 9000 }), /one picture at a time/);
  await first;
  assert.deepEqual(heard, [...heard].sort());
  assert.ok(heard.length > 4 && heard.at(-1) === 1);
});

test("warming up leaves the encoder as it was", async () => {
  await warmUp(plain, 30);
  await byBoth(page(90, 70));
});

test("where WebAssembly does not come or is refused, plain JavaScript serves", async () => {
  const { fetch } = globalThis;
  const bytes = readFileSync(file);
  try {
    for (const [answer, kind] of /** @type {[() => Response, string][]} */ ([
      [() => new Response("gone", { status: 404 }), "plain"],
      [() => new Response(bytes, { headers: { "Content-Type": "application/wasm" } }), "wasm"],
      [() => new Response(bytes, { headers: { "Content-Type": "application/octet-stream" } }), "wasm"],
      [() => new Response("<p>a portal's page"), "plain"],
    ])) {
      globalThis.fetch = async () => answer();
      assert.equal((await openEncoder({ wasm: new URL("https://example.org/encoder.wasm") })).kind, kind);
    }
  } finally {
    globalThis.fetch = fetch;
  }
});
