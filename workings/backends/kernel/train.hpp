// The passes of one step, from the batch to the new weights:  gather → forward → loss → backward and update.
//
// A worker does them for the examples at hand, alone or with others who share the panels of every layer with it (each
// takes every `parts`-th); they meet wherever one of them needs what others made.
#pragma once

// The share of one thread in n things, as a range.
struct Range {
  int first, last;
};
INLINE Range share(int n, int thread, int threads) {
  return {(int)((long)n * thread / threads), (int)((long)n * (thread + 1) / threads)};
}

struct Worker {
  Task& task;
  Workspace& space;
  Crew& crew;
  Room& room;
  const int part, parts;
  Random random;

  int m;           // examples at hand: the batch, or a slice of it
  double penalty;  // what this worker's weights cost in this step

  Layer& layer(int l) { return room.layers[l]; }
  float* input(int l) { return l == 0 ? room.X : layer(l - 1).A; }
  const Lists& lists() const { return room.lists; }
  bool sparse(int l) const { return l == 0 && lists().x; }
  bool sorted() const { return room.by_input.x; }

  void meet() {
    if (parts > 1) crew.meet();
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
    if (space.own_batch) gather(task, batch, m, room, 0, 1);
    else gather(task, batch, m, room, part, parts);
    draw_dropout();
    meet();  // until nobody reads what the forward pass is about to overwrite
    if (sorted() && part == parts - 1) sort(lists(), m, task.layers[0].n_in, room.by_input);
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
      Score some = assess(task, batch, layer(task.depth - 1), m, counts, group * LANES, room.columns);
      score.loss += some.loss, score.metric += some.metric;
    }
    room.score = score;
  }

  // dZ of the layer below: (dZ W) · g′(Z)
  void backward(int l) {
    Layer &at = layer(l), &below = layer(l - 1);
    for (int p = part; p < panels(at.n_in); p += parts) {
      const int q = p * PANEL;
      Panel T = transposed(at.W[0], at.n_in, at.n_out, p, room.turned);
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
          : sorted() ? update<Optimizer>(step, room.by_input, d, m, at.n_in, mine, W, ahead)
                     : update<Optimizer>(step, lists(), d, m, at.n_in, mine, W, room.gradient, ahead);
      update_biases<Optimizer>(step, d, m, mine, b, (long)p * PANEL * LANES);
    }
  }
};
