/* The heavy part of the JPEG encoder, for wasm32 with SIMD128. ../encoder.js drives it and ../plain/ is its twin in
   JavaScript: the same integers, the same bytes. "T.81" is the JPEG standard, ITU-T Recommendation T.81.

   A picture passes through in this order:
     begin()      picture.c   lays the memory out
     transform()  stripe.c    rows of pixels -> colour.c -> fdct.c -> coefficients, kept for the whole picture
     tokenise()   tokens.c    coefficients -> block.h -> quantised, Huffman symbols; as often as wanted
     write_scan() bits.c      symbols -> entropy-coded segment
   Quantisation tables and Huffman codes are made in JavaScript, and so are all marker segments. */
#pragma once
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int16_t i16;
typedef int32_t i32;

#define EXPORT(name) __attribute__((export_name(#name)))
#define INLINE static inline __attribute__((always_inline))

enum { LUMA, CHROMA };
enum { MOST_SCANS = 5, HUFFMAN_TABLES = 6, BLOCK = 64 };
/* Tables 0 and 1 are for DC, luma and chroma. Those for AC depend on the mode: */
enum { DC_TABLE = 0, AC_TABLE = 2 };                                   /* sequential: 2 luma, 3 chroma */
enum { Y_LOW_TABLE = 2, Y_HIGH_TABLE = 3, CB_TABLE = 4, CR_TABLE = 5 }; /* progressive: one a scan */

typedef struct {
  int stored_wide, stored_high; /* blocks kept: whole MCUs */
  int wide, high;               /* blocks that hold pixels of the picture */
  i16 *coefficients;            /* upright, block by block, natural order; times 16 and AAN's factors */
} Component;

typedef struct {
  int width, height;                /* pixels as the source delivers them */
  int flip_x, flip_y, transposed;   /* what makes them upright: mirrored first, transposed then */
  int blue_first, grey, progressive;
  int mcu;                          /* pixels along an MCU's side */
  int padded_width, padded_height;  /* of the source; luma rows are padded to 16 also where it is grey */
  int pad_left, pad_top;            /* padding lies where it ends up at the right and at the bottom */
  int mcus_wide, mcus_high;         /* upright */
  int components;
  Component component[3];
} Picture;

/* Symbol of a Huffman table with the bits that follow it:
   4 bits: how many follow · 4 bits: table · 8 bits: symbol · 16 bits: those that follow */
typedef u32 Token;
typedef struct { const Token *from, *to; } Stream;

extern Picture picture;
extern Stream scan_tokens[MOST_SCANS];   /* what tokenise() made, by scan */
extern u32 codes[HUFFMAN_TABLES * 256];  /* length << 16 | code, by table and symbol */
extern u16 reciprocals[2][BLOCK];        /* 2^shift / (step * 16 * AAN's factors), natural order */
extern u32 shifts[2];

extern i16 *luma_rows, *chroma_rows[2];  /* one row of MCUs, times two and centred */
extern u8 *padded_rows;                  /* two rows of pixels, widened to whole blocks */
extern Token *tokens, *tokens_of_y_high; /* two arrays that fill at the same time */
extern u32 token_room;                   /* of each */
extern u8 *output;
extern u32 output_room;

/* colour.c: two rows of 4-byte pixels to two of luma and one of Cb and Cr. */
void convert_two_rows(const u8 *upper, const u8 *lower, i16 *y_upper, i16 *y_lower, i16 *cb, i16 *cr);
/* fdct.c: one row of `count` blocks of the source, put where they lie in the upright picture. */
void transform_blocks(const Component *to, const i16 *samples, int stride, int count, int block_row);
/* tokens.c */
void fill_zigzag_bits(void);
