#include "crew.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>

#include <sched.h>

using Clock = std::chrono::steady_clock;

constexpr int SPINS = 2000;     // about 30 µs
constexpr int WINDOW = 32;      // works, of which the time is taken
constexpr int REFRESH = 64;     // windows with helpers, and then one alone
constexpr int MOST_REST = 128;  // windows alone, and then one with helpers

static inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// (Who sleeps has said so before it looks for the last time, and who rings has changed something before it looks
// whether somebody sleeps: one of them sees the other.)
void Bell::ring() {
  if (asleep == 0) return;
  std::lock_guard<std::mutex> locked(mutex);
  rung.notify_all();
}
void Bell::sleep(const std::function<bool()>& over) {
  std::unique_lock<std::mutex> locked(mutex);
  ++asleep;
  rung.wait(locked, over);
  --asleep;
}

Crew::Crew(int threads, std::function<void(Crew&, int)> work) {
  auto begin = [this, work](int thread) {
    while (team == 0) sched_yield();
    work(*this, thread);
  };
  try {
    for (int thread = 1; thread < threads; thread++) helpers.emplace_back(begin, thread);
  } catch (const std::system_error&) {
  }
  team = 1 + (int)helpers.size();
}
int Crew::size() const { return team; }

void Crew::meet() {
  const int meeting = meetings;
  if (++waiting == team) {
    waiting = 0;
    ++meetings;
    met.ring();
    return;
  }
  for (int spins = 0; spins < SPINS; spins++, pause())
    if (meetings != meeting) return;
  met.sleep([&] { return meetings != meeting; });
}

// A ticket: the number of the work, its parts, and the next one.
constexpr uint64_t ticket_of(uint64_t work, int parts) { return work << 32 | (uint64_t)parts << 16; }
constexpr int parts_of(uint64_t ticket) { return ticket >> 16 & 0xffff; }
constexpr int next_of(uint64_t ticket) { return ticket & 0xffff; }
constexpr bool open(uint64_t ticket) { return next_of(ticket) < parts_of(ticket); }

// Helpers do not always help: on a busy machine who waits may wait for one that the system has sent away, or that wants
// the very processor of the leader.  So the leader takes the time of some works, alone and with them, and does what is
// faster; what was slower it tries again after a while.
void Crew::begin(uint64_t kind) {
  if (kind != this->kind) alone = true, stay = rest = 1, left = WINDOW, spent = {}, this->kind = kind;
  since = Clock::now();
}
void Crew::end() { spent += Clock::now() - since; }
void Crew::judge() {
  end();
  const auto took = spent;
  left = WINDOW, spent = {}, since = Clock::now();
  const bool judged = alone || stay <= REFRESH;  // the first with helpers is not: they have to wake up
  if (alone) alone_took = took;
  if (!alone && judged && took > alone_took) alone = true, stay = rest = std::min(2 * rest, MOST_REST);
  else if (--stay == 0 && alone) alone = false, stay = 1 + REFRESH;
  else if (stay == 0) alone = true, stay = rest = 1;
}

void Crew::each(int parts, Job job, void* of) {
  if (!helpers.empty() && left-- == 0) judge();
  if (helpers.empty() || alone) {
    for (int part = 0; part < parts; part++) job(of, part);
    return;
  }
  this->job = job, this->of = of, done = 0;
  ticket = ticket_of(++works & 0xffffff, parts);
  offered.ring();
  int others = parts;
  for (uint64_t mine; open(mine = ticket.fetch_add(1)); others--) job(of, next_of(mine));
  for (int spins = 0; spins < SPINS && done != others; spins++) pause();
  if (done != others) finished.sleep([&] { return done == others; });
}

void Crew::help() {
  for (int spins = 0; !dismissed; spins++, pause()) {
    uint64_t mine = ticket;
    if (open(mine) && open(mine = ticket.fetch_add(1))) {
      job(of, next_of(mine));
      ++done;
      finished.ring();
      spins = 0;
    } else if (spins > SPINS) {
      offered.sleep([&] { return dismissed || open(ticket); });
      spins = 0;
    }
  }
}

Crew::~Crew() {
  dismissed = true;
  offered.ring();
  for (auto& helper : helpers) helper.join();
}
