// Losses: L of every example, and dA of the last layer, in the forms that nothing overflows in.
//
//     squared error            L = c Σ (A - Y)²                            dA = 2c (A - Y)
//     sigmoid cross-entropy    L = Σ max(Z, 0) - Y Z + log(1 + e^-|Z|)     dZ = σ(Z) - Y
//     softmax cross-entropy    L = log Σ eˢ - Σ Y S,  S = Z - max Z        dZ = eˢ / Σ eˢ - Y
//
// The sums run over the outputs of one example.  So here, and only here, a lane is an example: LANES examples at a
// time are turned, and what was a row of each becomes a column, as on the board.
//
// All gradients are divided by m here, where they are few.  (The library divides dW and db instead: the m rule.)
// That is the share of an example in J, 1/m; with weights it is w / Σ w.
#pragma once

// LANES examples: for each of n outputs a vector of what the network says, and one of what it should say.
struct Columns {
  float *said, *wanted;
  int n;

  vec Z(int i) const { return load(said + (long)i * LANES); }
  vec Y(int i) const { return load(wanted + (long)i * LANES); }
  void set(int i, vec x) const { store(said + (long)i * LANES, x); }
};

INLINE vec squared_error(Columns A, float c, vec share) {
  vec L = all(0);
  for (int i = 0; i < A.n; i++) {
    vec error = A.Z(i) - A.Y(i);
    L += c * error * error;
    A.set(i, 2 * c * share * error);
  }
  return L;
}

INLINE vec sigmoid_cross_entropy(Columns at, vec share) {
  vec L = all(0);
  for (int i = 0; i < at.n; i++) {
    vec Z = at.Z(i), Y = at.Y(i), E = exponential(-absolute(Z));
    vec A = (Z < 0.f ? E : all(1)) / (1.f + E);
    L += at_least(0, Z) - Y * Z + log_one_plus(E);
    at.set(i, (A - Y) * share);
  }
  return L;
}

struct Largest {
  vec value, index;
};
// Of equal outputs the first.
INLINE Largest largest(const float* column, int n) {
  Largest top{load(column), all(0)};
  for (int i = 1; i < n; i++) {
    vec next = load(column + (long)i * LANES);
    auto larger = next > top.value;
    top = {larger ? next : top.value, larger ? all((float)i) : top.index};
  }
  return top;
}

// The largest eˢ is e⁰ = 1; the others are added apart from it, so that a loss near 0 keeps its digits.
INLINE vec softmax_cross_entropy(Columns at, Largest top, vec share) {
  vec others = all(0), right = all(0);
  for (int i = 0; i < at.n; i++) {
    vec S = at.Z(i) - top.value, E = exponential(S);
    others += top.index == (float)i ? all(0) : E;
    right += at.Y(i) * S;
    at.set(i, E);
  }
  vec part = share / (1.f + others);
  for (int i = 0; i < at.n; i++) at.set(i, at.Z(i) * part - at.Y(i) * share);
  return log_one_plus(others) - right;
}

// 1 for each example whose answers are all on the right side, else 0.
INLINE vec on_the_right_side(Columns A, float threshold) {
  vec right = all(1);
  for (int i = 0; i < A.n; i++)
    right = (A.Z(i) > threshold) == (A.Y(i) > .5f) ? right : all(0);
  return right;
}

INLINE vec squares(Columns A) {
  vec total = all(0);
  for (int i = 0; i < A.n; i++) total += (A.Z(i) - A.Y(i)) * (A.Z(i) - A.Y(i));
  return total;
}

// What is wanted of LANES examples of the batch, from `first` on, into a column for every output.
static void gather_wanted(const Task& task, const int32_t* batch, int m, int n, int first, float* columns) {
  const int count = m - first < LANES ? m - first : LANES;
  if (task.labels) {
    for (int i = 0; i < n; i++) store(columns + (long)i * LANES, all(0));
    for (int r = 0; r < count; r++) columns[(long)task.labels[batch[first + r]] * LANES + r] = 1;
  } else {
    for (int r = 0; r < count; r++) {
      const float* Y = task.Y + (long)batch[first + r] * n;
      for (int i = 0; i < n; i++) columns[(long)i * LANES + r] = Y[i];
    }
  }
}

// How much a batch counts in all: Σ w, or m.
static float total_weight(const Task& task, const int32_t* batch, int m) {
  if (!task.weights) return m;
  double total = 0;
  for (int r = 0; r < m; r++) total += task.weights[batch[r]];
  return (float)total;
}

// w of LANES examples of the batch, from `first` on; past the last one 0.
static vec gather_weights(const Task& task, const int32_t* batch, int m, int first) {
  if (!task.weights) return counted<vec>() < (float)(m - first) ? all(1) : all(0);
  vec w = all(0);
  for (int r = 0; r < LANES && first + r < m; r++) w[r] = task.weights[batch[first + r]];
  return w;
}

// LANES examples of a wire into columns, one for every output; past the last example there is 0.
static void to_columns(const float* wire, int m, int n, int first, float* columns) {
  for (int q = 0; q < blocks(n); q++) {
    const float* row = block(wire, m, q) + (long)first * LANES;
    vec square[LANES];
    UNROLL for (int r = 0; r < LANES; r++) square[r] = first + r < m ? load(row + r * LANES) : all(0);
    turn(square);
    UNROLL for (int i = 0; i < LANES; i++) store(columns + (long)(q * LANES + i) * LANES, square[i]);
  }
}

// And back, from dA in columns to dZ = dA · g′(Z).  (Cross-entropy reads Z, as its own activation: there g′ is 1.)
static void from_columns(const float* columns, int m, int n, int first, const float* slope, float* dZ) {
  for (int q = 0; q < blocks(n); q++) {
    const float* g = block(slope, m, q) + (long)first * LANES;
    float* row = block(dZ, m, q) + (long)first * LANES;
    vec square[LANES];
    UNROLL for (int i = 0; i < LANES; i++) square[i] = load(columns + (long)(q * LANES + i) * LANES);
    turn(square);
    UNROLL for (int r = 0; r < LANES; r++)
      if (first + r < m) store(row + r * LANES, square[r] * load(g + r * LANES));
  }
}

// Loss, metric and dZ of LANES examples, from `first` on, of m out of a batch that counts `total`; the loss is their
// part in J.
static Score assess(const Task& task, const int32_t* batch, const Layer& last, int m, float total, int first,
                    float* columns) {
  const int n = last.n_out;
  Columns at{columns, columns + (long)padded(n) * LANES, n};
  gather_wanted(task, batch, m, n, first, at.wanted);
  to_columns(last.A, m, n, first, at.said);

  Largest top{};
  if (task.loss == SOFTMAX_CROSS_ENTROPY || task.metric == ARGMAX_RIGHT) top = largest(at.said, n);
  vec L = all(0), metric = all(0);
  switch (task.metric) {
    case NO_METRIC: break;
    case ARGMAX_RIGHT: metric = top.index == largest(at.wanted, n).index ? all(1) : all(0); break;
    case SIDES_RIGHT: metric = on_the_right_side(at, task.threshold); break;
    case SQUARED_DISTANCE: metric = squares(at); break;
  }
  const vec w = gather_weights(task, batch, m, first);
  const vec share = total > 0 ? w * (1 / total) : all(0);
  switch (task.loss) {
    case SQUARED_ERROR: L = squared_error(at, task.factor, share); break;
    case SIGMOID_CROSS_ENTROPY: L = sigmoid_cross_entropy(at, share); break;
    case SOFTMAX_CROSS_ENTROPY: L = softmax_cross_entropy(at, top, share); break;
  }
  from_columns(at.said, m, n, first, last.slope, last.dZ);

  auto there = w > 0.f;
  return {sum(there ? L * share : all(0)), sum(there ? metric * w : all(0))};
}
