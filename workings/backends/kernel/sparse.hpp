// Sparse: a batch that is mostly zeros (the paper around a digit), as lists of what is not zero.
//
//     Z_r = b + Σ x_rk W_k        dW_k = Σ x_rk dZ_r        over the x_rk ≠ 0 of example r and input k
//
// What is left out would have added 0, as long as the weights are finite.  (An infinite one that meets nothing but
// zeros stays unseen in J; training looks at the weights themselves after every stretch of steps.)
#pragma once

constexpr int CHAINS = 4;  // sums that grow side by side, because one addition waits for the one before

// What is not zero in one example: x of input, x of input, …, and zeros up to a whole number of CHAINS.
struct Nonzero {
  int32_t* input;
  float* x;
  int count;
};
INLINE Nonzero nonzero(const Lists& lists, int r) {
  return {lists.input + r * lists.apart, lists.x + r * lists.apart, lists.count[r]};
}

// Moves the lanes of x that are not zero to the end of a list; `first` is the input of lane 0.
INLINE void append(Nonzero& list, vec x, int first) {
  int32_t* input = list.input + list.count;
  float* values = list.x + list.count;
#if defined(__AVX512F__)
  const auto there = _mm512_cmp_ps_mask((__m512)x, (__m512)all(0), _CMP_NEQ_UQ);
  *(ints*)input = (ints)_mm512_maskz_compress_epi32(there, (__m512i)(counted<ints>() + first));
  store(values, (vec)_mm512_maskz_compress_ps(there, (__m512)x));
  list.count += __builtin_popcount(there);
#else
  int count = 0;
  for (int i = 0; i < LANES; i++) {
    input[count] = first + i, values[count] = x[i];
    count += x[i] != 0;
  }
  list.count += count;
#endif
}

// The list of example r: the n numbers at x.
template <class Number>
static void list_row(const Number* x, const Lists& lists, int n, int r) {
  Nonzero list = nonzero(lists, r);
  list.count = 0;
  int k = 0;
  for (; k + LANES <= n; k += LANES) append(list, read(x + k), k);
  if (k < n) append(list, read(x + k, n - k), k);
  for (; list.count % CHAINS; list.count++) list.input[list.count] = 0, list.x[list.count] = 0;
  lists.count[r] = list.count;
}

INLINE int whole_chains(int count) { return (count + CHAINS - 1) / CHAINS * CHAINS; }

// The lists of m examples, sorted by the n inputs; each input's are filled up with zeros, too.
static void sort(const Lists& lists, int m, int n, const ByInput& to) {
  int32_t* count = to.next;
  for (int k = 0; k < n; k++) count[k] = 0;
  for (int r = 0; r < m; r++) {
    const Nonzero list = nonzero(lists, r);
    for (int i = 0; i < list.count; i++) count[list.input[i]]++;
  }
  to.first[0] = 0;
  for (int k = 0; k < n; k++) {
    to.first[k + 1] = to.first[k] + whole_chains(count[k]);
    for (int i = to.first[k] + count[k]; i < to.first[k + 1]; i++) to.example[i] = 0, to.x[i] = 0;
    to.next[k] = to.first[k];
  }
  for (int r = 0; r < m; r++) {
    const Nonzero list = nonzero(lists, r);
    for (int i = 0; i < list.count; i++) {
      const int at = to.next[list.input[i]]++;
      to.example[at] = r, to.x[at] = list.x[i];
    }
  }
}

// The blocks of Z that belong to one panel, for all m examples.
template <int VECTORS>
static void sparse_product(const Lists& lists, int m, const float* W, const float* b, float* Z, Ahead& ahead) {
  for (int r = 0; r < m; r++, ahead.hint()) {
    const Nonzero list = nonzero(lists, r);
    vec z[CHAINS][VECTORS];
    UNROLL for (int c = 0; c < CHAINS; c++)
      UNROLL for (int j = 0; j < VECTORS; j++) z[c][j] = c == 0 ? load(b + j * LANES) : all(0);
    for (int i = 0; i < list.count; i += CHAINS)
      UNROLL for (int c = 0; c < CHAINS; c++) {
        const float* w = W + (long)list.input[i + c] * VECTORS * LANES;
        const vec x = all(list.x[i + c]);
        UNROLL for (int j = 0; j < VECTORS; j++) z[c][j] += x * load(w + j * LANES);
      }
    UNROLL for (int j = 0; j < VECTORS; j++)
      store(Z + ((long)j * m + r) * LANES, (z[0][j] + z[1][j]) + (z[2][j] + z[3][j]));
  }
}
static void product(const Lists& lists, int m, Panel panel, const float* b, float* Z, Ahead& ahead) {
  if (panel.vectors == 1) sparse_product<1>(lists, m, panel.W, b, Z, ahead);
  else sparse_product<2>(lists, m, panel.W, b, Z, ahead);
}

// W ← W + times · Σ x dZ, for the weights of one panel, example after example
template <int VECTORS>
static void sparse_add(const Lists& lists, int m, float times, const float* dZ, float* W, Ahead& ahead) {
  for (int r = 0; r < m; r++, ahead.hint()) {
    const Nonzero list = nonzero(lists, r);
    vec d[VECTORS];
    UNROLL for (int j = 0; j < VECTORS; j++) d[j] = times * load(dZ + ((long)j * m + r) * LANES);
    for (int i = 0; i < list.count; i += CHAINS)
      UNROLL for (int c = 0; c < CHAINS; c++) {
        float* w = W + (long)list.input[i + c] * VECTORS * LANES;
        const vec x = all(list.x[i + c]);
        UNROLL for (int j = 0; j < VECTORS; j++) store(w + j * LANES, load(w + j * LANES) + x * d[j]);
      }
  }
}
static void add(const Lists& lists, int m, float times, const float* dZ, Panel panel, Ahead& ahead) {
  if (panel.vectors == 1) sparse_add<1>(lists, m, times, dZ, panel.W, ahead);
  else sparse_add<2>(lists, m, times, dZ, panel.W, ahead);
}
