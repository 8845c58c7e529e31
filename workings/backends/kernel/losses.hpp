// Losses: L of every example, and dZ of the last layer, in the forms that nothing overflows in.
//
//     squared error            L = c Σ (A - Y)²                            dZ = 2c (A - Y) · g′(Z)
//     sigmoid cross-entropy    L = Σ max(Z, 0) - Y Z + log(1 + e^-|Z|)     dZ = σ(Z) - Y
//     softmax cross-entropy    L = log Σ eˢ - Σ Y S,  S = Z - max Z        dZ = eˢ / Σ eˢ - Y
//
// All dZ are divided by m here, where they are few.  (The library divides dW and db instead: the m rule.)
// Beside the loss stands the metric: how many answers are right, or how far off they are.
#pragma once

constexpr float NOWHERE = 3e38f;  // larger than any index, and, negative, smaller than any Z that counts

// The outputs of one example: a vector in each of the blocks.
struct Outputs {
  float* first;
  int m, n;

  vec at(int q) const { return load(first + (long)q * m * LANES); }
  void set(int q, vec x) const { store(first + (long)q * m * LANES, x); }
  float one(int i) const { return first[(long)(i / LANES) * m * LANES + i % LANES]; }
  // which lanes of a block are outputs, and not there to fill it up
  auto inside(int q) const { return count_from(q * LANES) < (float)n; }
};

// What the answers should be: a row of Y, or a label, which stands for the row with a 1 in its place.
struct RowOfY {
  const float* Y;
  int n;

  vec at(int q) const {
    if ((q + 1) * LANES <= n) return load(Y + q * LANES);
    vec y = all(0);
    for (int i = q * LANES; i < n; i++) y[i - q * LANES] = Y[i];
    return y;
  }
  int largest() const {
    int best = 0;
    for (int i = 1; i < n; i++)
      if (Y[i] > Y[best]) best = i;
    return best;
  }
};
struct Label {
  int label;

  vec at(int q) const { return count_from(q * LANES) == (float)label ? all(1) : all(0); }
  int largest() const { return label; }
};

struct Largest {
  float value, index;
};
// The largest of the outputs and, of equal ones, the first.
INLINE Largest largest(Outputs Z) {
  vec most = all(-NOWHERE), where = all(NOWHERE);
  for (int q = 0; q < blocks(Z.n); q++) {
    vec z = Z.inside(q) ? Z.at(q) : all(-NOWHERE);
    most = z > most ? z : most;
  }
  float value = greatest(most);
  for (int q = blocks(Z.n) - 1; q >= 0; q--) {
    vec index = count_from(q * LANES);
    where = (Z.at(q) == value) & (index < (float)Z.n) ? index : where;
  }
  return {value, least(where)};
}

template <class Target>
INLINE float squared_error(Outputs A, Target Y, Outputs slope, Outputs dZ, float c, float share) {
  vec L = all(0);
  for (int q = 0; q < blocks(A.n); q++) {
    vec error = A.inside(q) ? A.at(q) - Y.at(q) : all(0);
    L += error * error;
    dZ.set(q, 2 * c * share * error * slope.at(q));
  }
  return c * sum(L);
}

template <class Target>
INLINE float sigmoid_cross_entropy(Outputs Z, Target Y, Outputs dZ, float share) {
  vec L = all(0);
  for (int q = 0; q < blocks(Z.n); q++) {
    vec z = Z.at(q), y = Y.at(q), E = exponential(-absolute(z));
    vec A = (z < 0.f ? E : all(1)) / (1.f + E);
    auto inside = Z.inside(q);
    L += inside ? at_least(0, z) - y * z + log_one_plus(E) : all(0);
    dZ.set(q, inside ? (A - y) * share : all(0));
  }
  return sum(L);
}

// The largest eˢ is e⁰ = 1.  The others are added apart from it, so that a loss near 0 keeps its digits; their sum
// is told, and the logarithm of 1 + others, the same for all examples, taken later for many at once.
template <class Target>
INLINE float softmax_cross_entropy(Outputs Z, Target Y, Outputs dZ, float share, Largest top, float& others) {
  vec rest = all(0), right = all(0);
  for (int q = 0; q < blocks(Z.n); q++) {
    vec S = Z.at(q) - top.value, index = count_from(q * LANES);
    vec E = Z.inside(q) ? exponential(S) : all(0);
    rest += index == top.index ? all(0) : E;
    right += Z.inside(q) ? Y.at(q) * S : all(0);
    dZ.set(q, E);
  }
  others = sum(rest);
  float whole = share / (1 + others);
  for (int q = 0; q < blocks(Z.n); q++) dZ.set(q, dZ.at(q) * whole - Y.at(q) * share);
  return -sum(right);
}

// The metric of one example: of an answer 1 if it is right, else 0; of a number the square of its errors.
template <class Target>
INLINE double measured(Outputs A, Target Y, const Task& task, Largest top) {
  if (task.metric == ARGMAX_RIGHT) return top.index == (float)Y.largest();
  vec total = all(0);
  for (int q = 0; q < blocks(A.n); q++) {
    vec error = A.at(q) - Y.at(q);
    vec yes = A.at(q) > task.threshold ? all(1) : all(0), wanted = Y.at(q) > .5f ? all(1) : all(0);
    vec wrong = yes == wanted ? all(0) : all(1);
    total += A.inside(q) ? (task.metric == SIDES_RIGHT ? wrong : error * error) : all(0);
  }
  return task.metric == SIDES_RIGHT ? sum(total) == 0 : sum(total);
}

// The examples from `first` to `last` of a batch of m.  A is the last layer's output (its Z under cross-entropy).
template <class TargetOf>
static Score assess(const Task& task, float* A, float* slope, float* dZ, int n, int m, int first, int last,
                    TargetOf target_of) {
  Score score;
  vec others = all(0);  // of up to LANES examples
  int waiting = 0;
  for (int r = first; r < last; r++) {
    Outputs outputs{A + r * LANES, m, n}, slopes{slope + r * LANES, m, n}, back{dZ + r * LANES, m, n};
    auto Y = target_of(r);
    const float share = 1.f / m;
    Largest top{0, 0};
    if (task.loss == SOFTMAX_CROSS_ENTROPY || task.metric == ARGMAX_RIGHT) top = largest(outputs);
    switch (task.loss) {
      case SQUARED_ERROR: score.loss += squared_error(outputs, Y, slopes, back, task.factor, share); break;
      case SIGMOID_CROSS_ENTROPY: score.loss += sigmoid_cross_entropy(outputs, Y, back, share); break;
      case SOFTMAX_CROSS_ENTROPY:
        score.loss += softmax_cross_entropy(outputs, Y, back, share, top, ((float*)&others)[waiting++]);
        if (waiting == LANES || r == last - 1) {
          score.loss += sum(log_one_plus(others));
          others = all(0), waiting = 0;  // log(1 + 0) adds nothing
        }
        break;
    }
    if (task.metric != NO_METRIC) score.metric += measured(outputs, Y, task, top);
  }
  return score;
}
