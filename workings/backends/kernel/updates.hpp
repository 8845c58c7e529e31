// Updates: the gradients of one layer, used up where they arise.
//
//     dW = dZᵀ A        db = Σ dZ        (dZ is divided by m already)
//
// A tile of dW, some inputs by one panel of outputs, gathers in the registers over all examples; then the penalties
// and the optimizer turn it into a step, and it is never written to memory.
#pragma once

// How many inputs a tile has, so that it fits into the registers: a divisor of LANES.
constexpr int at_most_lanes(int inputs) { return inputs < LANES ? inputs : LANES; }
constexpr int INPUTS[PANEL + 1] = {0, at_most_lanes(REGISTERS / 2), at_most_lanes(REGISTERS / 4)};

// What a layer's weights are and remember: W (or b), V or M, S.
using Parameters = float* const[1 + MEMORIES];

// The tile of the inputs from `A` on; adds up the squares and sizes of its weights, if penalties want them.
template <class Optimizer, int VECTORS>
static void update_tile(const Step& s, const float* A, const float* dZ, int m, Parameters& W, long at, vec& cost) {
  constexpr int ROWS = INPUTS[VECTORS];
  vec dW[ROWS][VECTORS];
  UNROLL for (int k = 0; k < ROWS; k++)
    UNROLL for (int j = 0; j < VECTORS; j++) dW[k][j] = all(0);

  for (int r = 0; r < m; r++) {
    vec d[VECTORS];
    UNROLL for (int j = 0; j < VECTORS; j++) d[j] = load(dZ + ((long)j * m + r) * LANES);
    UNROLL for (int k = 0; k < ROWS; k++)
      UNROLL for (int j = 0; j < VECTORS; j++) dW[k][j] += A[r * LANES + k] * d[j];
  }

  const bool penalized = s.l1 != 0 || s.l2 != 0;
  UNROLL for (int k = 0; k < ROWS; k++)
    UNROLL for (int j = 0; j < VECTORS; j++, at += LANES) {
      vec w = load(W[0] + at);
      if (penalized) {
        cost += s.l2 / 2 * w * w + s.l1 * absolute(w);
        dW[k][j] += s.l2 * w + (w > 0.f ? all(s.l1) : w < 0.f ? all(-s.l1) : all(0));
      }
      mend<Optimizer>(s, W, at, w, dW[k][j]);
    }
}

// Panel p of a layer from n_in to n_out, and its biases.  → what the penalties cost before the step
template <class Optimizer>
static float update(const Step& s, const float* A, const float* dZ, int m, int n_in, int n_out, int p, Parameters& W,
                    Parameters& b) {
  vec cost = all(0);
  const Panel part = panel(W[0], n_in, n_out, p);
  const int inputs = INPUTS[part.vectors];
  const float* d = block(dZ, m, p * PANEL);
  for (int k = 0; k < padded(n_in); k += inputs) {
    const float* a = block(A, m, k / LANES) + k % LANES;
    long at = part.row(k) - W[0];
    if (part.vectors == 1) update_tile<Optimizer, 1>(s, a, d, m, W, at, cost);
    else update_tile<Optimizer, 2>(s, a, d, m, W, at, cost);
  }
  for (int j = 0; j < part.vectors; j++) {
    vec db = all(0);
    for (int r = 0; r < m; r++) db += load(block(d, m, j) + r * LANES);
    long at = (p * PANEL + j) * LANES;
    mend<Optimizer>(s, b, at, load(b[0] + at), db);
  }
  return sum(cost);
}
