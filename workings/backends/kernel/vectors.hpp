// Vectors: LANES numbers that the machine adds, multiplies or compares in one instruction.
//
// The vector extensions of GCC and clang let them be written like single numbers: a * b + c.  A comparison gives
// a mask, and  mask ? a : b  picks lane by lane.
#pragma once

#if defined(__AVX512F__)
constexpr int LANES = 16, REGISTERS = 32;
#elif defined(__AVX2__)
constexpr int LANES = 8, REGISTERS = 16;
#elif defined(__aarch64__)
constexpr int LANES = 4, REGISTERS = 32;
#else
constexpr int LANES = 4, REGISTERS = 16;
#endif

// aligned(4): a vector may begin at any float.
typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t ints __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")  // write every turn of a short loop out, so that arrays live in registers

INLINE vec load(const float* p) { return *(const vec*)p; }
INLINE void store(float* p, vec x) { *(vec*)p = x; }
INLINE vec all(float x) { return x - vec{}; }
INLINE ints as_ints(vec x) { return (ints)x; }
INLINE vec as_floats(ints x) { return (vec)x; }

// Written so that a NaN in x stays a NaN: a comparison with it is false.
INLINE vec at_least(float low, vec x) { return x < low ? all(low) : x; }
INLINE vec at_most(float high, vec x) { return x > high ? all(high) : x; }
INLINE vec absolute(vec x) { return x < 0.f ? -x : x; }

INLINE vec square_root(vec x) {
  vec y;
  for (int i = 0; i < LANES; i++) y[i] = __builtin_sqrtf(x[i]);  // becomes one instruction
  return y;
}

// The numbers of the lanes: 0, 1, 2, …
template <class Vector, int... I>
INLINE Vector counted(std::integer_sequence<int, I...>) {
  return Vector{I...};
}
template <class Vector>
INLINE Vector counted() {
  return counted<Vector>(std::make_integer_sequence<int, LANES>());
}

INLINE float sum(vec x) {
  float total = 0;
  for (int i = 0; i < LANES; i++) total += x[i];
  return total;
}

// LANES numbers of the data.
INLINE vec read(const float* x) { return load(x); }
INLINE vec read(const double* x) {
  vec y;
  for (int i = 0; i < LANES; i++) y[i] = (float)x[i];
  return y;
}
INLINE vec read(const uint8_t* x) {
  typedef uint8_t pixels __attribute__((vector_size(LANES), aligned(1), may_alias));
  typedef uint16_t shorts __attribute__((vector_size(2 * LANES)));
  auto wider = __builtin_convertvector(*(const pixels*)x, shorts);  // a step at a time: GCC would take lane by lane
  return __builtin_convertvector(__builtin_convertvector(wider, ints), vec) * (1.f / 255);
}
// Only n of them, and zeros.
template <class Number>
INLINE vec read(const Number* x, int n) {
  Number whole[LANES] = {};
  for (int i = 0; i < n; i++) whole[i] = x[i];
  return read(whole);
}

// eˣ = 2ⁿ eʳ, where n is the whole number nearest to x / log 2, and |r| ≤ ½ log 2.
// eʳ is 1 + r + r² P(r), with the coefficients of Cephes' expf (Moshier 1992).
INLINE vec exponential(vec x) {
  const float ROUNDER = 12582912.f;  // 1.5 · 2²³: a float this large has no room for a fraction
  x = at_most(88.f, at_least(-87.f, x));  // e⁸⁸ is nearly the largest float, e⁻⁸⁷ the smallest
  vec n = x * 1.44269504f + ROUNDER;  // 1 / log 2
  ints bits = as_ints(n);             // n stands in the lowest bits
  n -= ROUNDER;
  vec r = x - n * 0.693359375f + n * 2.12194440e-4f;  // log 2 in two parts, the first one exact
  vec P = ((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) * r +
           1.6666665459e-1f) * r + 5.0000001201e-1f;
  vec power = as_floats((bits << 23) + (127 << 23));  // 2ⁿ: n goes to the exponent, which counts from 127
  return (1.f + r + r * r * P) * power;
}

// log(1 + x) for x ≥ 0: 1 + x = 2ⁿ f with 1 ≤ f < 2, and
// log f = 2 (s + s³/3 + s⁵/5 + …), where s = (f - 1) / (f + 1) ≤ ⅓.
// For n = 0 the x itself is f - 1, so that a small x keeps its digits.
INLINE vec log_one_plus(vec x) {
  ints bits = as_ints(1.f + x);
  ints n = (bits >> 23) - 127;
  vec f = as_floats(bits - (n << 23));
  vec above = n == 0 ? x : f - 1.f;
  vec s = above / (above + 2.f), q = s * s;
  vec series = ((((((1.f / 15 * q + 1.f / 13) * q + 1.f / 11) * q + 1.f / 9) * q + 1.f / 7) * q + 1.f / 5) * q +
                1.f / 3) * q;
  return __builtin_convertvector(n, vec) * 0.69314718f + 2.f * (s + s * series);
}
