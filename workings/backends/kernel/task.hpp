// The task: what Python hands over, and what it gets back.
//
// Plain numbers and pointers, in the order in which native.py lists them.  W is (n_out, n_in) and b (n_out, 1), row
// after row, as everywhere in the library; the kernel changes them in place.
#pragma once
#include <cstdint>

enum Activation : int32_t { IDENTITY, SIGMOID, TANH, RELU, LEAKY_RELU, GELU, SOFTPLUS };
enum Loss : int32_t { SQUARED_ERROR, SIGMOID_CROSS_ENTROPY, SOFTMAX_CROSS_ENTROPY };
enum Metric : int32_t { NO_METRIC, ARGMAX_RIGHT, SIDES_RIGHT, SQUARED_DISTANCE };
enum Optimizer : int32_t { GRADIENT_DESCENT, MOMENTUM, NESTEROV, RMSPROP, ADAM };
enum Numbers : int32_t { FLOAT32, FLOAT64, UINT8 };  // uint8 is a pixel: 0…255 stands for 0…1

constexpr int bytes(Numbers numbers) { return numbers == FLOAT32 ? 4 : numbers == FLOAT64 ? 8 : 1; }

constexpr int MEMORIES = 2;  // an optimizer remembers at most two numbers for every parameter (M and S)

// One dense layer, its activation, and the dropout behind it.
struct LayerTask {
  int32_t n_in, n_out;
  Activation activation;
  float slope;         // of a leaky ReLU below 0
  double rate;         // of dropout, 0 for none
  float *W, *b;
  float *W_memory[MEMORIES], *b_memory[MEMORIES];
};

// What one thread adds up: of a batch, or of an epoch.
struct Score {
  double loss, metric;
};

struct Task {
  // the network
  LayerTask* layers;
  int32_t depth;
  double input_rate;  // of dropout on X
  // the loss, and what is counted beside it
  Loss loss;
  float factor;       // c of the squared error c Σ (A - Y)²
  Metric metric;
  float threshold;    // of SIDES_RIGHT, on the scale of the network's output
  float l1, l2;       // strengths of the penalties
  float l1_shared, l2_shared;  // of those that the examples of a batch share: divided by the sum of their weights
  // the optimizer
  Optimizer optimizer;
  const float* alphas;  // the rate of each epoch
  float epsilon, decay;
  double beta1, beta2;  // μ of momentum is called beta1, ρ of RMSprop beta2
  float share;        // of dW in momentum: 1, or 1 - μ for the average
  int32_t uncorrected;  // of Adam: ε stands beside √S, not √Ŝ
  double t;           // steps made before this one
  // the data: X (·, n_in of the first layer); either labels (·) or Y (·, n_out of the last)
  const void* X;
  Numbers numbers;
  const int32_t* labels;
  const float* Y;
  const float* weights;  // of the examples (·), or null where each counts 1
  int64_t rows;       // of X, of labels or Y, and of weights
  // the examples of this run, in their order, and how many make a batch
  const int32_t* order;
  int64_t examples;
  int64_t per_epoch;  // no batch reaches from one epoch into the next
  int32_t batch_size;
  int32_t threads;
  // when to stop: after more than `patience` epochs in a row whose mean loss is above `best` - `tol`, the best of those
  // before them; `without` are such epochs until now (patience < 0: never)
  double best, tol;
  int32_t without, patience;
  // NumPy's PCG64: its 128-bit state and increment, high half first
  uint64_t random[4];
  // found out
  Score* epochs;      // for each thread and epoch: the sums over its examples
  double last_loss;   // mean L of the last batch, which is not a number if the run has diverged
  int64_t steps;      // made; on divergence the next one is the one that failed
};

enum Outcome : int32_t { DONE, DIVERGED, NO_MEMORY, BAD_ORDER, BAD_LABEL, WRONG_MACHINE };
