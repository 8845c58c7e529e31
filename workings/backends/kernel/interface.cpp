// The interface: the six functions that Python calls, in plain C; threads for one run.
#include <cstring>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include <sched.h>

#include "memory.hpp"
#include "shuffle.hpp"

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

// Who waits spins for a while, for the others are about to come; then it sleeps, for one of them may be waiting for
// the very processor that it spins on.
void Barrier::wait() {
  if (threads == 1) return;
  const int SPINS = 4000;  // about 60 µs
  const int meeting = meetings;
  if (++waiting == threads) {
    waiting = 0;
    ++meetings;
    if (asleep > 0) {
      std::lock_guard<std::mutex> locked(mutex);
      woken.notify_all();
    }
    return;
  }
  for (int spins = 0; spins < SPINS; spins++) {
    if (meetings.load(std::memory_order_acquire) != meeting) return;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  std::unique_lock<std::mutex> locked(mutex);
  ++asleep;
  woken.wait(locked, [&] { return meetings != meeting; });
  --asleep;
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

// Into how many slices the task's batches are cut: as many threads have work.
int workings_slices(const Task* task) { return slices(*task); }

// Trains.  → an Outcome; what was found out stands in the task.
int workings_train(Task* task, int kernel) {
  if (kernel < 0 || kernel >= KERNEL_COUNT || !KERNELS[kernel].runs_here()) return WRONG_MACHINE;
  task->loss_sum = task->metric_sum = 0, task->steps = 0;
  if (Outcome bad = check(*task)) return bad;
  try {
    Memory memory(*task, KERNELS[kernel].lists_from);
    Outcome outcome = work(*task, memory.space, KERNELS[kernel].train);
    for (int i = 0; i < task->threads; i++) {
      const Score& score = memory.rooms[i].score;
      task->loss_sum += score.loss, task->metric_sum += score.metric;
    }
    return outcome;
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
