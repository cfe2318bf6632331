import assert from "node:assert/strict";
import { test } from "node:test";
import { optimalTable } from "../../../static/js/imaging/encoder/huffman.js";
import { scanHeader, scanHeaderLength, scansOf } from "../../../static/js/imaging/encoder/segments.js";

/** Six tables of different sizes; grey pictures lack some of them. */
const huffman = Array.from({ length: 6 }, (_, table) =>
  optimalTable(Uint32Array.from({ length: 256 }, (_, symbol) => (symbol <= 20 * table ? symbol + 1 : 0))),
);

test("the length of a scan's header is foretold", () => {
  for (const grey of [false, true]) {
    for (const progressive of [false, true]) {
      for (const scan of scansOf(grey, progressive)) {
        assert.equal(scanHeaderLength(scan, huffman), scanHeader(scan, huffman).length);
      }
    }
  }
});

test("scans bring each coefficient of each component once, and DC of all first", () => {
  for (const grey of [false, true]) {
    for (const progressive of [false, true]) {
      const scans = scansOf(grey, progressive);
      const brought = scans.flatMap(({ components, band: [first, last] }) =>
        components.flatMap((component) =>
          Array.from({ length: last - first + 1 }, (_, i) => 64 * component + first + i),
        ),
      );
      assert.deepEqual(
        [...brought].sort((a, b) => a - b),
        Array.from({ length: grey ? 64 : 192 }, (_, i) => i),
      );
      assert.equal(scans[0].components.length, grey ? 1 : 3);
      // G.1.1.1.1: a scan of AC has one component.
      assert.ok(
        scans.every(({ components, band }) => !progressive || band[0] === 0 || components.length === 1),
      );
    }
  }
});
