/* Small square matrices, row-major. Only the upper triangle of symmetric ones is used. */
#include <math.h>
#include <stdint.h>
#include <string.h>

/* matrix += z z' */
static void add_outer(const REAL *z, int32_t size, REAL *matrix) {
  for (int32_t a = 0; a < size; a++) {
    for (int32_t b = a; b < size; b++) matrix[a * size + b] += z[a] * z[b];
  }
}

/* A = U'U, U in the place of the upper triangle of A */
static void factorise(REAL *matrix, int32_t size) {
  for (int32_t pivot = 0; pivot < size; pivot++) {
    REAL *top = matrix + pivot * size;
    const REAL scale = 1 / sqrt(top[pivot]);
    for (int32_t b = pivot; b < size; b++) top[b] *= scale;
    for (int32_t a = pivot + 1; a < size; a++) {
      for (int32_t b = a; b < size; b++) matrix[a * size + b] -= top[a] * top[b];
    }
  }
}

/* U'U x = b, x in the place of b */
static void solve(const REAL *factor, int32_t size, REAL *x) {
  for (int32_t a = 0; a < size; a++) {
    x[a] /= factor[a * size + a];
    for (int32_t b = a + 1; b < size; b++) x[b] -= x[a] * factor[a * size + b];
  }
  for (int32_t a = size - 1; a >= 0; a--) {
    for (int32_t b = a + 1; b < size; b++) x[a] -= x[b] * factor[a * size + b];
    x[a] /= factor[a * size + a];
  }
}

/* V = inverse of U, upper triangular, so that the inverse of U'U is VV' */
static void invert_factor(const REAL *factor, int32_t size, REAL *inverse) {
  for (int32_t b = 0; b < size; b++) {
    inverse[b * size + b] = 1 / factor[b * size + b];
    for (int32_t a = b - 1; a >= 0; a--) {
      REAL value = 0;
      for (int32_t c = a + 1; c <= b; c++) value -= factor[a * size + c] * inverse[c * size + b];
      inverse[a * size + b] = value / factor[a * size + a];
    }
  }
}

/* An entry of VV' */
static REAL inverse_entry(const REAL *inverse, int32_t size, int32_t a, int32_t b) {
  REAL value = 0;
  for (int32_t c = a > b ? a : b; c < size; c++) value += inverse[a * size + c] * inverse[b * size + c];
  return value;
}
