/* One block: quantised, and its Huffman symbols, counted while they are made (T.81, F.1.2 and G.1.2). Part of tokens.c,
   which goes through the blocks. */
#pragma once
#include "simd.h"

/* Natural index of each zigzag position (T.81, figure A.6). */
static const u8 ZIGZAG[BLOCK] = {
  0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
  58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
};
enum { ZRL = 0xf0, LONGEST_EOBRUN = 0x7fff };

static u32 frequencies[HUFFMAN_TABLES][256];

/* Which lanes of a natural row are set -> the same as bits in zigzag order. */
static u64 zigzag_bits[8][256];

void fill_zigzag_bits(void) {
  if (zigzag_bits[0][1]) return;
  for (int k = 0; k < BLOCK; k++) {
    int row = ZIGZAG[k] / 8, lane = ZIGZAG[k] % 8;
    for (int lanes = 0; lanes < 256; lanes++) {
      if (lanes >> lane & 1) zigzag_bits[row][lanes] |= 1ull << k;
    }
  }
}

/* Magnitudes of a quantised block in natural order; gives those that are not 0 as bits in zigzag order. */
INLINE u64 quantise(const i16 *block, int table, u16 *magnitudes) {
  const u32 shift = shifts[table], half = 1u << (shift - 1);
  const u32x4 rounding = {half, half, half, half};
  u64 nonzero = 0;
  /* In a rolled loop clang loses that all lanes are shifted alike, and takes them apart. */
  #pragma clang loop unroll(full)
  for (int row = 0; row < 8; row++) {
    u16x8 size = ABSOLUTE(*(const i16x8 *)(block + 8 * row));
    u16x8 by = *(const u16x8 *)(reciprocals[table] + 8 * row);
    u32x4 low = (LOW_HALF(size) * LOW_HALF(by) + rounding) >> shift;
    u32x4 high = (HIGH_HALF(size) * HIGH_HALF(by) + rounding) >> shift;
    i16x8 quantised = NARROW((i32x4)low, (i32x4)high);
    *(i16x8 *)(magnitudes + 8 * row) = quantised;
    nonzero |= zigzag_bits[row][LANES_SET(quantised != 0)];
  }
  return nonzero;
}

INLINE u32 bit_length(u32 value) { return value ? 32 - __builtin_clz(value) : 0; }
INLINE u32 lowest(u32 value, u32 bits) { return value & ((1u << bits) - 1); }

INLINE Token *put(Token *at, u32 table, u32 symbol, u32 bits, u32 following) {
  *at = bits << 28 | table << 24 | symbol << 16 | following;
  frequencies[table][symbol]++;
  return at + 1;
}

/* DC: the difference to the block before of the same component (F.1.2.1). */
INLINE int quantised_dc(const i16 *block, int table) {
  const u32 shift = shifts[table], half = 1u << (shift - 1);
  i32 value = block[0], size = (i32)(((u32)(value < 0 ? -value : value) * reciprocals[table][0] + half) >> shift);
  return value < 0 ? -size : size;
}

INLINE Token *put_dc(Token *at, const i16 *block, int table, int *prediction) {
  i32 value = quantised_dc(block, table), difference = value - *prediction;
  u32 category = bit_length(difference < 0 ? -difference : difference);
  *prediction = value;
  return put(at, DC_TABLE + table, category, category, lowest(difference < 0 ? difference - 1 : difference, category));
}

/* Blocks that have ended in a row (EOBRUN, G.1.2.2), by table. */
static u32 end_of_block_run[HUFFMAN_TABLES];

static __attribute__((noinline)) Token *put_run(Token *at, u32 table) {
  u32 run = end_of_block_run[table], category = bit_length(run) - 1;
  end_of_block_run[table] = 0;
  return put(at, table, category << 4, category, lowest(run, category));
}

INLINE Token *end_run(Token *at, u32 table) { return end_of_block_run[table] ? put_run(at, table) : at; }

/* AC coefficients of the band [first, last] in zigzag order (F.1.2.2; bands and joined ends of blocks: G.1.2.2). */
INLINE Token *put_band(Token *at, const i16 *block, const u16 *magnitudes, u64 nonzero, u32 table, int first,
                       int last) {
  const int progressive = picture.progressive;
  u64 left = nonzero & (~0ull << first) & (~0ull >> (63 - last));
  int before = first - 1;
  while (left) {
    int k = __builtin_ctzll(left), natural = ZIGZAG[k], zeros = k - before - 1;
    u32 size = magnitudes[natural], category = bit_length(size), negative = block[natural] >> 31;
    left &= left - 1;
    before = k;
    if (progressive) at = end_run(at, table);
    for (; zeros > 15; zeros -= 16) at = put(at, table, ZRL, 0, 0);
    at = put(at, table, zeros << 4 | category, category, lowest(size ^ negative, category));
  }
  if (before == last) return at;
  if (!progressive) return put(at, table, 0, 0, 0);
  if (++end_of_block_run[table] == LONGEST_EOBRUN) at = put_run(at, table);
  return at;
}
