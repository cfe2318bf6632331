/* The picture at hand, and where everything of it lies in memory. */
#include "kernel.h"

Picture picture;
u32 codes[HUFFMAN_TABLES * 256];
u16 reciprocals[2][BLOCK] __attribute__((aligned(16)));
u32 shifts[2];
i16 *luma_rows, *chroma_rows[2];
u8 *padded_rows;
Token *tokens, *tokens_of_y_high;
u32 token_room;
u8 *output;
u32 output_room;
static u8 *stripe;

EXPORT(stripe_at) u8 *stripe_at(void) { return stripe; }
EXPORT(reciprocals_at) u16 *reciprocals_at(void) { return &reciprocals[0][0]; }
EXPORT(shifts_at) u32 *shifts_at(void) { return shifts; }
EXPORT(codes_at) u32 *codes_at(void) { return codes; }
EXPORT(output_at) u8 *output_at(void) { return output; }
EXPORT(coefficients_at) i16 *coefficients_at(int component) {
  return picture.component[component].coefficients;
}

/* Memory is handed out from one end and taken back all at once, by the next begin(). 64-bit sums, so that a
   picture beyond 4 GB is refused and does not wrap around. */
extern u8 __heap_base;
static u64 top;
static int refused;

static void *take(u64 bytes) {
  u64 at = (top + 15) & ~15ull;
  u64 have = (u64)__builtin_wasm_memory_size(0) << 16;
  top = at + bytes;
  if (top > 0xffff0000u) refused = 1;
  if (refused) return 0;
  if (top > have && __builtin_wasm_memory_grow(0, (top - have + 0xffff) >> 16) == (__SIZE_TYPE__)-1) refused = 1;
  return (void *)(uintptr_t)at;
}

static int rounded_up(int value, int step) { return (value + step - 1) / step * step; }

static void lay_component_out(int index, int blocks_wide, int blocks_high) {
  Component *component = &picture.component[index];
  int width = picture.transposed ? picture.height : picture.width;
  int height = picture.transposed ? picture.width : picture.height;
  int subsampling = index ? 2 : 1;
  component->stored_wide = blocks_wide / subsampling;
  component->stored_high = blocks_high / subsampling;
  component->wide = (rounded_up(width, subsampling) / subsampling + 7) / 8;
  component->high = (rounded_up(height, subsampling) / subsampling + 7) / 8;
  component->coefficients = take((u64)component->stored_wide * component->stored_high * BLOCK * sizeof(i16));
}

/* 1 when all memory was to be had, else 0. `stripe_rows`: rows of pixels that stripe_at() must hold. */
EXPORT(begin) int begin(int width, int height, int flip_x, int flip_y, int transposed, int blue_first, int grey,
                        int progressive, int stripe_rows, u32 max_bytes) {
  Picture *p = &picture;
  int blocks_wide, blocks_high;
  p->width = width;
  p->height = height;
  p->flip_x = flip_x;
  p->flip_y = flip_y;
  p->transposed = transposed;
  p->blue_first = blue_first;
  p->grey = grey;
  p->progressive = progressive;
  p->mcu = grey ? 8 : 16;
  p->padded_width = rounded_up(width, 16);
  p->padded_height = rounded_up(height, p->mcu);
  p->pad_left = flip_x ? rounded_up(width, p->mcu) - width : 0;
  p->pad_top = flip_y ? p->padded_height - height : 0;
  p->components = grey ? 1 : 3;

  blocks_wide = (transposed ? p->padded_height : rounded_up(width, p->mcu)) / 8;
  blocks_high = (transposed ? rounded_up(width, p->mcu) : p->padded_height) / 8;
  p->mcus_wide = blocks_wide * 8 / p->mcu;
  p->mcus_high = blocks_high * 8 / p->mcu;

  top = (u64)(uintptr_t)&__heap_base;
  refused = 0;
  for (int i = 0; i < p->components; i++) lay_component_out(i, blocks_wide, blocks_high);
  luma_rows = take((u64)16 * p->padded_width * sizeof(i16));
  for (int i = 0; i < 2; i++) chroma_rows[i] = take((u64)8 * (p->padded_width / 2) * sizeof(i16));
  padded_rows = take((u64)2 * p->padded_width * 4);
  stripe = take((u64)stripe_rows * width * 4 + 64);
  output_room = max_bytes + (max_bytes >> 2) + 65536;
  output = take(output_room);
  /* Two tokens a block for DC and end of block, and a file that fits has fewer than six of the others a byte. */
  token_room = 6 * max_bytes + 65536 + 2 * (u32)(blocks_wide * blocks_high) * (grey ? 2 : 3) / 2;
  tokens = take((u64)token_room * sizeof(Token));
  tokens_of_y_high = progressive ? take((u64)token_room * sizeof(Token)) : tokens;
  fill_zigzag_bits();
  return !refused;
}
