// Gather: the rows of X that make the batch, laid out as blocks, or as lists where they are mostly zeros.
#pragma once

// Example r of m: the n numbers at x.
template <class Number>
static void gather_row(const Number* x, float* X, int n, int m, int r) {
  float* to = X + r * LANES;
  for (; n >= LANES; n -= LANES, x += LANES, to += (long)m * LANES) store(to, read(x));
  if (n > 0) store(to, read(x, n));
}

// Of the examples of a batch the first one and every `step`-th after it.
template <class Number>
static void gather(const Number* X, const int32_t* batch, int m, const Room& room, int n, int first, int step) {
  for (int r = first; r < m; r += step) {
    const Number* x = X + (long)batch[r] * n;
    if (room.lists.x) list_row(x, room.lists, n, r);
    else gather_row(x, room.X, n, m, r);
  }
}
static void gather(const Task& task, const int32_t* batch, int m, const Room& room, int first, int step) {
  const int n = task.layers[0].n_in;
  switch (task.numbers) {
    case FLOAT32: return gather((const float*)task.X, batch, m, room, n, first, step);
    case FLOAT64: return gather((const double*)task.X, batch, m, room, n, first, step);
    case UINT8: return gather((const uint8_t*)task.X, batch, m, room, n, first, step);
  }
}
