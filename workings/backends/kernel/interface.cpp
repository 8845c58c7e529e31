// The interface: the functions that Python calls, in plain C.
#include <cstring>
#include <new>

#include <unistd.h>

#include "memory.hpp"
#include "shuffle.hpp"

// One `train` for each instruction set, best first.
#define DECLARE(name) \
  namespace name {    \
  Outcome train(Task&, Workspace&, int, Crew&); \
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

// The helpers of this thread's runs, kept from one run to the next: making them takes as long as some epochs do.
// (A process that was forked has none of its parent's threads, and forgets them.)
static Crew& helped(int threads) {
  struct Kept {
    Crew* crew = nullptr;
    pid_t owner = 0;
    void forget() {
      if (owner == getpid()) delete crew;
      crew = nullptr;
    }
    ~Kept() { forget(); }
  };
  static thread_local Kept kept;
  if (!kept.crew || kept.owner != getpid() || kept.crew->size() != threads) {
    kept.forget();
    kept.crew = new Crew(threads, [](Crew& all, int) { all.help(); });
    kept.owner = getpid();
  }
  return *kept.crew;
}
static uint64_t kind(const Task& task) {
  uint64_t sizes = task.batch_size;
  for (int l = 0; l < task.depth; l++) sizes = 1000003 * (1000003 * sizes + task.layers[l].n_in) + task.layers[l].n_out;
  return sizes;
}

static Outcome work(Task& task, Workspace& space, Train train) {
  if (space.slices > 1) {
    Crew& crew = helped(std::min(task.threads, space.slices));
    crew.begin(kind(task));
    const Outcome outcome = train(task, space, 0, crew);
    crew.end();
    return outcome;
  }
  Crew crew(task.threads, [&](Crew& all, int thread) { train(task, space, thread, all); });
  task.threads = crew.size();
  return train(task, space, 0, crew);
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

// Into how many slices the task's batches are cut: as many threads have work.
int workings_slices(const Task* task) { return slices(*task); }

// The most threads that a run shall have, for all who ask; 0 while nobody has said.
static std::atomic<int> most_threads{0};
int workings_get_num_threads() { return most_threads; }
void workings_set_num_threads(int threads) { most_threads = threads; }

// Trains.  → an Outcome; what was found out stands in the task.
int workings_train(Task* task, int kernel) {
  if (kernel < 0 || kernel >= KERNEL_COUNT || !KERNELS[kernel].runs_here()) return WRONG_MACHINE;
  task->steps = 0;
  if (Outcome bad = check(*task)) return bad;
  try {
    Memory memory(*task, KERNELS[kernel].lists_from);
    return work(*task, memory.space, KERNELS[kernel].train);
  } catch (const std::bad_alloc&) {
    return NO_MEMORY;
  }
}

// The orders of the next epochs (epochs, m): each a shuffle of the one before, the first one of `order`.
void workings_shuffle(const int32_t* order, int64_t m, int64_t epochs, int32_t* orders, Twister* twister) {
  Draws draws(*twister);
  for (; epochs > 0; epochs--, order = orders, orders += m) {
    std::memcpy(orders, order, m * sizeof *orders);
    draws.shuffle(orders, m);
  }
}

}  // extern "C"
#pragma GCC visibility pop
