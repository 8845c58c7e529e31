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

// One vector of weights and its dW; adds up their squares and sizes, if penalties want them.
template <class Optimizer>
INLINE void learn(const Step& s, Parameters& W, long at, vec dW, vec& cost) {
  vec w = load(W[0] + at);
  if (s.penalized()) {
    cost += s.l2 / 2 * w * w + s.l1 * absolute(w);
    dW += s.l2 * w + (w > 0.f ? all(s.l1) : w < 0.f ? all(-s.l1) : all(0));
  }
  mend<Optimizer>(s, W, at, w, dW);
}

// The tile of the inputs from `A` on.
template <class Optimizer, int VECTORS>
static void update_tile(const Step& s, const float* A, const float* dZ, int m, Parameters& W, long at, vec& cost) {
  constexpr int ROWS = INPUTS[VECTORS];
  for (int i = 0; i < ROWS * VECTORS; i++) __builtin_prefetch(W[0] + at + i * LANES, 1);  // far away in a wide layer
  vec dW[ROWS][VECTORS];
  UNROLL for (int k = 0; k < ROWS; k++)
    UNROLL for (int j = 0; j < VECTORS; j++) dW[k][j] = all(0);

  for (int r = 0; r < m; r++) {
    vec d[VECTORS];
    UNROLL for (int j = 0; j < VECTORS; j++) d[j] = load(dZ + ((long)j * m + r) * LANES);
    UNROLL for (int k = 0; k < ROWS; k++)
      UNROLL for (int j = 0; j < VECTORS; j++) dW[k][j] += A[r * LANES + k] * d[j];
  }

  UNROLL for (int k = 0; k < ROWS; k++)
    UNROLL for (int j = 0; j < VECTORS; j++, at += LANES) learn<Optimizer>(s, W, at, dW[k][j], cost);
}

// The weights of one panel, behind the n_in features of A; d are the blocks of dZ that belong to it.
// → what the penalties cost before the step
template <class Optimizer>
static float update(const Step& s, const float* A, const float* d, int m, int n_in, Panel part, Parameters& W,
                    Ahead& ahead) {
  vec cost = all(0);
  const int inputs = INPUTS[part.vectors];
  for (int k = 0; k < padded(n_in); k += inputs, ahead.hint()) {
    const float* a = block(A, m, k / LANES) + k % LANES;
    long at = part.row(k) - W[0];
    if (part.vectors == 1) update_tile<Optimizer, 1>(s, a, d, m, W, at, cost);
    else update_tile<Optimizer, 2>(s, a, d, m, W, at, cost);
  }
  return sum(cost);
}

// The same from the examples' lists, while there are few panels.  What gradient descent does to a weight whose input
// was 0 is nothing, and it is not touched; other optimizers and penalties change every weight: for them dW is
// collected in `space`.
template <class Optimizer>
static float update(const Step& s, const Lists& lists, const float* d, int m, int n_in, Panel part, Parameters& W,
                    float* space, Ahead& ahead) {
  if (Optimizer::only_adds && !s.penalized()) {
    add(lists, m, -s.alpha, d, part, ahead);
    return 0;
  }
  const long size = (long)n_in * part.vectors * LANES;
  for (long i = 0; i < size; i += LANES) store(space + i, all(0));
  add(lists, m, 1, d, {part.vectors, space}, ahead);
  vec cost = all(0);
  for (long i = 0; i < size; i += LANES) learn<Optimizer>(s, W, part.W - W[0] + i, load(space + i), cost);
  return sum(cost);
}

// The same from the inputs' own lists: dW of one input after the other.
template <class Optimizer, int VECTORS>
static float sparse_update(const Step& s, const ByInput& inputs, const float* dZ, int m, int n_in, Panel part,
                           Parameters& W, Ahead& ahead) {
  const bool moves_all = !Optimizer::only_adds || s.penalized();  // even weights whose input was 0 throughout
  vec cost = all(0);
  long at = part.W - W[0];
  for (int k = 0; k < n_in; k++, at += VECTORS * LANES, ahead.hint()) {
    if (inputs.first[k] == inputs.first[k + 1] && !moves_all) continue;
    vec dW[CHAINS][VECTORS];
    UNROLL for (int c = 0; c < CHAINS; c++)
      UNROLL for (int j = 0; j < VECTORS; j++) dW[c][j] = all(0);
    for (int i = inputs.first[k]; i < inputs.first[k + 1]; i += CHAINS)
      UNROLL for (int c = 0; c < CHAINS; c++) {
        const float* d = dZ + (long)inputs.example[i + c] * LANES;
        const vec x = all(inputs.x[i + c]);
        UNROLL for (int j = 0; j < VECTORS; j++) dW[c][j] += x * load(d + (long)j * m * LANES);
      }
    UNROLL for (int j = 0; j < VECTORS; j++)
      learn<Optimizer>(s, W, at + j * LANES, (dW[0][j] + dW[1][j]) + (dW[2][j] + dW[3][j]), cost);
  }
  return sum(cost);
}
template <class Optimizer>
static float update(const Step& s, const ByInput& inputs, const float* d, int m, int n_in, Panel part, Parameters& W,
                    Ahead& ahead) {
  return part.vectors == 1 ? sparse_update<Optimizer, 1>(s, inputs, d, m, n_in, part, W, ahead)
                           : sparse_update<Optimizer, 2>(s, inputs, d, m, n_in, part, W, ahead);
}

// The biases of a panel, whose first output is number `at`.
template <class Optimizer>
static void update_biases(const Step& s, const float* d, int m, Panel part, Parameters& b, long at) {
  for (int j = 0; j < part.vectors; j++, at += LANES) {
    vec db = all(0);
    for (int r = 0; r < m; r++) db += load(block(d, m, j) + r * LANES);
    mend<Optimizer>(s, b, at, load(b[0] + at), db);
  }
}
