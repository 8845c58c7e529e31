// Training: for every batch  gather → forward → loss → backward and update,  from the last layer to the first.
//
// All threads run this function side by side, and share the work of a step in one of two ways (memory.hpp chooses):
//
//     by panels     of a layer each thread computes some panels (every `parts`-th), and they meet wherever one of
//                   them needs what others made: for wide layers, and small batches
//     by examples   the batch is cut into slices, each with wires of its own; they meet when the slices' gradients
//                   are collected, dW = Σ of the slices, and when each has learned its share of the weights from it
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
  const bool sliced = space.slices > 1;
  const int part = sliced ? 0 : thread, parts = sliced ? 1 : threads;  // of the panels of a layer, which are its own

  Room* room = &space.rooms[thread];  // its own, or that of the slice at hand
  int m = 0;                          // examples at hand: the batch, or a slice
  double penalty = 0;                 // what this thread's weights cost in this step
  Score total{};                      // of the steps made

  Layer& layer(int l) { return room->layers[l]; }
  float* input(int l) { return l == 0 ? room->X : layer(l - 1).A; }
  const Lists& lists() const { return room->lists; }
  bool sparse(int l) const { return l == 0 && lists().x; }
  bool sorted() const { return room->by_input.x; }

  // Within a slice nobody has to be waited for.
  void meet() {
    if (!sliced) barrier.wait();
  }

  // How often at least a step finds time to look ahead: in the first layer, where most of the work is.
  int hints() {
    const Layer& first = layer(0);
    const int mine = share(panels(first.n_out), 0, parts).last;
    const int calls = lists().x ? (sorted() ? m : 2 * m) : padded(first.n_in) / LANES;
    return (mine > 1 ? mine : 1) * (calls > 1 ? calls : 1);
  }

  void draw_dropout() {
    draw(space.X_keep, task.input_rate, task.layers[0].n_in);
    for (int l = 0; l < task.depth; l++) draw(layer(l).keep, task.layers[l].rate, layer(l).n_out);
  }
  void draw(float* keep, double rate, int n) {
    if (!keep) return;
    auto [first, last] = share(n, part, parts);
    draw_keep(random, rate, keep, n, m, first, last);
  }

  // A⁰, and every random number of the step.
  void gather_batch(const int32_t* batch) {
    if (space.own_batch) gather(task, batch, m, *room, 0, 1);
    else gather(task, batch, m, *room, thread, threads);
    draw_dropout();
    meet();  // until nobody reads what the forward pass is about to overwrite
    if (sorted() && part == parts - 1) sort(lists(), m, task.layers[0].n_in, room->by_input);
    if (space.X_keep) {
      auto [first, last] = share(blocks(task.layers[0].n_in), part, parts);
      scale(block(input(0), m, first), block(space.X_keep, m, first), m, last - first);
      meet();
    }
  }

  // Z = A Wᵀ + b,  A = g(Z),  and dropout's A · keep
  void forward(int l, Ahead& ahead) {
    Layer& at = layer(l);
    for (int p = part; p < panels(at.n_out); p += parts) {
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
    meet();
  }

  // L, the metric and dZ of the last layer.
  void loss(const int32_t* batch, float counts) {
    Score score{0, 0};
    for (int group = part; group < blocks(m); group += parts) {  // of LANES examples
      Score some = assess(task, batch, layer(task.depth - 1), m, counts, group * LANES, room->columns);
      score.loss += some.loss, score.metric += some.metric;
    }
    room->score = score;
  }

  // When all have met: whether L of the whole batch is a number, and thread 0 counts it.
  bool finite(int rooms, int examples) {
    Score score{0, 0};
    for (int i = 0; i < rooms; i++) score.loss += space.rooms[i].score.loss, score.metric += space.rooms[i].score.metric;
    if (thread == 0) task.last_loss = score.loss;
    if (!__builtin_isfinite(score.loss)) return false;
    if (thread == 0) total.loss += examples * score.loss, total.metric += score.metric;
    return true;
  }

  // dZ of the layer below: (dZ W) · g′(Z)
  void backward(int l) {
    Layer &at = layer(l), &below = layer(l - 1);
    for (int p = part; p < panels(at.n_in); p += parts) {
      const int q = p * PANEL;
      Panel T = transposed(at.W[0], at.n_in, at.n_out, p, room->turned);
      float* dZ = block(below.dZ, m, q);
      product(at.dZ, m, at.n_out, T, space.zeros, dZ);
      scale(dZ, block(below.slope, m, q), m, T.vectors);
    }
    meet();
  }

  // W and b of the layer; its weights as they were count for the penalty, which belongs to this step's J.
  template <class Optimizer>
  void update_layer(int l, const Step& step, Ahead& ahead, Parameters& W, Parameters& b) {
    Layer& at = layer(l);
    for (int p = part; p < panels(at.n_out); p += parts) {
      const Panel mine = panel(W[0], at.n_in, at.n_out, p);
      const float* d = block(at.dZ, m, p * PANEL);
      penalty += !sparse(l) ? update<Optimizer>(step, input(l), d, m, at.n_in, mine, W, ahead)
          : sorted() ? update<Optimizer>(step, room->by_input, d, m, at.n_in, mine, W, ahead)
                     : update<Optimizer>(step, lists(), d, m, at.n_in, mine, W, room->gradient, ahead);
      update_biases<Optimizer>(step, d, m, mine, b, (long)p * PANEL * LANES);
    }
  }

  // dW and db of a slice; and W and b from those of all slices, this thread's share of them.
  void collect(int l, Ahead& ahead) {
    Layer& at = layer(l);
    update_layer<Collect>(l, Step(), ahead, {at.dW}, {at.db});
  }
  template <class Optimizer>
  void learn_share(int l, const Step& step) {
    const Layer& at = space.rooms[0].layers[l];
    auto [first, last] = share(padded(at.n_in) * blocks(at.n_out), thread, threads);
    vec cost = all(0);
    for (long i = (long)first * LANES; i < (long)last * LANES; i += LANES) {
      vec dW = load(at.dW + i);
      for (int s = 1; s < space.slices; s++) dW += load(space.rooms[s].layers[l].dW + i);
      learn<Optimizer>(step, at.W, i, dW, cost);
    }
    penalty += sum(cost);
    if (thread != l % threads) return;
    for (long i = 0; i < padded(at.n_out); i += LANES) {
      vec db = load(at.db + i);
      for (int s = 1; s < space.slices; s++) db += load(space.rooms[s].layers[l].db + i);
      mend<Optimizer>(step, at.b, i, load(at.b[0] + i), db);
    }
  }

  // With the optimizer of this run.
  template <class Use>
  void optimize(Use use) {
    switch (task.optimizer) {
      case GRADIENT_DESCENT: return use(DescentStep());
      case MOMENTUM: return use(MomentumStep());
      case NESTEROV: return use(NesterovStep());
      case RMSPROP: return use(RmspropStep());
      case ADAM: return use(AdamStep());
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
    barrier.wait();
    Outcome outcome = steps();
    barrier.wait();
    each_parameter([](float* W, float* packed, float* b, float* b_packed, Layer& at) {
      unpack(W, packed, at.n_in, at.n_out);
      for (int i = 0; i < at.n_out; i++) b[i] = b_packed[i];
    });
    space.rooms[thread].score = total;
    if (thread == 0) random.tell(task.random);
    return outcome;
  }

  // The examples of a step, and those of the next one.
  struct Batch {
    const int32_t* rows;
    int m;
    const int32_t* next;
    int following;
    float counts;  // Σ w, or m
  };

  // Both → whether L is a number; if it is not, nothing has been learned.
  bool step_by_panels(const Batch& batch, const Step& step) {
    m = batch.m;
    const bool alone = space.own_batch;
    Ahead ahead(task, batch.next, batch.following, alone ? 0 : thread, alone ? 1 : threads, hints());
    if (!alone) barrier.wait();  // until nobody needs the batch before
    gather_batch(batch.rows);
    for (int l = 0; l < task.depth; l++) forward(l, ahead);
    loss(batch.rows, batch.counts);
    barrier.wait();
    if (!finite(threads, m)) return false;
    for (int l = task.depth - 1; l >= 0; l--) {
      if (l > 0) backward(l);
      optimize([&](auto how) { update_layer<decltype(how)>(l, step, ahead, layer(l).W, layer(l).b); });
    }
    return true;
  }
  bool step_by_examples(const Batch& batch, const Step& step) {
    for (int s = thread; s < space.slices; s += threads) {
      const Range mine = share(batch.m, s, space.slices), next = share(batch.following, s, space.slices);
      room = &space.rooms[s], m = mine.last - mine.first;
      Ahead ahead(task, batch.next + next.first, next.last - next.first, 0, 1, hints());
      gather_batch(batch.rows + mine.first);
      for (int l = 0; l < task.depth; l++) forward(l, ahead);
      loss(batch.rows + mine.first, batch.counts);
      for (int l = task.depth - 1; l >= 0; l--) {
        if (l > 0) backward(l);
        collect(l, ahead);
      }
    }
    barrier.wait();
    if (!finite(space.slices, batch.m)) return false;
    for (int l = 0; l < task.depth; l++) optimize([&](auto how) { learn_share<decltype(how)>(l, step); });
    barrier.wait();
    return true;
  }

  // One step for each batch, until they are done or L is no number.
  Outcome steps() {
    double power1 = __builtin_pow(task.beta1, task.t), power2 = __builtin_pow(task.beta2, task.t);
    int64_t made = 0;
    for (int64_t start = 0; start < task.examples; made++) {
      if (thread == 0) task.steps = made;
      const int64_t left = task.examples - start, in_epoch = task.per_epoch - start % task.per_epoch;
      const int32_t* rows = task.order + start;
      const int size = in_epoch < task.batch_size ? (int)in_epoch : task.batch_size;
      const int following = left - size < size ? (int)(left - size) : size;
      const Batch batch{rows, size, rows + size, following, total_weight(task, rows, size)};

      power1 *= task.beta1, power2 *= task.beta2;
      const Step step(task, power1, power2, batch.counts > 0 ? 1 / batch.counts : 0);
      penalty = 0;
      if (!(sliced ? step_by_examples(batch, step) : step_by_panels(batch, step))) return DIVERGED;
      total.loss += size * penalty;
      start += size;
      if (task.losses && start % task.per_epoch == 0)
        task.losses[(thread * task.examples + start) / task.per_epoch - 1] = total.loss;
    }
    if (thread == 0) task.steps = made;
    return DONE;
  }
};

Outcome train(Task& task, Workspace& space, int thread, Barrier& barrier) {
  return Worker{task, space, barrier, thread, barrier.threads, Random(task.random)}.run();
}
