/* The Huffman symbols of all scans, in the order in which a file has its blocks. */
#include "block.h"

/* More than one block can bring. */
enum { SPARE_TOKENS = 1024 };

Stream scan_tokens[MOST_SCANS];
static u32 seen, units;

EXPORT(frequencies_at) u32 *frequencies_at(void) { return &frequencies[0][0]; }
/* Of how many parts of the picture the last tokenise() could look at how many: MCUs, or blocks where progressive. */
EXPORT(units_seen) u32 units_seen(void) { return seen; }
EXPORT(units_in_all) u32 units_in_all(void) { return units; }

/* A sample of one in `step` is even over the picture, whatever its width, when it follows multiples of the golden
   ratio (Weyl). */
INLINE u32 sample_limit(u32 step) { return 0xffffffffu / step; }
INLINE int left_out(u32 index, u32 limit) { return index * 2654435769u > limit; }

INLINE const i16 *block_at(int component, int x, int y) {
  const Component *c = &picture.component[component];
  return c->coefficients + BLOCK * (y * c->stored_wide + x);
}

static int predictions[3];

/* Sequential mode has DC and AC of a block together. */
static __attribute__((noinline)) Token *put_all_ac(Token *at, const i16 *block, int table) {
  u16 magnitudes[BLOCK] __attribute__((aligned(16)));
  u64 nonzero = quantise(block, table, magnitudes);
  return put_band(at, block, magnitudes, nonzero, AC_TABLE + table, 1, 63);
}

INLINE Token *put_block(Token *at, int component, int x, int y) {
  const i16 *block = block_at(component, x, y);
  int table = component ? CHROMA : LUMA;
  at = put_dc(at, block, table, &predictions[component]);
  return picture.progressive ? at : put_all_ac(at, block, table);
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
  const u32 limit = sample_limit(step);
  u32 index = 0;
  units = picture.mcus_wide * picture.mcus_high;
  for (int y = 0; y < picture.mcus_high; y++) {
    for (int x = 0; x < picture.mcus_wide; x++) {
      if (left_out(index++, limit)) continue;
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
  const u32 limit = sample_limit(step);
  u32 index = 0;
  seen = units = 0;
  for (int i = 0; i < picture.components; i++) units += picture.component[i].wide * picture.component[i].high;
  for (int i = 0; i < picture.components; i++) {
    const Component *component = &picture.component[i];
    const Token *from = at;
    for (int y = 0; y < component->high; y++) {
      for (int x = 0; x < component->wide; x++) {
        if (left_out(index++ / 8, limit)) continue;
        if (at > full || high > high_full) return;
        put_block_of_scan(&at, &high, i, block_at(i, x, y));
        seen++;
      }
    }
    at = end_run(at, i == 0 ? Y_LOW_TABLE : i == 1 ? CB_TABLE : CR_TABLE);
    if (i == 0) high = end_run(high, Y_HIGH_TABLE);
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
