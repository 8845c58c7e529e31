// Shuffle: Fisher and Yates' way through a row, draw for draw as NumPy's legacy RandomState.shuffle goes it.
//
//     for i = m - 1 … 1:   j drawn from 0 … i,   swap row[i], row[j]
//
// j is as many low bits of a word as i has; a word above i is thrown away.  Here nothing is thrown away by a jump that
// the processor would guess wrong every third time: such a word swaps i with itself, and i stays.
#pragma once

#include <cstdint>

// MT19937 (Matsumoto and Nishimura 1998): the words as they lie in NumPy's own generator, and how many are used up.
struct Twister {
  static constexpr int WORDS = 624, APART = 397;
  uint32_t words[WORDS];
  int32_t used;

  void twist() {
    auto next = [&](int i, int after, int apart) {
      const uint32_t both = (words[i] & 0x80000000u) | (words[after] & 0x7fffffffu);
      words[i] = words[apart] ^ (both >> 1) ^ (-(both & 1) & 0x9908b0dfu);
    };
    for (int i = 0; i < WORDS - APART; i++) next(i, i + 1, i + APART);
    for (int i = WORDS - APART; i < WORDS - 1; i++) next(i, i + 1, i + APART - WORDS);
    next(WORDS - 1, 0, APART - 1);
    used = 0;
  }

  void temper(uint32_t* drawn) const {
    for (int i = 0; i < WORDS; i++) {
      uint32_t word = words[i];
      word ^= word >> 11, word ^= (word << 7) & 0x9d2c5680u, word ^= (word << 15) & 0xefc60000u;
      drawn[i] = word ^ (word >> 18);
    }
  }
};

// Words of one generator, ready to be taken.
struct Draws {
  Twister& twister;
  uint32_t drawn[Twister::WORDS];

  explicit Draws(Twister& of) : twister(of) { twister.temper(drawn); }

  void shuffle(int32_t* row, int64_t m) {
    for (uint32_t i = m > 0 ? (uint32_t)m - 1 : 0; i > 0;) {
      if (twister.used == Twister::WORDS) twister.twist(), twister.temper(drawn);
      int at = twister.used;
      for (; i > 0 && at < Twister::WORDS; at++) {
        const uint32_t word = drawn[at] & (~0u >> __builtin_clz(i));
        const bool fits = word <= i;
        const uint32_t j = fits ? word : i;
        const int32_t last = row[i], other = row[j];
        row[i] = other, row[j] = last;
        i -= fits;
      }
      twister.used = at;
    }
  }
};
