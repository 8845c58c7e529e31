// Activations: A = g(Z), and at the same time the slope g′(Z), which is kept for dZ = dA · g′(Z).
//
//     identity     Z                          1
//     sigmoid      A = 1 / (1 + e⁻ᶻ)          A (1 - A)
//     tanh         A = tanh Z                 1 - A²
//     ReLU         max(Z, 0)                  1 where Z > 0, else 0
//     leaky ReLU   Z, or slope·Z below 0      1 where Z > 0, else slope
//     GELU         Z σ(2U)                    S + Z 2 S (1 - S) U′     S = σ(2U), U = √(2/π) (Z + 0.044715 Z³)
//     softplus     log(1 + eᶻ)                σ(Z)
#pragma once

struct Point {
  vec A, slope;
};

INLINE vec sigma(vec Z) { return 1.f / (1.f + exponential(-Z)); }

// Near 0 the quotient would lose its digits; there, with the coefficients of Cephes' tanhf, tanh Z = Z + Z³ P(Z²).
INLINE vec hyperbolic_tangent(vec Z) {
  vec q = Z * Z;
  vec P = (((-5.70498872745e-3f * q + 2.06390887954e-2f) * q - 5.37397155531e-2f) * q + 1.33314422036e-1f) * q -
          3.33332819422e-1f;
  vec near = Z + Z * q * P;
  vec far = 2.f * sigma(2.f * Z) - 1.f;
  return absolute(Z) < 0.625f ? near : far;
}

struct IdentityOf {
  Point operator()(vec Z) const { return {Z, all(1)}; }
};
struct SigmoidOf {
  Point operator()(vec Z) const {
    vec A = sigma(Z);
    return {A, A * (1.f - A)};
  }
};
struct TanhOf {
  Point operator()(vec Z) const {
    vec A = hyperbolic_tangent(Z);
    return {A, 1.f - A * A};
  }
};
struct ReluOf {
  Point operator()(vec Z) const { return {at_least(0, Z), Z > 0.f ? all(1) : all(0)}; }
};
struct LeakyReluOf {
  float below;  // the slope below 0
  Point operator()(vec Z) const { return {Z > 0.f ? Z : below * Z, Z > 0.f ? all(1) : all(below)}; }
};
struct GeluOf {
  Point operator()(vec Z) const {
    const float ROOT = 0.79788456f, CUBIC = 0.044715f;  // √(2/π)
    vec U = ROOT * (Z + CUBIC * Z * Z * Z), dU = ROOT * (1.f + 3 * CUBIC * Z * Z);
    vec S = sigma(2.f * U);
    return {Z * S, S + Z * 2.f * S * (1.f - S) * dU};
  }
};
struct SoftplusOf {
  Point operator()(vec Z) const {
    vec E = exponential(-absolute(Z));
    vec larger = 1.f / (1.f + E);  // σ(|Z|)
    return {at_least(0, Z) + log_one_plus(E), Z < 0.f ? 1.f - larger : larger};
  }
};

// Z becomes A in place, over some blocks of m examples; what stands behind the last of n features becomes 0.
template <class Function>
static void apply(Function g, float* Z, float* slope, int m, int blocks, int n) {
  for (long i = 0; i < (long)blocks * m * LANES; i += LANES) {
    Point point = g(load(Z + i));
    store(Z + i, point.A);
    store(slope + i, point.slope);
  }
  if (n < blocks * LANES) {
    float* last = block(Z, m, blocks - 1);
    auto inside = counted<vec>() < (float)(n - (blocks - 1) * LANES);
    for (int r = 0; r < m; r++) store(last + r * LANES, inside ? load(last + r * LANES) : all(0));
  }
}

static void activate(Activation kind, float below, float* Z, float* slope, int m, int blocks, int n) {
  switch (kind) {
    case IDENTITY: return apply(IdentityOf{}, Z, slope, m, blocks, n);
    case SIGMOID: return apply(SigmoidOf{}, Z, slope, m, blocks, n);
    case TANH: return apply(TanhOf{}, Z, slope, m, blocks, n);
    case RELU: return apply(ReluOf{}, Z, slope, m, blocks, n);
    case LEAKY_RELU: return apply(LeakyReluOf{below}, Z, slope, m, blocks, n);
    case GELU: return apply(GeluOf{}, Z, slope, m, blocks, n);
    case SOFTPLUS: return apply(SoftplusOf{}, Z, slope, m, blocks, n);
  }
}

// wire ← wire · by, cell by cell: dropout's A · keep, and the chain rule's dA · g′(Z).
static void scale(float* wire, const float* by, int m, int blocks) {
  for (long i = 0; i < (long)blocks * m * LANES; i += LANES) store(wire + i, load(wire + i) * load(by + i));
}
