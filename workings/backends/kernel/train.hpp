// Training: for every batch  gather → forward → loss → backward and update,  from the last layer to the first.
//
// All threads run this function side by side.  Of a layer each thread computes some panels (every `threads`-th), and
// they meet at the barrier wherever one of them needs what others made.
#pragma once

// The share of one thread in n things, as a range.
struct Range {
  int first, last;
};
INLINE Range share(int n, int thread, int threads) {
  return {(int)((long)n * thread / threads), (int)((long)n * (thread + 1) / threads)};
}

// What one thread does in the whole run.
struct Worker {
  Task& task;
  Workspace& space;
  Barrier& barrier;
  const int thread, threads;
  Random random;

  int m;           // examples in the batch at hand
  double penalty;  // what this thread's weights cost in this step
  Score total;     // of the steps made

  Room& room() { return space.rooms[thread]; }
  Layer& layer(int l) { return space.layers[l]; }
  float* input(int l) { return l == 0 ? room().X : layer(l - 1).A; }
  const Lists& lists() const { return space.rooms[thread].lists; }

  // How often at least a step finds time to look ahead: in the first layer, where most of the work is.
  int hints() {
    const Layer& first = layer(0);
    const int mine = share(panels(first.n_out), 0, threads).last;
    return (mine > 1 ? mine : 1) * (lists().x ? (sorted() ? m : 2 * m) : padded(first.n_in) / LANES);
  }

  void draw_dropout() {
    draw(space.X_keep, task.input_rate, task.layers[0].n_in);
    for (int l = 0; l < task.depth; l++) draw(layer(l).keep, task.layers[l].rate, layer(l).n_out);
  }
  void draw(float* keep, double rate, int n) {
    if (!keep) return;
    auto [first, last] = share(n, thread, threads);
    draw_keep(random, rate, keep, n, m, first, last);
  }

  bool sparse(int l) const { return l == 0 && lists().x; }
  bool sorted() const { return space.by_input.x; }

  // A⁰, and every random number of the step.
  void gather_batch(const int32_t* batch) {
    gather(task, batch, m, space, thread);
    draw_dropout();
    barrier.wait();  // until nobody reads what the forward pass is about to overwrite
    if (sorted() && thread == threads - 1) sort(lists(), m, task.layers[0].n_in, space.by_input);
    if (space.X_keep) {
      auto [first, last] = share(blocks(task.layers[0].n_in), thread, threads);
      scale(block(input(0), m, first), block(space.X_keep, m, first), m, last - first);
      barrier.wait();
    }
  }

  // Z = A Wᵀ + b,  A = g(Z),  and dropout's A · keep
  void forward(int l, Ahead& ahead) {
    Layer& at = layer(l);
    for (int p = thread; p < panels(at.n_out); p += threads) {
      const int q = p * PANEL;
      Panel W = panel(at.W[0], at.n_in, at.n_out, p);
      float *Z = block(at.A, m, q), *slope = block(at.slope, m, q);
      const float* b = at.b[0] + q * LANES;
      if (sparse(l)) product(lists(), m, W, b, Z, ahead);
      else product(input(l), m, at.n_in, W, b, Z);
      activate(task.layers[l].activation, task.layers[l].slope, Z, slope, m, W.vectors, at.n_out - q * LANES);
      if (at.keep) {
        scale(Z, block(at.keep, m, q), m, W.vectors);
        scale(slope, block(at.keep, m, q), m, W.vectors);
      }
    }
    barrier.wait();
  }

  // L, the metric and dZ of the last layer.  → whether L is a number, for all threads
  bool loss(const int32_t* batch, float counts) {
    Score score{0, 0};
    for (int group = thread; group < blocks(m); group += threads) {  // of LANES examples
      Score part = assess(task, batch, layer(task.depth - 1), m, counts, group * LANES, room().columns);
      score.loss += part.loss, score.metric += part.metric;
    }
    room().score = score;
    barrier.wait();
    double L = 0;
    for (int i = 0; i < threads; i++) L += space.rooms[i].score.loss;
    if (thread == 0) task.last_loss = L / m;
    return __builtin_isfinite(L);
  }

  // dZ of the layer below: (dZ W) · g′(Z)
  void backward(int l) {
    Layer &at = layer(l), &below = layer(l - 1);
    for (int p = thread; p < panels(at.n_in); p += threads) {
      const int q = p * PANEL;
      Panel T = transposed(at.W[0], at.n_in, at.n_out, p, room().turned);
      float* dZ = block(below.dZ, m, q);
      product(at.dZ, m, at.n_out, T, space.zeros, dZ);
      scale(dZ, block(below.slope, m, q), m, T.vectors);
    }
    barrier.wait();
  }

  // W and b of the layer; its weights as they were count for the penalty, which belongs to this step's J.
  template <class Optimizer>
  void update_layer(int l, const Step& step, Ahead& ahead) {
    Layer& at = layer(l);
    for (int p = thread; p < panels(at.n_out); p += threads) {
      const Panel W = panel(at.W[0], at.n_in, at.n_out, p);
      const float* d = block(at.dZ, m, p * PANEL);
      penalty += !sparse(l) ? update<Optimizer>(step, input(l), d, m, at.n_in, W, at.W, ahead)
          : sorted() ? update<Optimizer>(step, space.by_input, d, m, at.n_in, W, at.W, ahead)
                     : update<Optimizer>(step, lists(), d, m, at.n_in, W, at.W, room().slopes, ahead);
      update_biases<Optimizer>(step, d, m, W, at.b, (long)p * PANEL * LANES);
    }
  }
  void update_layer(int l, const Step& step, Ahead& ahead) {
    switch (task.optimizer) {
      case GRADIENT_DESCENT: return update_layer<DescentStep>(l, step, ahead);
      case MOMENTUM: return update_layer<MomentumStep>(l, step, ahead);
      case NESTEROV: return update_layer<NesterovStep>(l, step, ahead);
      case RMSPROP: return update_layer<RmspropStep>(l, step, ahead);
      case ADAM: return update_layer<AdamStep>(l, step, ahead);
    }
  }

  // Into panels before the run, and back after it.
  template <class Move>
  void each_parameter(Move move) {
    for (int l = thread; l < task.depth; l += threads) {
      const LayerTask& given = task.layers[l];
      Layer& at = layer(l);
      move(given.W, at.W[0], given.b, at.b[0], at);
      for (int i = 0; i < MEMORIES; i++)
        if (given.W_memory[i]) move(given.W_memory[i], at.W[1 + i], given.b_memory[i], at.b[1 + i], at);
    }
  }

  // From the parameters that were given to those that are given back.
  Outcome run() {
    each_parameter([](float* W, float* packed, float* b, float* b_packed, Layer& at) {
      pack(W, packed, at.n_in, at.n_out);
      for (int i = 0; i < at.n_out; i++) b_packed[i] = b[i];
    });
    Outcome outcome = steps();
    barrier.wait();
    each_parameter([](float* W, float* packed, float* b, float* b_packed, Layer& at) {
      unpack(W, packed, at.n_in, at.n_out);
      for (int i = 0; i < at.n_out; i++) b[i] = b_packed[i];
    });
    room().score = total;
    if (thread == 0) random.tell(task.random);
    return outcome;
  }

  // One step for each batch, until they are done or L is no number; then nothing of that batch has been learned.
  Outcome steps() {
    double power1 = __builtin_pow(task.beta1, task.t), power2 = __builtin_pow(task.beta2, task.t);
    int64_t made = 0;
    for (int64_t start = 0; start < task.examples; start += m, made++) {
      const int64_t left = task.examples - start, in_epoch = task.per_epoch - start % task.per_epoch;
      m = in_epoch < task.batch_size ? (int)in_epoch : task.batch_size;
      const int following = left - m < m ? (int)(left - m) : m;
      const int32_t* batch = task.order + start;
      Ahead ahead(task, batch + m, following, space.own_batch ? 0 : thread, space.own_batch ? 1 : threads, hints());

      if (!space.own_batch) barrier.wait();  // until nobody needs the batch before
      gather_batch(batch);
      for (int l = 0; l < task.depth; l++) forward(l, ahead);
      if (thread == 0) task.steps = made;
      const float counts = total_weight(task, batch, m);
      if (!loss(batch, counts)) return DIVERGED;

      power1 *= task.beta1, power2 *= task.beta2;
      const Step step(task, power1, power2, counts > 0 ? 1 / counts : 0);
      penalty = 0;
      for (int l = task.depth - 1; l >= 0; l--) {
        if (l > 0) backward(l);
        update_layer(l, step, ahead);
      }
      total.loss += room().score.loss + m * penalty;
      total.metric += room().score.metric;
      if (task.losses && in_epoch == m) {
        const int64_t epochs = task.examples / task.per_epoch;
        task.losses[thread * epochs + start / task.per_epoch] = total.loss;
      }
    }
    if (thread == 0) task.steps = made;
    return DONE;
  }
};

Outcome train(Task& task, Workspace& space, int thread, Barrier& barrier) {
  return Worker{task, space, barrier, thread, barrier.threads, Random(task.random), 0, 0, {}}.run();
}
