// Optimizers: how a gradient becomes a step.  t counts the steps from 1.
//
//     gradient descent   W ← W - α dW
//     momentum           V ← μ V + share·dW            W ← W - α V        share: 1, or 1 - μ for the average
//     Nesterov           V ← μ V + dW                  W ← W - α (dW + μ V)
//     RMSprop            S ← ρ S + (1 - ρ) dW²         W ← W - α dW / (√S + ε)
//     Adam               M ← β₁ M + (1 - β₁) dW        W ← W - α (M / (1 - β₁ᵗ)) / (√(S / (1 - β₂ᵗ)) + ε)
//                        S ← β₂ S + (1 - β₂) dW²       (AdamW: W ← W - α λ W before)
//
// and penalties steepen the gradient of weights (not of biases):
//
//     L2   λ/2 Σ W²   dW + λ W               L1   λ Σ |W|   dW + λ sign W
//
#pragma once

// The numbers of one step, ready for use.  (1 - β is taken in double precision: of 0.999f three digits would be left.)
struct Step {
  float alpha, epsilon, share;
  float beta1, beta2, rest1, rest2;  // rest: 1 - β
  float correct1, correct2;          // 1 / (1 - βᵗ)
  float epsilon_hat;                 // Adam's ε, as it stands beside √Ŝ
  float shrink;                      // α λ of AdamW
  float l1, l2;

  Step(const Task& task, float alpha, double power1, double power2, float shared)  // β₁ᵗ and β₂ᵗ; 1 / Σ w of the batch
      : alpha(alpha), epsilon(task.epsilon), share(task.share),
        beta1((float)task.beta1), beta2((float)task.beta2),
        rest1((float)(1 - task.beta1)), rest2((float)(1 - task.beta2)),
        correct1((float)(1 / (1 - power1))), correct2((float)(1 / (1 - power2))),
        epsilon_hat(task.uncorrected ? (float)(task.epsilon / __builtin_sqrt(1 - power2)) : task.epsilon),
        shrink(alpha * task.decay), l1(task.l1 + task.l1_shared * shared),
        l2(task.l2 + task.l2_shared * shared) {}
  Step() : Step(Task{}, 0, 0, 0, 0) {}  // to collect: no penalty

  bool penalized() const { return l1 != 0 || l2 != 0; }
};

struct DescentStep {
  static constexpr int memories = 0;
  static constexpr bool only_adds = true;  // a multiple of dW: where that is 0, nothing changes
  INLINE vec step(const Step& s, vec W, vec dW, vec&, vec&) { return W - s.alpha * dW; }
};
struct MomentumStep {
  static constexpr int memories = 1;
  static constexpr bool only_adds = false;
  INLINE vec step(const Step& s, vec W, vec dW, vec& V, vec&) {
    V = s.beta1 * V + s.share * dW;  // μ is called beta1
    return W - s.alpha * V;
  }
};
struct NesterovStep {
  static constexpr int memories = 1;
  static constexpr bool only_adds = false;
  INLINE vec step(const Step& s, vec W, vec dW, vec& V, vec&) {
    V = s.beta1 * V + dW;
    return W - s.alpha * (dW + s.beta1 * V);
  }
};
struct RmspropStep {
  static constexpr int memories = 1;
  static constexpr bool only_adds = false;
  INLINE vec step(const Step& s, vec W, vec dW, vec& S, vec&) {
    S = s.beta2 * S + s.rest2 * dW * dW;  // ρ is called beta2
    return W - s.alpha * dW / (square_root(S) + s.epsilon);
  }
};
struct AdamStep {
  static constexpr int memories = 2;
  static constexpr bool only_adds = false;
  INLINE vec step(const Step& s, vec W, vec dW, vec& M, vec& S) {
    W -= s.shrink * W;
    M = s.beta1 * M + s.rest1 * dW;
    S = s.beta2 * S + s.rest2 * dW * dW;
    return W - s.alpha * (M * s.correct1) / (square_root(S * s.correct2) + s.epsilon_hat);
  }
};

// No step yet: the gradient of a slice of the batch takes the place of W, until all slices are added up.
struct Collect {
  static constexpr int memories = 0;
  static constexpr bool only_adds = false;
  INLINE vec step(const Step&, vec, vec dW, vec&, vec&) { return dW; }
};

// One vector of parameters, at p, with the memory that belongs to it.
template <class Optimizer>
INLINE void mend(const Step& s, float* const p[1 + MEMORIES], long at, vec W, vec dW) {
  vec first = all(0), second = all(0);
  if (Optimizer::memories > 0) first = load(p[1] + at);
  if (Optimizer::memories > 1) second = load(p[2] + at);
  store(p[0] + at, Optimizer::step(s, W, dW, first, second));
  if (Optimizer::memories > 0) store(p[1] + at, first);
  if (Optimizer::memories > 1) store(p[2] + at, second);
}
