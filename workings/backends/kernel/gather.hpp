// Gather: the rows of X that make the batch, laid out as blocks; and a word to the memory about the rows of the next.
#pragma once

constexpr int CACHE_LINE = 64;  // bytes

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

// Example r of m: the n numbers at x.
template <class Number>
static void gather_row(const Number* x, float* X, int n, int m, int r) {
  float* to = X + r * LANES;
  for (; n >= LANES; n -= LANES, x += LANES, to += (long)m * LANES) store(to, read(x));
  if (n > 0) {
    Number rest[LANES] = {};
    for (int i = 0; i < n; i++) rest[i] = x[i];
    store(to, read(rest));
  }
}

// Every `threads`-th of the examples of a batch, and hints for those of the batch that follows.
template <class Number>
static void gather(const Number* X, const int32_t* batch, int m, int following, float* to, int n, int thread,
                   int threads) {
  for (int r = thread; r < m; r += threads) {
    gather_row(X + (long)batch[r] * n, to, n, m, r);
    if (r < following) {
      const char* next = (const char*)(X + (long)batch[m + r] * n);
      for (long i = 0; i < n * (long)sizeof(Number); i += CACHE_LINE) __builtin_prefetch(next + i);
    }
  }
}

static void gather(const Task& task, const int32_t* batch, int m, int following, float* to, int thread) {
  const int n = task.layers[0].n_in, threads = task.threads;
  switch (task.numbers) {
    case FLOAT32: return gather((const float*)task.X, batch, m, following, to, n, thread, threads);
    case FLOAT64: return gather((const double*)task.X, batch, m, following, to, n, thread, threads);
    case UINT8: return gather((const uint8_t*)task.X, batch, m, following, to, n, thread, threads);
  }
}
