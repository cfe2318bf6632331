/**
 * Huffman codes that are best for counted symbols, at most 16 bits long, none of them all ones (T.81, annex C and K.2).
 *
 * @typedef {object} HuffmanTable
 * @property {Uint8Array} bits  BITS of T.81: how many codes there are of each length, 1 to 16 (index 0 is unused)
 * @property {Uint8Array} values  HUFFVAL of T.81: symbols, those of the shortest codes first
 */

const LONGEST = 16;
const SYMBOLS = 256;

/** For a symbol's count, then its number: a key that sorts by both. */
const KEY = 512;

// Room for the tree's nodes, used again and again: these run a dozen times a picture.
const keys = new Float64Array(SYMBOLS + 1);
const weights = new Float64Array(2 * keys.length);
const parents = new Uint16Array(2 * keys.length);
const depths = new Uint8Array(2 * keys.length);

/**
 * Leaves in order of their counts. The first is reserved: it gets the last code, which would be all ones, and is then
 * dropped (K.2, "Code_size of a reserved code point").
 * @param {Uint32Array} counts  256
 * @returns {number}  how many
 */
function sortLeaves(counts) {
  keys[0] = KEY;
  let leaves = 1;
  for (let symbol = 0; symbol < SYMBOLS; symbol += 1) {
    if (counts[symbol]) {
      keys[leaves] = counts[symbol] * KEY + symbol + 1;
      leaves += 1;
    }
  }
  keys.subarray(0, leaves).sort();
  return leaves;
}

/**
 * Two queues, of leaves and of joined nodes, both in order of their weights: the two lightest are joined until one is
 * left.
 * @param {number} leaves
 * @returns {Uint16Array}  leaves by code length, of any length
 */
function lengthsOfTree(leaves) {
  for (let leaf = 0; leaf < leaves; leaf += 1) weights[leaf] = Math.floor(keys[leaf] / KEY);
  const root = 2 * leaves - 2;
  let leaf = 0;
  let joined = leaves;
  for (let node = leaves; node <= root; node += 1) {
    weights[node] = 0;
    for (let child = 0; child < 2; child += 1) {
      const takesLeaf = leaf < leaves && (joined >= node || weights[leaf] <= weights[joined]);
      const lightest = takesLeaf ? leaf++ : joined++;
      weights[node] += weights[lightest];
      parents[lightest] = node;
    }
  }
  const lengths = new Uint16Array(64);
  depths[root] = 0;
  for (let node = root - 1; node >= 0; node -= 1) depths[node] = depths[parents[node]] + 1;
  for (let node = 0; node < leaves; node += 1) lengths[depths[node]] += 1;
  return lengths;
}

/**
 * "Adjust_BITS" (figure K.3): two leaves that are too deep become one a step higher, and a leaf further up makes room.
 * The last code goes, since it is the reserved one.
 * @param {Uint16Array} lengths
 */
function limitLengths(lengths) {
  for (let length = lengths.length - 1; length > LONGEST; length -= 1) {
    while (lengths[length] > 0) {
      let above = length - 2;
      while (lengths[above] === 0) above -= 1;
      lengths[length] -= 2;
      lengths[length - 1] += 1;
      lengths[above + 1] += 2;
      lengths[above] -= 1;
    }
  }
  let longest = LONGEST;
  while (lengths[longest] === 0) longest -= 1;
  lengths[longest] -= 1;
}

/**
 * @param {Uint32Array} counts  how often each of 256 symbols occurs
 * @returns {HuffmanTable | null}  null where none does
 */
export function optimalTable(counts) {
  const leaves = sortLeaves(counts);
  if (leaves === 1) return null;
  const lengths = lengthsOfTree(leaves);
  limitLengths(lengths);
  const values = new Uint8Array(leaves - 1);
  for (let i = 0; i < values.length; i += 1) values[i] = (keys[leaves - 1 - i] % KEY) - 1;
  return { bits: Uint8Array.from(lengths.subarray(0, LONGEST + 1)), values };
}

/**
 * Codes in order of their lengths (annex C, "Generate_code_table").
 * @param {HuffmanTable} table
 * @param {Uint32Array} codes  256, by symbol: length << 16 | code; the others stay as they are
 */
export function fillCodes({ bits, values }, codes) {
  let code = 0;
  let next = 0;
  for (let length = 1; length <= LONGEST; length += 1) {
    for (let i = 0; i < bits[length]; i += 1) {
      codes[values[next]] = (length << 16) | code;
      code += 1;
      next += 1;
    }
    code <<= 1;
  }
}

/**
 * How many bits follow a symbol: the magnitude's category in its low half, or for an end-of-block run the high half.
 * @param {number} symbol
 */
const followingBits = (symbol) => symbol & 15 || (symbol === 0xf0 ? 0 : symbol >> 4);

/**
 * @param {HuffmanTable} table
 * @param {Uint32Array} counts  by symbol
 * @returns {number}  bits of all symbols with those that follow them
 */
export function bitsOf({ bits, values }, counts) {
  let sum = 0;
  let next = 0;
  for (let length = 1; length <= LONGEST; length += 1) {
    for (let i = 0; i < bits[length]; i += 1) {
      sum += counts[values[next]] * (length + followingBits(values[next]));
      next += 1;
    }
  }
  return sum;
}
