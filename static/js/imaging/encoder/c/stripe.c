/* From a stripe of pixels to coefficients, one row of MCUs after the other. */
#include "kernel.h"

/* A row of pixels with its first and last one repeated, so that it is whole blocks. */
static const u8 *widened(const u32 *pixels, u32 *room) {
  const int width = picture.width, left = picture.pad_left;
  if (width == picture.padded_width) return (const u8 *)pixels;
  for (int x = 0; x < left; x++) room[x] = pixels[0];
  __builtin_memcpy(room + left, pixels, (u32)width * 4);
  for (int x = left + width; x < picture.padded_width; x++) room[x] = pixels[width - 1];
  return (const u8 *)room;
}

/* Rows [from, to) of the padded source, `from` a multiple of the MCU's side. The stripe holds the source's rows from
   `first_row` on. */
EXPORT(transform) void transform(int from, int to, int first_row, const u8 *stripe) {
  const int mcu = picture.mcu, stride = picture.padded_width;
  const int blocks = (picture.width + mcu - 1) / mcu * mcu / 8;
  if (to > picture.padded_height) to = picture.padded_height;

  for (int top = from; top < to; top += mcu) {
    for (int row = 0; row < mcu; row += 2) {
      const u8 *pair[2];
      for (int k = 0; k < 2; k++) {
        int y = top + row + k - picture.pad_top;
        y = y < 0 ? 0 : y >= picture.height ? picture.height - 1 : y;
        const u32 *pixels = (const u32 *)stripe + (u32)(y - first_row) * picture.width;
        pair[k] = widened(pixels, (u32 *)padded_rows + k * stride);
      }
      i16 *y_row = luma_rows + row * stride;
      int chroma_row = row / 2 * (stride / 2);
      convert_two_rows(pair[0], pair[1], y_row, y_row + stride, chroma_rows[0] + chroma_row,
                       chroma_rows[1] + chroma_row);
    }
    for (int k = 0; k < mcu / 8; k++) {
      transform_blocks(&picture.component[0], luma_rows + 8 * k * stride, stride, blocks, top / 8 + k);
    }
    for (int i = 1; i < picture.components; i++) {
      transform_blocks(&picture.component[i], chroma_rows[i - 1], stride / 2, blocks / 2, top / 16);
    }
  }
}
