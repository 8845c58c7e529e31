// A run: one step for every batch of the order, by all threads.  There are two ways to share a step (memory.hpp chooses):
//
//     by panels     of every layer each thread computes some panels of outputs: for wide layers, and small batches
//     by examples   the batch is cut into slices; whoever is free takes one and collects its gradients; then
//                   dW = Σ of the slices, and of the weights, too, whoever is free learns a part
//
// The number of slices does not depend on the threads, and the slices are added up in their order: so the same bits
// come out, whoever has taken which.
#pragma once

// With the optimizer of this task.
template <class Use>
INLINE void optimize(const Task& task, Use use) {
  switch (task.optimizer) {
    case GRADIENT_DESCENT: return use(DescentStep());
    case MOMENTUM: return use(MomentumStep());
    case NESTEROV: return use(NesterovStep());
    case RMSPROP: return use(RmspropStep());
    case ADAM: return use(AdamStep());
  }
}

// The examples of a step, and those of the next one.
struct Batch {
  const int32_t* rows;
  int m;
  const int32_t* next;
  int following;
  float counts;  // Σ w, or m
};

struct Run {
  Task& task;
  Workspace& space;
  Crew& crew;
  const int thread, threads;
  Worker worker;
  Score total;  // of the steps made in this epoch

  // Into panels before the run, and back after it.
  template <class Move>
  void each_parameter(Move move) {
    for (int l = thread; l < task.depth; l += threads) {
      const LayerTask& given = task.layers[l];
      Layer& at = space.rooms[0].layers[l];
      move(given.W, at.W[0], given.b, at.b[0], at);
      for (int i = 0; i < MEMORIES; i++)
        if (given.W_memory[i]) move(given.W_memory[i], at.W[1 + i], given.b_memory[i], at.b[1 + i], at);
    }
  }

  // From the parameters that were given to those that are given back.
  Outcome go() {
    each_parameter([](float* W, float* packed, float* b, float* b_packed, Layer& at) {
      pack(W, packed, at.n_in, at.n_out);
      for (int i = 0; i < at.n_out; i++) b_packed[i] = b[i];
    });
    worker.meet();
    Outcome outcome = epochs();
    worker.meet();
    each_parameter([](float* W, float* packed, float* b, float* b_packed, Layer& at) {
      unpack(W, packed, at.n_in, at.n_out);
      for (int i = 0; i < at.n_out; i++) b[i] = b_packed[i];
    });
    if (thread == 0) worker.random.tell(task.random);
    return outcome;
  }

  // Epoch after epoch, until they are done, or enough is learned, or L is no number.
  Outcome epochs() {
    const int64_t many = task.examples / task.per_epoch, steps = (task.per_epoch - 1) / task.batch_size + 1;
    if (thread == 0) task.steps = 0;
    for (int64_t e = 0; e < many; e++) {
      if (!epoch(task.order + e * task.per_epoch, task.t + e * steps, task.alphas[e])) return DIVERGED;
      task.epochs[thread * many + e] = total;
      if (threads == 1 && enough(total.loss / task.per_epoch)) break;
      total = {};
    }
    return DONE;
  }

  // One step for each batch → whether L is a number; where it is not, nothing of that batch has been learned.
  bool epoch(const int32_t* rows, double t, float alpha) {
    double power1 = __builtin_pow(task.beta1, t), power2 = __builtin_pow(task.beta2, t);
    const int32_t *last = rows + task.per_epoch, *end = task.order + task.examples;
    for (int m; rows < last; rows += m) {
      m = last - rows < task.batch_size ? (int)(last - rows) : task.batch_size;
      const int following = end - rows - m < m ? (int)(end - rows - m) : m;
      const Batch batch{rows, m, rows + m, following, total_weight(task, rows, m)};

      power1 *= task.beta1, power2 *= task.beta2;
      const Step step(task, alpha, power1, power2, batch.counts > 0 ? 1 / batch.counts : 0);
      if (!(space.slices > 1 ? by_examples(batch, step) : by_panels(batch, step))) return false;
      if (thread == 0) task.steps++;
    }
    return true;
  }

  // Whether training has not become better for too long, after an epoch of this mean loss.
  bool enough(double loss) {
    if (task.patience < 0) return false;
    task.without = loss > task.best - task.tol ? task.without + 1 : 0;
    task.best = loss < task.best ? loss : task.best;
    return task.without > task.patience;
  }

  // When all rooms have their part of L: whether it is a number.  The first thread counts it.
  bool finite(int rooms, int m) {
    Score score{0, 0};
    for (int i = 0; i < rooms; i++) score.loss += space.rooms[i].score.loss, score.metric += space.rooms[i].score.metric;
    if (thread == 0) task.last_loss = score.loss;
    if (!__builtin_isfinite(score.loss)) return false;
    if (thread == 0) total.loss += m * score.loss, total.metric += score.metric;
    return true;
  }

  // Both ways → whether L is a number.
  bool by_panels(const Batch& batch, const Step& step) {
    const bool alone = space.own_batch;
    worker.m = batch.m, worker.penalty = 0;
    Ahead ahead(task, batch.next, batch.following, alone ? 0 : thread, alone ? 1 : threads, worker.hints());
    if (!alone) worker.meet();  // until nobody needs the batch before
    worker.gather_batch(batch.rows);
    for (int l = 0; l < task.depth; l++) worker.forward(l, ahead);
    worker.loss(batch.rows, batch.counts);
    worker.meet();
    if (!finite(threads, batch.m)) return false;
    for (int l = task.depth - 1; l >= 0; l--) {
      Layer& at = worker.layer(l);
      if (l > 0) worker.backward(l);
      optimize(task, [&](auto how) { worker.update_layer<decltype(how)>(l, step, ahead, at.W, at.b); });
    }
    total.loss += batch.m * worker.penalty;
    return true;
  }

  bool by_examples(const Batch& batch, const Step& step) {
    each_slice([&](int s) { collect(batch, s); });
    if (!finite(space.slices, batch.m)) return false;
    each_slice([&](int s) {
      double& penalty = space.rooms[s].penalty = 0;
      for (int l = 0; l < task.depth; l++)
        optimize(task, [&](auto how) { penalty += learn_part<decltype(how)>(l, s, step); });
    });
    for (int s = 0; s < space.slices; s++) total.loss += batch.m * space.rooms[s].penalty;
    return true;
  }
  template <class Do>
  void each_slice(Do what) {
    crew.each(space.slices, [](void* of, int s) { (*(Do*)of)(s); }, &what);
  }

  // L of slice s, dW and db of every layer.
  void collect(const Batch& batch, int s) {
    const Range mine = share(batch.m, s, space.slices), next = share(batch.following, s, space.slices);
    Worker at{task, space, crew, space.rooms[s], 0, 1, worker.random, mine.last - mine.first, 0};
    Ahead ahead(task, batch.next + next.first, next.last - next.first, 0, 1, at.hints());
    at.gather_batch(batch.rows + mine.first);
    for (int l = 0; l < task.depth; l++) at.forward(l, ahead);
    at.loss(batch.rows + mine.first, batch.counts);
    for (int l = task.depth - 1; l >= 0; l--) {
      if (l > 0) at.backward(l);
      at.update_layer<Collect>(l, Step(), ahead, {at.layer(l).dW}, {at.layer(l).db});
    }
  }

  // Part s of a layer's weights, and the biases in the first.  → what the penalties cost before the step
  template <class Optimizer>
  float learn_part(int l, int s, const Step& step) {
    const Layer& at = space.rooms[0].layers[l];
    auto [first, last] = share(padded(at.n_in) * blocks(at.n_out), s, space.slices);
    vec cost = all(0);
    for (long i = (long)first * LANES; i < (long)last * LANES; i += LANES) {
      vec dW = load(at.dW + i);
      for (int k = 1; k < space.slices; k++) dW += load(space.rooms[k].layers[l].dW + i);
      learn<Optimizer>(step, at.W, i, dW, cost);
    }
    for (long i = 0; s == 0 && i < padded(at.n_out); i += LANES) {
      vec db = load(at.db + i);
      for (int k = 1; k < space.slices; k++) db += load(space.rooms[k].layers[l].db + i);
      mend<Optimizer>(step, at.b, i, load(at.b[0] + i), db);
    }
    return sum(cost);
  }
};

Outcome train(Task& task, Workspace& space, int thread, Crew& crew) {
  const int threads = space.slices > 1 ? 1 : crew.size();
  Worker worker{task, space, crew, space.rooms[thread], thread, threads, Random(task.random), 0, 0};
  return Run{task, space, crew, thread, threads, worker, {}}.go();
}
