// The interface: the four functions that Python calls, in plain C; memory and threads for one run.
#include <algorithm>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include <sched.h>

#include "workspace.hpp"

// One `train` for each instruction set, best first.
#define DECLARE(name) \
  namespace name {    \
  Outcome train(Task&, Workspace&, int, Barrier&); \
  }
#if defined(__x86_64__)
DECLARE(x86_64_v4)
DECLARE(x86_64_v3)
DECLARE(x86_64_v2)
#else
DECLARE(plain)
#endif

struct Kernel {
  const char* name;
  int lists_from;  // outputs of the first layer, from which lists of what is not zero pay: they cost more to write
                   // where no instruction moves the lanes together
  Train train;
  bool (*runs_here)();
};
static const Kernel KERNELS[] = {
#if defined(__x86_64__)
    {"x86-64-v4", 1, x86_64_v4::train,
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl");
     }},
    {"x86-64-v3", 17, x86_64_v3::train,
     [] {
       return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
              __builtin_cpu_supports("bmi2");
     }},
    {"x86-64-v2", 1, x86_64_v2::train,
     [] { return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt"); }},
#else
    {"plain", 1, plain::train, [] { return true; }},
#endif
};
constexpr int KERNEL_COUNT = sizeof(KERNELS) / sizeof(KERNELS[0]);

// Who waits spins for a while, for the others are about to come, and then lets other programs run.
void Barrier::wait() {
  if (threads == 1) return;
  const int SPINS = 10000;
  const int meeting = meetings.load(std::memory_order_acquire);
  if (waiting.fetch_add(1, std::memory_order_acq_rel) == threads - 1) {
    waiting.store(0, std::memory_order_relaxed);
    meetings.fetch_add(1, std::memory_order_acq_rel);
    return;
  }
  for (int spins = 0; meetings.load(std::memory_order_acquire) == meeting; spins++)
    if (spins > SPINS) sched_yield();
}

// The memory of a run: arrays of zeros, each beginning at a cache line.
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
  ~Arena() { left_over = std::move(pieces); }
};

constexpr int SORTED_FROM = 128;   // examples, and outputs: with fewer, sorting the lists by inputs costs more than it saves
constexpr int MOST_LISTED = 4096;  // examples in a batch: lists take twice the memory of blocks

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

static void furnish(const Task& task, Workspace& space, std::vector<Layer>& layers, std::vector<float*>& rooms,
                    Arena& arena, int lists_from) {
  const long m = std::min<int64_t>(task.batch_size, task.examples);
  const int n = task.layers[0].n_in;
  if (task.layers[0].n_out >= lists_from && mostly_zeros(task)) {
    const long apart = rounded(n) + MOST_LANES;
    space.lists = {(int32_t*)arena.floats(apart * m), arena.floats(apart * m), (int32_t*)arena.floats(m), apart};
    if (task.batch_size >= SORTED_FROM && task.layers[0].n_out >= SORTED_FROM) {
      const long most = apart * m + n * MOST_LANES;
      space.by_input = {(int32_t*)arena.floats(n + 1), (int32_t*)arena.floats(n), (int32_t*)arena.floats(most),
                        arena.floats(most)};
    }
  } else {
    space.X = arena.floats(rounded(n) * m);
  }
  space.X_keep = task.input_rate > 0 ? arena.floats(rounded(n) * m) : nullptr;
  long widest_in = 0, widest_out = 0;
  for (int l = 0; l < task.depth; l++) {
    const LayerTask& given = task.layers[l];
    const long in = rounded(given.n_in), out = rounded(given.n_out);
    Layer layer{};
    layer.n_in = given.n_in, layer.n_out = given.n_out;
    for (int i = 0; i <= MEMORIES; i++) {
      if (i > 0 && !given.W_memory[i - 1]) break;
      layer.W[i] = arena.floats(in * out);
      layer.b[i] = arena.floats(out);
    }
    layer.A = arena.floats(out * m), layer.slope = arena.floats(out * m), layer.dZ = arena.floats(out * m);
    layer.keep = given.rate > 0 ? arena.floats(out * m) : nullptr;
    layers.push_back(layer);
    widest_in = std::max(widest_in, in), widest_out = std::max(widest_out, out);
  }
  const long outputs = rounded(task.layers[task.depth - 1].n_out);
  for (int i = 0; i < task.threads; i++) rooms.push_back(arena.floats(widest_out * 2 * MOST_LANES));
  for (int i = 0; i < task.threads; i++) rooms.push_back(arena.floats(outputs * 2 * MOST_LANES));
  const long slopes = space.lists.x ? rounded(n) * 2 * MOST_LANES : 0;
  for (int i = 0; i < task.threads; i++) rooms.push_back(arena.floats(slopes));
  space.layers = layers.data();
  space.zeros = arena.floats(widest_in);
  space.turned = rooms.data();
  space.columns = rooms.data() + task.threads;
  space.slopes = rooms.data() + 2 * task.threads;
}

// As many threads as wanted, or as many as the system gives.
static Outcome work(Task& task, Workspace& space, Train train) {
  Barrier barrier;
  std::atomic<int> team{0};  // how many there are in the end; 0 while nobody knows
  std::vector<std::thread> helpers;
  auto help = [&](int thread) {
    while (team.load(std::memory_order_acquire) == 0) sched_yield();
    train(task, space, thread, barrier);
  };
  try {
    for (int thread = 1; thread < task.threads; thread++) helpers.emplace_back(help, thread);
  } catch (const std::system_error&) {
  }
  task.threads = barrier.threads = 1 + (int)helpers.size();
  team.store(task.threads, std::memory_order_release);
  Outcome outcome = train(task, space, 0, barrier);
  for (auto& helper : helpers) helper.join();
  return outcome;
}

// Nothing is touched when an index points outside the data.
static Outcome check(const Task& task) {
  const int classes = task.layers[task.depth - 1].n_out;
  for (int64_t i = 0; i < task.examples; i++) {
    const int64_t row = task.order[i];
    if (row < 0 || row >= task.rows) return BAD_ORDER;
    if (task.labels && (task.labels[row] < 0 || task.labels[row] >= classes)) return BAD_LABEL;
  }
  return DONE;
}

#pragma GCC visibility push(default)  // all else stays inside the library
extern "C" {

// Of kernel number i: its name, or null where there are no more; and whether this machine can run it.
const char* workings_kernel_name(int i) { return i < KERNEL_COUNT ? KERNELS[i].name : nullptr; }
int workings_kernel_runs_here(int i) { return KERNELS[i].runs_here(); }

// For Python to see that both sides mean the same thing by a task.
int workings_size_of_task() { return sizeof(Task) + sizeof(LayerTask); }

// Trains.  → an Outcome; what was found out stands in the task.
int workings_train(Task* task, int kernel) {
  if (kernel < 0 || kernel >= KERNEL_COUNT || !KERNELS[kernel].runs_here()) return WRONG_MACHINE;
  task->loss_sum = task->metric_sum = 0, task->steps = 0;
  if (Outcome bad = check(*task)) return bad;
  try {
    Arena arena;
    Workspace space{};
    std::vector<Layer> layers;
    std::vector<float*> rooms;
    std::vector<Score> scores(task->threads, Score{0, 0});
    furnish(*task, space, layers, rooms, arena, KERNELS[kernel].lists_from);
    space.scores = scores.data();
    Outcome outcome = work(*task, space, KERNELS[kernel].train);
    for (const Score& score : scores) task->loss_sum += score.loss, task->metric_sum += score.metric;
    return outcome;
  } catch (const std::bad_alloc&) {
    return NO_MEMORY;
  }
}

}  // extern "C"
#pragma GCC visibility pop
