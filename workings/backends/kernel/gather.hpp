// Gather: the rows of X that make the batch, laid out as blocks, or as lists where they are mostly zeros.
#pragma once

// Example r of m: the n numbers at x.
template <class Number>
static void gather_row(const Number* x, float* X, int n, int m, int r) {
  float* to = X + r * LANES;
  for (; n >= LANES; n -= LANES, x += LANES, to += (long)m * LANES) store(to, read(x));
  if (n > 0) store(to, read(x, n));
}

// Every `threads`-th of the examples of a batch, or all of them, where each thread has a batch of its own: to read what
// another thread wrote takes as long as to write it oneself, and needs no meeting.
template <class Number>
static void gather(const Number* X, const int32_t* batch, int m, const Workspace& space, int n, int thread,
                   int threads) {
  const Lists& lists = space.rooms[thread].lists;
  const int first = space.own_batch ? 0 : thread, step = space.own_batch ? 1 : threads;
  for (int r = first; r < m; r += step) {
    const Number* x = X + (long)batch[r] * n;
    if (lists.x) list_row(x, lists, n, r);
    else gather_row(x, space.rooms[thread].X, n, m, r);
  }
}

static void gather(const Task& task, const int32_t* batch, int m, const Workspace& space, int thread) {
  const int n = task.layers[0].n_in, threads = task.threads;
  switch (task.numbers) {
    case FLOAT32: return gather((const float*)task.X, batch, m, space, n, thread, threads);
    case FLOAT64: return gather((const double*)task.X, batch, m, space, n, thread, threads);
    case UINT8: return gather((const uint8_t*)task.X, batch, m, space, n, thread, threads);
  }
}
