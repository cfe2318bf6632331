/**
 * Files by both kinds of the encoder, for decoders that are not JavaScript.
 *
 *     node tests/js/encoder/write-files.js FOLDER
 *
 * Writes NAME.jpg, its pixels as NAME.rgba, and a manifest.json that tells sizes and turns, and the quantisation tables
 * at some scales.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openEncoder } from "../../../static/js/imaging/encoder/encoder.js";
import { tablesAt } from "../../../static/js/imaging/encoder/quantisation.js";
import { page, sourceOf } from "./rasters.js";

const folder = process.argv[2];
const file = new URL("../../../static/js/imaging/encoder/encoder.wasm", import.meta.url);

async function main() {
  const encoders = [
    await openEncoder({ wasm: new WebAssembly.Module(readFileSync(file)) }),
    await openEncoder({ plain: true }),
  ];
  const files = [];
  const shapes = [
    [1, 1],
    [17, 5],
    [203, 150],
  ];
  for (const [width, height] of shapes) {
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      const raster = page(width, height, { seed: orientation });
      const [progressive, grey] = [orientation % 2 === 0, orientation % 4 > 1];
      const name = `${width}x${height}-${orientation}`;
      const encoder = encoders[orientation % 2];
      const { bytes } = await encoder.encode(sourceOf(raster, { orientation, grey }), {
        maxBytes: 12000,
        progressive,
      });
      writeFileSync(join(folder, `${name}.jpg`), bytes);
      writeFileSync(join(folder, `${name}.rgba`), raster.pixels);
      files.push({ name, width, height, orientation, progressive, grey });
    }
  }
  const tables = [3, 7.77, 18, 42.5, 250].map((scale) => ({
    scale,
    steps: Array.from(tablesAt(scale).steps),
  }));
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ files, tables }));
}

main();
