// Layout: where the numbers stand, so that every loop runs through memory in one direction.
//
// A wire (A, dZ, …) of n features and m examples is cut into blocks of LANES features.  In a block, one vector
// follows the other, example after example:
//
//     block 0:  [features 0…15 of example 0] [features 0…15 of example 1] …      (here with 16 lanes)
//     block 1:  [features 16…31 of example 0] …
//
// Weights are cut into panels of two blocks of outputs (the last panel may have one).  In a panel, input after input:
//
//     panel 0:  [weights from input 0 to outputs 0…31] [weights from input 1 to outputs 0…31] …
//
// Both are filled up with zeros to whole blocks.  Those zeros stay zeros: the weights because an A or dZ of 0
// stands behind each of them, A and dZ because they are set so.
#pragma once

constexpr int PANEL = 2;  // blocks

INLINE int blocks(int n) { return (n + LANES - 1) / LANES; }
INLINE int panels(int n) { return (blocks(n) + PANEL - 1) / PANEL; }
INLINE int padded(int n) { return blocks(n) * LANES; }

INLINE float* block(float* wire, int m, int q) { return wire + (long)q * m * LANES; }
INLINE const float* block(const float* wire, int m, int q) { return wire + (long)q * m * LANES; }

struct Panel {
  int vectors;  // from one input: 1 or 2
  float* W;

  float* row(int k, int j = 0) const { return W + ((long)k * vectors + j) * LANES; }
};

// Panel p of weights from n_in inputs to n_out outputs.
INLINE Panel panel(float* W, int n_in, int n_out, int p) {
  int left = blocks(n_out) - p * PANEL;
  return {left < PANEL ? left : PANEL, W + (long)p * PANEL * LANES * padded(n_in)};
}

INLINE float& cell(float* W, int n_in, int n_out, int output, int input) {
  Panel part = panel(W, n_in, n_out, output / (PANEL * LANES));
  return part.row(input)[output % (PANEL * LANES)];
}

// From the library's W (n_out, n_in) into panels, and back.  In squares, so that neither side jumps far.
template <class Each>
INLINE void for_each_weight(int n_in, int n_out, Each each) {
  for (int i0 = 0; i0 < n_out; i0 += LANES)
    for (int k0 = 0; k0 < n_in; k0 += LANES)
      for (int i = i0; i < n_out && i < i0 + LANES; i++)
        for (int k = k0; k < n_in && k < k0 + LANES; k++) each(i, k);
}
static void pack(const float* from, float* W, int n_in, int n_out) {
  for_each_weight(n_in, n_out, [=](int i, int k) { cell(W, n_in, n_out, i, k) = from[(long)i * n_in + k]; });
}
static void unpack(float* W, float* to, int n_in, int n_out) {
  for_each_weight(n_in, n_out, [=](int i, int k) { to[(long)i * n_in + k] = cell(W, n_in, n_out, i, k); });
}

// A square of LANES vectors, turned: one stage exchanges the squares of half the size beside the diagonal.
template <int STEP, bool SECOND, int... I>
INLINE vec half(vec a, vec b, std::integer_sequence<int, I...>) {
  // lane i of the first vector: a's own, or the one of b that is STEP to the left; of the second: the other two
#if defined(__clang__)
  return __builtin_shufflevector(
      a, b, (SECOND ? (I & STEP ? LANES + I : I + STEP) : (I & STEP ? LANES + I - STEP : I))...);
#else
  return __builtin_shuffle(
      a, b, ints{(SECOND ? (I & STEP ? LANES + I : I + STEP) : (I & STEP ? LANES + I - STEP : I))...});
#endif
}
template <int STEP = LANES / 2>
INLINE void turn(vec* square) {
  constexpr auto lanes = std::make_integer_sequence<int, LANES>();
  UNROLL for (int i = 0; i < LANES; i++)
    if (!(i & STEP)) {
      vec a = square[i], b = square[i + STEP];
      square[i] = half<STEP, false>(a, b, lanes);
      square[i + STEP] = half<STEP, true>(a, b, lanes);
    }
  if constexpr (STEP > 1) turn<STEP / 2>(square);
}

// Panel p of Wᵀ, weights "from the n_out outputs to the n_in inputs", out of the panels of W.
static Panel transposed(float* W, int n_in, int n_out, int p, float* space) {
  Panel T = panel(space, n_out, n_in, 0);
  T.vectors = panel(W, n_out, n_in, p).vectors;
  for (int out = 0; out < blocks(n_out); out++) {
    Panel from = panel(W, n_in, n_out, out / PANEL);
    for (int j = 0; j < T.vectors; j++) {
      vec square[LANES];
      int input = (p * PANEL + j) * LANES;
      UNROLL for (int i = 0; i < LANES; i++) square[i] = load(from.row(input + i, out % PANEL));
      turn(square);
      UNROLL for (int i = 0; i < LANES; i++) store(T.row(out * LANES + i, j), square[i]);
    }
  }
  return T;
}
