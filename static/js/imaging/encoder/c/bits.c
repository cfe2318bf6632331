/* Entropy-coded segments: codes and the bits that follow them, with a 0 after each FF byte (T.81, F.1.2.3). */
#include "kernel.h"

typedef u32 __attribute__((aligned(1))) AnywhereU32;

static u8 *at;
static u64 waiting; /* its lowest `count` bits are still to be written */
static int count;

INLINE void put_byte(u8 byte) {
  *at++ = byte;
  if (byte == 0xff) *at++ = 0;
}

/* Four bytes at once; only a word that holds an FF byte takes the slow way. */
INLINE void put_word(void) {
  count -= 32;
  u32 word = (u32)(waiting >> count);
  int holds_ff = ((~word - 0x01010101u) & word & 0x80808080u) != 0;
  if (holds_ff) {
    for (int shift = 24; shift >= 0; shift -= 8) put_byte(word >> shift);
  } else {
    *(AnywhereU32 *)at = __builtin_bswap32(word);
    at += 4;
  }
}

/* Fills the last byte with ones. */
static void finish(void) {
  int missing = -count & 7;
  waiting = waiting << missing | ((1u << missing) - 1);
  for (count += missing; count > 0;) {
    count -= 8;
    put_byte(waiting >> count);
  }
}

/* The segment of one scan for the symbols made last; gives its length, or 0 where it outgrows the room. */
EXPORT(write_scan) u32 write_scan(int scan) {
  const Stream stream = scan_tokens[scan];
  const u8 *full = output + output_room - 64;
  at = output;
  waiting = 0;
  count = 0;
  for (const Token *token = stream.from; token < stream.to; token++) {
    u32 code = codes[*token >> 16 & 0xfff], length = code >> 16, following = *token >> 28;
    waiting = waiting << length | (code & 0xffff);
    waiting = waiting << following | (*token & 0xffff);
    count += length + following;
    if (count >= 32) {
      put_word();
      if (at > full) return 0;
    }
  }
  finish();
  return at - output;
}
