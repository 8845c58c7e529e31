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
// The same in memory: LANES vectors, `apart` floats from one to the next.
INLINE void turn(const float* from, long from_apart, float* to, long to_apart) {
  vec square[LANES];
  UNROLL for (int i = 0; i < LANES; i++) square[i] = load(from + i * from_apart);
  turn(square);
  UNROLL for (int i = 0; i < LANES; i++) store(to + i * to_apart, square[i]);
}

// From the library's W (n_out, n_in) into panels, and back, in squares of LANES by LANES.
// `inside(W, panels)` moves a whole square, `edge(w, in panels)` one weight, where a square would reach too far.
template <class Inside, class Edge>
INLINE void each_square(float* W, float* packed, int n_in, int n_out, Inside inside, Edge edge) {
  for (int out = 0; out < n_out; out += LANES)
    for (int in = 0; in < n_in; in += LANES) {
      Panel part = panel(packed, n_in, n_out, out / LANES / PANEL);
      float* from = W + (long)out * n_in + in;
      float* to = part.row(in, out / LANES % PANEL);
      if (out + LANES <= n_out && in + LANES <= n_in) {
        inside(from, to, part.vectors * LANES);
        continue;
      }
      for (int i = 0; i < LANES && out + i < n_out; i++)
        for (int k = 0; k < LANES && in + k < n_in; k++)
          edge(from[(long)i * n_in + k], to[(long)k * part.vectors * LANES + i]);
    }
}

static void pack(float* W, float* packed, int n_in, int n_out) {
  each_square(W, packed, n_in, n_out,
      [=](float* from, float* to, int apart) { turn(from, n_in, to, apart); },
      [](float& w, float& in_panel) { in_panel = w; });
}
static void unpack(float* W, float* packed, int n_in, int n_out) {
  each_square(W, packed, n_in, n_out,
      [=](float* from, float* to, int apart) { turn(to, apart, from, n_in); },
      [](float& w, float& in_panel) { w = in_panel; });
}

// Panel p of Wᵀ, weights "from the n_out outputs to the n_in inputs", out of the panels of W.  Each square asks for the
// one to be read a panel later, which is far away.
static Panel transposed(float* W, int n_in, int n_out, int p, float* space) {
  Panel T = panel(space, n_out, n_in, 0);
  T.vectors = panel(W, n_out, n_in, p).vectors;
  for (int out = 0; out < blocks(n_out); out++) {
    Panel from = panel(W, n_in, n_out, out / PANEL);
    for (int j = 0; j < T.vectors; j++) {
      const float* square = from.row((p * PANEL + j) * LANES, out % PANEL);
      if (out + PANEL < blocks(n_out))
        for (int i = 0; i < LANES; i++)
          __builtin_prefetch(square + (long)PANEL * LANES * padded(n_in) + i * from.vectors * LANES);
      turn(square, from.vectors * LANES, T.row(out * LANES, j), T.vectors * LANES);
    }
  }
  return T;
}
