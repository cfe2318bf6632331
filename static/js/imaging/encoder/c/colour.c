/* Colour conversion as JFIF has it, with Cb and Cr averaged over 2 x 2 pixels. Results are doubled and centred:
   2 (Y - 128), 2 Cb, 2 Cr without JFIF's 128. The doubling is one more bit of accuracy for the FDCT. */
#include "simd.h"

enum { LUMA_SHIFT = 13, CHROMA_SHIFT = 16 };
/* Y by 2^14; Cb and Cr by 2^15, since they are sums of four pixels. */
enum { Y_RED = 4899, Y_GREEN = 9617, Y_BLUE = 1868 };
enum { CB_RED = -5529, CB_GREEN = -10855, CB_BLUE = 16384 };
enum { CR_RED = 16384, CR_GREEN = -13720, CR_BLUE = -2664 };

#define PAIRS(first, second) {first, second, first, second, first, second, first, second}
#define FOUR(value) {value, value, value, value}

/* Even bytes of a pixel hold blue and red (or red and blue), odd ones green and alpha: a mask, a shift and two dot
   products give four pixels without a shuffle. */
typedef struct { i16x8 even, odd; } Weights;

INLINE Weights weights(int red, int green, int blue) {
  const i16x8 rgb = PAIRS(red, blue), bgr = PAIRS(blue, red), odd = PAIRS(green, 0);
  return (Weights){picture.blue_first ? bgr : rgb, odd};
}

INLINE i32x4 weighted(u16x8 even, u16x8 odd, Weights by) {
  return DOT_PAIRS((i16x8)even, by.even) + DOT_PAIRS((i16x8)odd, by.odd);
}

/* Sums of 2 x 2 pixels: two vectors of an upper row and the two below become one of four sums. */
INLINE u16x8 squares(const u16x8 *upper, const u16x8 *lower) {
  i32x4 left = (i32x4)(upper[0] + lower[0]), right = (i32x4)(upper[1] + lower[1]);
  return (u16x8)SHUFFLE(left, right, 0, 2, 4, 6) + (u16x8)SHUFFLE(left, right, 1, 3, 5, 7);
}

void convert_two_rows(const u8 *upper, const u8 *lower, i16 *y_upper, i16 *y_lower, i16 *cb, i16 *cr) {
  const Weights y = weights(Y_RED, Y_GREEN, Y_BLUE);
  const Weights u = weights(CB_RED, CB_GREEN, CB_BLUE), v = weights(CR_RED, CR_GREEN, CR_BLUE);
  const i32x4 y_offset = FOUR((1 << (LUMA_SHIFT - 1)) - (256 << LUMA_SHIFT));
  const i32x4 chroma_offset = FOUR(1 << (CHROMA_SHIFT - 1));

  for (int x = 0; x < picture.padded_width; x += 16) {
    u16x8 even[2][4], odd[2][4];
    for (int row = 0; row < 2; row++) {
      const u16x8 *pixels = (const u16x8 *)((row ? lower : upper) + 4 * x);
      i16x8 *out = (i16x8 *)((row ? y_lower : y_upper) + x);
      i32x4 sums[4];
      for (int i = 0; i < 4; i++) {
        even[row][i] = pixels[i] & 255;
        odd[row][i] = pixels[i] >> 8;
        sums[i] = (weighted(even[row][i], odd[row][i], y) + y_offset) >> LUMA_SHIFT;
      }
      out[0] = NARROW(sums[0], sums[1]);
      out[1] = NARROW(sums[2], sums[3]);
    }
    if (picture.grey) continue;

    i32x4 u_sums[2], v_sums[2];
    for (int half = 0; half < 2; half++) {
      u16x8 e = squares(&even[0][2 * half], &even[1][2 * half]), o = squares(&odd[0][2 * half], &odd[1][2 * half]);
      u_sums[half] = (weighted(e, o, u) + chroma_offset) >> CHROMA_SHIFT;
      v_sums[half] = (weighted(e, o, v) + chroma_offset) >> CHROMA_SHIFT;
    }
    *(i16x8 *)(cb + x / 2) = NARROW(u_sums[0], u_sums[1]);
    *(i16x8 *)(cr + x / 2) = NARROW(v_sums[0], v_sums[1]);
  }
}
