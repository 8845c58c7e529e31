// The workspace: the memory of one run, allocated by memory.hpp and used by every instruction set's `train`.
#pragma once
#include "crew.hpp"
#include "task.hpp"

constexpr int MOST_LANES = 16;  // of any machine: sizes are rounded up to these
constexpr long rounded(long n) { return (n + MOST_LANES - 1) / MOST_LANES * MOST_LANES; }

// Packed parameters and the wires of one layer, laid out as layout.hpp says.
struct Layer {
  int n_in, n_out;
  float *W[1 + MEMORIES], *b[1 + MEMORIES];  // with their memory: V or M, S
  float *dW, *db;                            // of a slice of the batch, where it is cut into slices
  float *A, *slope, *dZ;                     // Z until it is activated; g′(Z); ∂J/∂Z
  float* keep;                               // dropout's factors, if there is any
};

// The batch as lists of what is not zero (sparse.hpp), one for each example.
struct Lists {
  int32_t* input;
  float* x;
  int32_t* count;
  long apart;  // from the beginning of one list to that of the next
};

// The same by inputs: for each, the examples in which it is not zero.
struct ByInput {
  int32_t* first;  // where those of each input begin
  int32_t* next;   // while they are written: where the next one goes
  int32_t* example;
  float* x;
};

// What one thread has for itself, or one slice of the batch.  (Beginning at a cache line of its own.)
struct alignas(64) Room {
  Score score;
  double penalty;     // what a part of the weights costs in this step
  Layer* layers;      // with wires of its own for a slice; else all threads share them
  float* X;           // the batch; the same one for all threads, unless each has its own
  Lists lists;        // in place of X, where most of it is zero
  ByInput by_input;   // beside the lists, where that pays; one thread sorts for all who share the panels
  float* turned;      // one panel of a Wᵀ
  float* gradient;    // dW of one panel of the first layer, where there are lists
  float* columns;     // the outputs and targets of MOST_LANES examples
};

struct Workspace {
  Room* rooms;
  int slices;      // of a batch, or 1 where threads share its panels
  bool own_batch;  // whether every thread gathers the batch for itself
  float* X_keep;   // dropout's factors for the batch, if there is any
  float* zeros;    // in place of biases on the way back
};

using Train = Outcome (*)(Task& task, Workspace& space, int thread, Crew& crew);
