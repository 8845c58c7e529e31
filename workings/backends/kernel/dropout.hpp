// Dropout: a cell is left out when its random number R is below `rate`; the others make up for it.
//
//     keep = 1 / (1 - rate) where R ≥ rate, else 0        A′ = A · keep        dA = dA′ · keep
//
// R comes from the stream of NumPy's generator itself, in NumPy's order (feature after feature, in each of them
// example after example), so that the kernel leaves out the very cells that the NumPy backend leaves out.
#pragma once

// PCG64 (O'Neill 2014), as NumPy has it: 128 bits of state, each step  state ← multiplier · state + increment.
struct Random {
  __uint128_t state, increment;
  static constexpr __uint128_t MULTIPLIER = ((__uint128_t)2549297995355413924u << 64) + 4865540595714422341u;

  explicit Random(const uint64_t words[4])
      : state(((__uint128_t)words[0] << 64) + words[1]), increment(((__uint128_t)words[2] << 64) + words[3]) {}

  void tell(uint64_t words[4]) const { words[0] = (uint64_t)(state >> 64), words[1] = (uint64_t)state; }

  // 0 ≤ R < 1: the two halves of the state mixed and rotated; then the upper 53 of 64 bits as a fraction.
  double draw() {
    state = state * MULTIPLIER + increment;
    uint64_t mixed = (uint64_t)(state >> 64) ^ (uint64_t)state;
    unsigned turn = (unsigned)(state >> 122);
    uint64_t bits = (mixed >> turn) | (mixed << (-turn & 63));
    return (double)(bits >> 11) * (1.0 / 9007199254740992.0);  // 2⁵³
  }

  // Many draws at once: the step applied to itself, 1, 2, 4, 8 … steps, and those taken that add up to `steps`.
  void skip(uint64_t steps) {
    __uint128_t times = MULTIPLIER, plus = increment;
    for (; steps > 0; steps >>= 1) {
      if (steps & 1) state = times * state + plus;
      plus = (times + 1) * plus;
      times *= times;
    }
  }
};

// The keep of n features and m examples; this thread fills the features from `first` to `last`.
static void draw_keep(Random& random, double rate, float* keep, int n, int m, int first, int last) {
  const float kept = (float)(1 / (1 - rate));
  random.skip((uint64_t)first * m);
  for (int feature = first; feature < last; feature++) {
    float* lane = block(keep, m, feature / LANES) + feature % LANES;
    for (int r = 0; r < m; r++) lane[r * LANES] = random.draw() >= rate ? kept : 0.f;
  }
  random.skip((uint64_t)(n - last) * m);
}
