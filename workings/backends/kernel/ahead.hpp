// Ahead: the examples of the next batch are still far away, in memory.  While the step at hand computes, they are
// asked for, a few cache lines at a time, so that neither waits for the other.
#pragma once

constexpr int CACHE_LINE = 64;  // bytes

struct Ahead {
  const char* X;
  long row;              // bytes of an example
  const int32_t* batch;  // the next one
  int following;         // examples in it
  int r, threads;        // the example whose turn it is; this thread will gather every `threads`-th
  int at_once;           // cache lines
  long at = 0;           // byte in the example

  // Spread over so many calls of `hint`.
  Ahead(const Task& task, const int32_t* batch, int following, int thread, int threads, int calls)
      : X((const char*)task.X), row(task.layers[0].n_in * bytes(task.numbers)), batch(batch), following(following),
        r(thread), threads(threads), at_once((int)(following * (row / CACHE_LINE + 1) / threads / calls) + 1) {}

  // (Inlined by order: GCC takes a function that only prefetches for one that does nothing.)
  __attribute__((always_inline)) void hint() {
    for (int i = 0; i < at_once && r < following; i++) {
      __builtin_prefetch(X + batch[r] * row + at, 0, 2);  // to be read, into the second cache
      at += CACHE_LINE;
      if (at >= row) at = 0, r += threads;
    }
  }
};
