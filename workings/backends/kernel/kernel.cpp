// The kernel for one instruction set: compiled once for each, under a name of its own (-DKERNEL=…).
//
// Everything is inside the namespace of that name, and nothing from the standard library has code of its own here:
// otherwise the linker might hand a function compiled for a newer machine to an older one.
#include <cstdint>
#include <utility>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "workspace.hpp"

namespace KERNEL {
// in reading order
#include "vectors.hpp"
#include "layout.hpp"
#include "ahead.hpp"
#include "sparse.hpp"
#include "gather.hpp"
#include "products.hpp"
#include "activations.hpp"
#include "dropout.hpp"
#include "losses.hpp"
#include "optimizers.hpp"
#include "updates.hpp"
#include "train.hpp"
#include "run.hpp"
}  // namespace KERNEL
