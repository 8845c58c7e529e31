// Products: the three of dense layers, here with one example per row.
//
//     forward    Z  = A Wᵀ + b
//     backward   dA = dZ W            (the forward product again, with Wᵀ for W and 0 for b)
//     gradient   dW = dZᵀ A           (in updates.hpp, where it is used up at once)
//
// A tile of the result, some examples by one panel of outputs, stays in the registers while k walks over all inputs:
// for each k a few weights are loaded as vectors, and each example's A (k) multiplies them all.
#pragma once

// How many examples a tile has at most: as many as fit into the registers, beside the weights and A (k).
constexpr int MOST_ROWS[PANEL + 1] = {0, REGISTERS / 2 < 12 ? 12 : REGISTERS / 2, REGISTERS == 32 ? 12 : 6};

template <int VECTORS, int ROWS>
static void tile(const float* A, int m, int n_in, const float* W, const float* b, float* Z) {
  vec z[ROWS][VECTORS];
  UNROLL for (int r = 0; r < ROWS; r++)
    UNROLL for (int j = 0; j < VECTORS; j++) z[r][j] = load(b + j * LANES);

  for (; n_in > 0; n_in -= LANES, A += (long)m * LANES)
    for (int k = 0; k < LANES && k < n_in; k++, W += VECTORS * LANES) {
      vec w[VECTORS];
      UNROLL for (int j = 0; j < VECTORS; j++) w[j] = load(W + j * LANES);
      UNROLL for (int r = 0; r < ROWS; r++)
        UNROLL for (int j = 0; j < VECTORS; j++) z[r][j] += A[r * LANES + k] * w[j];
    }

  UNROLL for (int r = 0; r < ROWS; r++)
    UNROLL for (int j = 0; j < VECTORS; j++) store(Z + ((long)j * m + r) * LANES, z[r][j]);
}

using Tile = void (*)(const float* A, int m, int n_in, const float* W, const float* b, float* Z);

template <int VECTORS, int... R>
INLINE Tile tile_of(int rows, std::integer_sequence<int, R...>) {
  static constexpr Tile tiles[] = {tile<VECTORS, R + 1>...};
  return tiles[rows - 1];
}
INLINE Tile tile_of(int vectors, int rows) {
  return vectors == 1 ? tile_of<1>(rows, std::make_integer_sequence<int, MOST_ROWS[1]>())
                      : tile_of<2>(rows, std::make_integer_sequence<int, MOST_ROWS[2]>());
}

// The blocks of Z that belong to one panel, for all m examples, in tiles as equal as can be.
static void product(const float* A, int m, int n_in, Panel panel, const float* b, float* Z) {
  int most = MOST_ROWS[panel.vectors];
  int tiles = (m + most - 1) / most;
  for (int r = 0; tiles > 0; tiles--) {
    int rows = (m - r + tiles - 1) / tiles;
    tile_of(panel.vectors, rows)(A + r * LANES, m, n_in, panel.W, b, Z + r * LANES);
    r += rows;
  }
}
