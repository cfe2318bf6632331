/* Forward DCT (T.81, A.3.3) by Arai, Agui and Nakajima in 16 bits, eight columns at once. Samples come in doubled,
   so the results carry 16 times AAN's factors of row and column, which the quantisation divides out; at most 26,000.

   Turning costs nothing: blocks are stored where they lie in the upright picture; a mirrored one is loaded in
   another order, a transposed one is spared its second transposition. */
#include "simd.h"

/* cos(pi/4), cos(3 pi/8), cos(pi/8) - cos(3 pi/8), cos(pi/8) + cos(3 pi/8) - 1, by 2^15 */
enum { C4 = 23170, C6 = 12540, C2_MINUS_C6 = 17734, C2_PLUS_C6_MINUS_1 = 10045 };

#define EIGHT(value) {value, value, value, value, value, value, value, value}

INLINE void transform_columns(i16x8 *d) {
  const i16x8 c4 = EIGHT(C4), c6 = EIGHT(C6), c2_minus_c6 = EIGHT(C2_MINUS_C6), rest = EIGHT(C2_PLUS_C6_MINUS_1);
  i16x8 sum07 = d[0] + d[7], sum16 = d[1] + d[6], sum25 = d[2] + d[5], sum34 = d[3] + d[4];
  i16x8 difference07 = d[0] - d[7], difference16 = d[1] - d[6], difference25 = d[2] - d[5], difference34 = d[3] - d[4];

  i16x8 outer = sum07 + sum34, outer_difference = sum07 - sum34;
  i16x8 inner = sum16 + sum25, inner_difference = sum16 - sum25;
  d[0] = outer + inner;
  d[4] = outer - inner;
  i16x8 z1 = MULTIPLY_Q15(inner_difference + outer_difference, c4);
  d[2] = outer_difference + z1;
  d[6] = outer_difference - z1;

  i16x8 a = difference34 + difference25, b = difference25 + difference16, c = difference16 + difference07;
  i16x8 z5 = MULTIPLY_Q15(a - c, c6);
  i16x8 z2 = MULTIPLY_Q15(a, c2_minus_c6) + z5;
  i16x8 z4 = c + MULTIPLY_Q15(c, rest) + z5;
  i16x8 z3 = MULTIPLY_Q15(b, c4);
  i16x8 z11 = difference07 + z3, z13 = difference07 - z3;
  d[5] = z13 + z2;
  d[3] = z13 - z2;
  d[1] = z11 + z4;
  d[7] = z11 - z4;
}

/* One of three equal steps that transpose 8 x 8. */
INLINE void interleave(const i16x8 *from, i16x8 *to) {
  for (int i = 0; i < 4; i++) {
    to[2 * i] = SHUFFLE(from[i], from[i + 4], 0, 8, 1, 9, 2, 10, 3, 11);
    to[2 * i + 1] = SHUFFLE(from[i], from[i + 4], 4, 12, 5, 13, 6, 14, 7, 15);
  }
}

INLINE void transpose(i16x8 *d) {
  i16x8 once[8], twice[8];
  interleave(d, once);
  interleave(once, twice);
  interleave(twice, d);
}

INLINE void mirror(i16x8 *d) {
  for (int i = 0; i < 4; i++) {
    i16x8 first = d[i];
    d[i] = d[7 - i];
    d[7 - i] = first;
  }
}

__attribute__((noinline)) void transform_blocks(const Component *to, const i16 *samples, int stride, int count,
                                                int block_row) {
  int rows = picture.transposed ? to->stored_wide : to->stored_high;
  int y = picture.flip_y ? rows - 1 - block_row : block_row;
  for (int column = 0; column < count; column++) {
    i16x8 d[8];
    int x = picture.flip_x ? count - 1 - column : column;
    int index = picture.transposed ? x * to->stored_wide + y : y * to->stored_wide + x;
    i16x8 *out = (i16x8 *)(to->coefficients + BLOCK * index);

    for (int i = 0; i < 8; i++) {
      d[picture.flip_y ? 7 - i : i] = *(const i16x8 *)(samples + i * stride + 8 * column);
    }
    transform_columns(d);
    transpose(d);
    if (picture.flip_x) mirror(d);
    transform_columns(d);
    if (!picture.transposed) transpose(d);
    for (int i = 0; i < 8; i++) out[i] = d[i];
  }
}
