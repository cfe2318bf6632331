/* Quantisation and the Huffman symbols of all scans, counted while they are made (T.81, F.1.2 and G.1.2). */
#include "simd.h"

/* Natural index of each zigzag position (T.81, figure A.6). */
static const u8 ZIGZAG[BLOCK] = {
  0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
  58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
};
enum { ZRL = 0xf0, LONGEST_EOBRUN = 0x7fff };
/* More than one block can bring. */
enum { SPARE_TOKENS = 1024 };

Stream scan_tokens[MOST_SCANS];
static u32 frequencies[HUFFMAN_TABLES][256];
static u32 seen, units;

EXPORT(frequencies_at) u32 *frequencies_at(void) { return &frequencies[0][0]; }
/* Of how many parts of the picture the last tokenise() could look at how many: MCUs, or blocks where progressive. */
EXPORT(units_seen) u32 units_seen(void) { return seen; }
EXPORT(units_in_all) u32 units_in_all(void) { return units; }

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
static int quantised_dc(const i16 *block, int table) {
  const u32 shift = shifts[table], half = 1u << (shift - 1);
  i32 value = block[0], size = (i32)(((u32)(value < 0 ? -value : value) * reciprocals[table][0] + half) >> shift);
  return value < 0 ? -size : size;
}

static Token *put_dc(Token *at, const i16 *block, int table, int *prediction) {
  i32 value = quantised_dc(block, table), difference = value - *prediction;
  u32 category = bit_length(difference < 0 ? -difference : difference);
  *prediction = value;
  return put(at, DC_TABLE + table, category, category, lowest(difference < 0 ? difference - 1 : difference, category));
}

/* Blocks that have ended in a row (EOBRUN, G.1.2.2), by table. */
static u32 end_of_block_run[HUFFMAN_TABLES];

INLINE Token *put_run(Token *at, u32 table) {
  u32 run = end_of_block_run[table];
  if (!run) return at;
  u32 category = bit_length(run) - 1;
  end_of_block_run[table] = 0;
  return put(at, table, category << 4, category, lowest(run, category));
}

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
    if (progressive) at = put_run(at, table);
    for (; zeros > 15; zeros -= 16) at = put(at, table, ZRL, 0, 0);
    at = put(at, table, zeros << 4 | category, category, lowest(size ^ negative, category));
  }
  if (before == last) return at;
  if (!progressive) return put(at, table, 0, 0, 0);
  if (++end_of_block_run[table] == LONGEST_EOBRUN) at = put_run(at, table);
  return at;
}

/* A sample is even over the picture, whatever its width, when it follows multiples of the golden ratio (Weyl). */
INLINE int left_out(u32 index, u32 step) { return step > 1 && index * 2654435769u > 0xffffffffu / step; }

static const i16 *block_at(int component, int x, int y) {
  const Component *c = &picture.component[component];
  return c->coefficients + BLOCK * (y * c->stored_wide + x);
}

static int predictions[3];

static Token *put_block(Token *at, int component, int x, int y) {
  const i16 *block = block_at(component, x, y);
  int table = component ? CHROMA : LUMA;
  u16 magnitudes[BLOCK] __attribute__((aligned(16)));
  at = put_dc(at, block, table, &predictions[component]);
  if (picture.progressive) return at;
  u64 nonzero = quantise(block, table, magnitudes);
  return put_band(at, block, magnitudes, nonzero, AC_TABLE + table, 1, 63);
}

/* Blocks of an MCU (A.2.3). In a sample the one before was left out, so its last DC is looked up. */
static Token *put_mcu(Token *at, int x, int y, int sampled) {
  const int side = picture.grey ? 1 : 2;
  for (int i = 0; sampled && x && i < picture.components; i++) {
    const i16 *before = i || picture.grey ? block_at(i, x - 1, y) : block_at(0, 2 * x - 1, 2 * y + 1);
    predictions[i] = quantised_dc(before, i ? CHROMA : LUMA);
  }
  for (int k = 0; k < side * side; k++) at = put_block(at, 0, side * x + k % side, side * y + k / side);
  for (int i = 1; i < picture.components; i++) at = put_block(at, i, x, y);
  return at;
}

static Token *put_mcus(Token *at, u32 step) {
  const Token *full = tokens + token_room - SPARE_TOKENS;
  u32 index = 0;
  units = picture.mcus_wide * picture.mcus_high;
  for (int y = 0; y < picture.mcus_high; y++) {
    for (int x = 0; x < picture.mcus_wide; x++) {
      if (left_out(index++, step)) continue;
      if (at > full) return at;
      at = put_mcu(at, x, y, step > 1);
      seen++;
    }
  }
  return at;
}

/* Scans of one component hold only the blocks of the picture, row by row (A.2.2). */
static __attribute__((noinline)) void put_block_of_scan(Token **at, Token **high, int component, const i16 *block) {
  u16 magnitudes[BLOCK] __attribute__((aligned(16)));
  u64 nonzero = quantise(block, component ? CHROMA : LUMA, magnitudes);
  if (component) {
    *at = put_band(*at, block, magnitudes, nonzero, component == 1 ? CB_TABLE : CR_TABLE, 1, 63);
  } else {
    *at = put_band(*at, block, magnitudes, nonzero, Y_LOW_TABLE, 1, 5);
    *high = put_band(*high, block, magnitudes, nonzero, Y_HIGH_TABLE, 6, 63);
  }
}

static void put_scans(Token *at, u32 step) {
  const Token *full = tokens + token_room - SPARE_TOKENS, *high_full = tokens_of_y_high + token_room - SPARE_TOKENS;
  static const u8 SCAN[3] = {1, 3, 2}; /* of each component's AC, in the file's order */
  Token *high = tokens_of_y_high;
  u32 index = 0;
  seen = units = 0;
  for (int i = 0; i < picture.components; i++) units += picture.component[i].wide * picture.component[i].high;
  for (int i = 0; i < picture.components; i++) {
    const Component *component = &picture.component[i];
    const Token *from = at;
    for (int y = 0; y < component->high; y++) {
      for (int x = 0; x < component->wide; x++) {
        if (left_out(index++ / 8, step)) continue;
        if (at > full || high > high_full) return;
        put_block_of_scan(&at, &high, i, block_at(i, x, y));
        seen++;
      }
    }
    at = put_run(at, i == 0 ? Y_LOW_TABLE : i == 1 ? CB_TABLE : CR_TABLE);
    if (i == 0) high = put_run(high, Y_HIGH_TABLE);
    scan_tokens[SCAN[i]] = (Stream){from, at};
  }
  scan_tokens[picture.grey ? 2 : 4] = (Stream){tokens_of_y_high, high};
}

/* Symbols of the whole picture (step 1), or of about one part in `step` of it, and how often each occurs. */
EXPORT(tokenise) void tokenise(u32 step) {
  __builtin_memset(frequencies, 0, sizeof frequencies);
  __builtin_memset(end_of_block_run, 0, sizeof end_of_block_run);
  __builtin_memset(predictions, 0, sizeof predictions);
  seen = 0;
  Token *end = put_mcus(tokens, step);
  scan_tokens[0] = (Stream){tokens, end};
  if (picture.progressive) put_scans(end, step);
}
