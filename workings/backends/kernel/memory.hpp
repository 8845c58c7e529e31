// Memory: the workspace of one run, as large as its batches and layers ask for.
#pragma once
#include <algorithm>
#include <vector>

#include "workspace.hpp"

// Arrays of zeros, each beginning at a cache line.
// Fresh memory costs the system about as much as using it, so what a run leaves is kept for the thread's next one.
class Arena {
  using Piece = std::vector<float>;
  static constexpr size_t LINE = 64 / sizeof(float);
  static inline thread_local std::vector<Piece> left_over;
  std::vector<Piece> pieces;

 public:
  float* floats(long n) {
    const size_t size = (size_t)n + LINE;
    auto fits = [=](const Piece& piece) { return piece.size() == size; };
    auto found = std::find_if(left_over.begin(), left_over.end(), fits);
    if (found == left_over.end()) {
      pieces.emplace_back(size);
    } else {
      std::fill(found->begin(), found->end(), 0.f);
      pieces.push_back(std::move(*found));
      found->clear();
    }
    float* begin = pieces.back().data();
    return begin + (LINE - (size_t)begin / sizeof(float) % LINE) % LINE;
  }
  int32_t* ints(long n) { return (int32_t*)floats(n); }
  ~Arena() { left_over = std::move(pieces); }
};

constexpr int MOST_LISTED = 4096;  // examples in a batch: lists take twice the memory of blocks
constexpr int SORTED_FROM = 128;   // examples and outputs: for fewer, sorting the lists by inputs costs more than it saves
constexpr long MOST_OWNED = 1 << 18;  // numbers in a batch that every thread has for itself: they fit into its cache

template <class Number>
static bool mostly_zeros(const Task& task, const Number* X) {
  const int64_t n = task.layers[0].n_in, samples = std::min<int64_t>(task.rows, 32);
  int64_t zeros = 0;
  for (int64_t i = 0; i < samples; i++) {
    const Number* x = X + task.rows * i / samples * n;
    zeros += std::count(x, x + n, Number(0));
  }
  return 3 * zeros >= 2 * samples * n;
}

// Whether most of X is 0, so that the first layer is faster with lists of the rest: judged by some of its rows.
// (Not by those of this run: then the same training, cut into other runs, might not end with the same bits.)
static bool mostly_zeros(const Task& task) {
  if (task.input_rate > 0) return false;  // dropout works on blocks
  if (task.batch_size > MOST_LISTED) return false;
  switch (task.numbers) {
    case FLOAT32: return mostly_zeros(task, (const float*)task.X);
    case FLOAT64: return mostly_zeros(task, (const double*)task.X);
    case UINT8: return mostly_zeros(task, (const uint8_t*)task.X);
  }
  return false;
}

static bool drops_out(const Task& task) {
  auto drops = [](const LayerTask& layer) { return layer.rate > 0; };
  return task.input_rate > 0 || std::any_of(task.layers, task.layers + task.depth, drops);
}

constexpr int SLICE = 64;                  // examples of a slice at least: for fewer, meeting costs more than it saves
constexpr int MOST_SLICES = 8;             // a power of two, as their number is
constexpr long MOST_COLLECTED = 1 << 18;   // weights' gradients of all slices: they fit into the caches

// Into how many slices a batch is cut, whose gradients different threads collect.  It depends on the network and the
// batch alone, not on the threads there are: then every machine adds up in the same order.
static int slices(const Task& task) {
  if (drops_out(task)) return 1;  // its random numbers run through whole batches
  long weights = 0;
  for (int l = 0; l < task.depth; l++) weights += rounded(task.layers[l].n_in) * rounded(task.layers[l].n_out);
  int n = 1;
  while (2 * n <= MOST_SLICES && 2 * n * SLICE <= task.batch_size && 2 * n * weights <= MOST_COLLECTED) n *= 2;
  return n;
}

class Memory {
  Arena arena;
  std::vector<std::vector<Layer>> layers;  // of each slice
  const int slices;
  const long m, n;    // the most examples in a slice, and the features of each
  const bool listed;  // whether the batch stands in lists

  // A layer's parameters with their memory (the first slice's for all), and the wires of one slice.
  Layer layer(const LayerTask& given, const Layer* first) {
    const long in = rounded(given.n_in), out = rounded(given.n_out);
    Layer made{};
    made.n_in = given.n_in, made.n_out = given.n_out;
    for (int i = 0; i <= MEMORIES; i++) {
      if (i > 0 && !given.W_memory[i - 1]) break;
      made.W[i] = first ? first->W[i] : arena.floats(in * out);
      made.b[i] = first ? first->b[i] : arena.floats(out);
    }
    if (slices > 1) made.dW = arena.floats(in * out), made.db = arena.floats(out);
    made.A = arena.floats(out * m), made.slope = arena.floats(out * m), made.dZ = arena.floats(out * m);
    made.keep = given.rate > 0 ? arena.floats(out * m) : nullptr;
    return made;
  }

  void batch(Room& room) {
    const long apart = rounded(n) + MOST_LANES;
    if (listed) room.lists = {arena.ints(apart * m), arena.floats(apart * m), arena.ints(m), apart};
    else room.X = arena.floats(rounded(n) * m);
  }
  ByInput by_input() {
    const long most = rounded(n) * m + n * MOST_LANES;
    return {arena.ints(n + 1), arena.ints(n), arena.ints(most), arena.floats(most)};
  }

 public:
  std::vector<Room> rooms;
  Workspace space{};

  // `lists_from`: outputs of the first layer, from which lists pay.
  Memory(const Task& task, int lists_from)
      : slices(::slices(task)),
        m((std::min<int64_t>(task.batch_size, task.examples) + slices - 1) / slices), n(task.layers[0].n_in),
        listed(task.layers[0].n_out >= lists_from && mostly_zeros(task)), rooms(std::max(task.threads, slices)) {
    long widest_in = 0, widest_out = 0;
    for (int l = 0; l < task.depth; l++) {
      widest_in = std::max(widest_in, rounded(task.layers[l].n_in));
      widest_out = std::max(widest_out, rounded(task.layers[l].n_out));
    }
    for (int s = 0; s < slices; s++) {
      std::vector<Layer> made;
      for (int l = 0; l < task.depth; l++) made.push_back(layer(task.layers[l], s > 0 ? &layers[0][l] : nullptr));
      layers.push_back(std::move(made));
    }
    const bool sorted = listed && task.batch_size / slices >= SORTED_FROM && task.layers[0].n_out >= SORTED_FROM;
    space.rooms = rooms.data(), space.slices = slices;
    space.own_batch = slices > 1 || (task.threads > 1 && m * n <= MOST_OWNED && !drops_out(task));
    for (int i = 0; i < (int)rooms.size(); i++) {
      Room& room = rooms[i];
      room.layers = layers[slices > 1 && i < slices ? i : 0].data();
      if (i == 0 || (space.own_batch && (slices == 1 || i < slices))) batch(room);
      else room.X = rooms[0].X, room.lists = rooms[0].lists;
      if (sorted) room.by_input = i == 0 || (slices > 1 && i < slices) ? by_input() : rooms[0].by_input;
      room.turned = arena.floats(widest_out * 2 * MOST_LANES);
      room.gradient = listed ? arena.floats(rounded(n) * 2 * MOST_LANES) : nullptr;
      room.columns = arena.floats(rounded(task.layers[task.depth - 1].n_out) * 2 * MOST_LANES);
    }
    space.X_keep = task.input_rate > 0 ? arena.floats(rounded(n) * m) : nullptr;
    space.zeros = arena.floats(widest_in);
  }
};
