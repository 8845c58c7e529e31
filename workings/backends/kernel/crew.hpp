// The crew: the threads of one run, and how they work together.
//
//     meet    nobody goes on before all have come
//     each    one leads, and whoever is free takes a part of the work: nobody is waited for who has not begun
//
// Who waits spins for a while, for the others are about to come; then it sleeps, for one of them may be waiting for the
// very processor that it spins on.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

// Where threads sleep until one of them rings.
struct Bell {
  std::atomic<int> asleep{0};
  std::mutex mutex;
  std::condition_variable rung;

  void ring();
  void sleep(const std::function<bool()>& over);
};

class Crew {
 public:
  // The helpers, or as many as the system gives, begin with `work`; the thread that makes them is one of the crew.
  Crew(int threads, std::function<void(Crew&, int thread)> work);
  ~Crew();
  int size() const;

  void meet();

  using Job = void (*)(void* of, int part);
  void begin(uint64_t kind);                // of the one that leads: works that take about as long as each other
  void end();
  void each(int parts, Job job, void* of);  // all parts are done when it returns
  void help();                              // of the others: until the crew is dismissed

 private:
  std::vector<std::thread> helpers;
  std::atomic<int> team{0};  // how many there are in the end; 0 while nobody knows

  std::atomic<int> waiting{0}, meetings{0};
  Bell met;

  // Which work there is, of how many parts, and which part is next, in one number: who takes a part knows what of.
  std::atomic<uint64_t> ticket{0};
  std::atomic<int> done{0};  // parts, by helpers
  std::atomic<bool> dismissed{false};
  Job job = nullptr;
  void* of = nullptr;
  uint64_t works = 0;
  Bell offered, finished;

  uint64_t kind = 0;             // of the works whose time was taken
  bool alone = true;             // whether the leader does without helpers
  int left = 0, stay = 1, rest = 1;  // works of this window; windows until the other way is tried; and then
  std::chrono::steady_clock::duration alone_took{0}, spent{0};  // by the last window alone, and by this one
  std::chrono::steady_clock::time_point since;
  void judge();
};
