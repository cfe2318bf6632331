/* Eight lanes of 16 bits or four of 32, with the few instructions that C has no operator for. */
#pragma once
#include "kernel.h"

typedef i16 i16x8 __attribute__((vector_size(16), aligned(4)));
typedef u16 u16x8 __attribute__((vector_size(16), aligned(4)));
typedef i32 i32x4 __attribute__((vector_size(16), aligned(4)));
typedef u32 u32x4 __attribute__((vector_size(16), aligned(4)));

/* a * b / 2^15, rounded */
#define MULTIPLY_Q15(a, b) __builtin_wasm_q15mulr_sat_s_i16x8(a, b)
/* products of neighbours, added in pairs */
#define DOT_PAIRS(a, b) __builtin_wasm_dot_s_i32x4_i16x8(a, b)
#define NARROW(low, high) __builtin_wasm_narrow_s_i16x8_i32x4(low, high)
#define ABSOLUTE(a) ((u16x8)__builtin_wasm_abs_i16x8(a))
/* one bit a lane */
#define LANES_SET(a) __builtin_wasm_bitmask_i16x8(a)
#define SHUFFLE __builtin_shufflevector
/* Written like this clang makes one instruction of widening and multiplying. */
#define LOW_HALF(a) __builtin_convertvector(SHUFFLE(a, a, 0, 1, 2, 3), u32x4)
#define HIGH_HALF(a) __builtin_convertvector(SHUFFLE(a, a, 4, 5, 6, 7), u32x4)
