/** The compiled kernel, where this browser has WebAssembly with SIMD and the page's policy lets it be used. */

/**
 * The smallest module that works on 128-bit vectors: its validation fails where SIMD is missing.
 *
 *     (module (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt))
 */
const NEEDS_SIMD = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic and version
  ...[1, 5, 1, 0x60, 0, 1, 0x7b], // types: () -> v128
  ...[3, 2, 1, 0], // functions: one of that type
  ...[10, 10, 1, 8, 0, 0x41, 0, 0xfd, 15, 0xfd, 98, 11], // its code
);

/**
 * @param {URL | WebAssembly.Module} [wasm]  by default the file beside this one
 * @returns {Promise<WebAssembly.Module | null>}  null where plain JavaScript has to do
 */
export async function simdModule(wasm = new URL("./encoder.wasm", import.meta.url)) {
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(NEEDS_SIMD)) return null;
  if (wasm instanceof WebAssembly.Module) return wasm;
  try {
    return await compile(wasm);
  } catch {
    // Refused by the policy, or the file did not come.
    return null;
  }
}

/** @param {URL} url */
async function compile(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const streamed = answer.headers.get("Content-Type") === "application/wasm" && WebAssembly.compileStreaming;
  // A server that does not know the media type makes streaming fail.
  return streamed ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer());
}
