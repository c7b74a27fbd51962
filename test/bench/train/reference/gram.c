/*
 * The Gram matrix of rows of numbers, one outer product after the other.
 *
 * Arguments: rows and factor_count. Command: "passes N" computes the Gram matrix of all rows N times and prints the
 * seconds of one.
 */
#include "task.h"
#include "square.h"

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const int32_t count = atoi(argv[1]), size = atoi(argv[2]);
  REAL *rows = zeros((size_t)count * size, sizeof(REAL)), *matrix = zeros(size * size, sizeof(REAL));
  for (int32_t i = 0; i < count * size; i++) rows[i] = sin(i);
  char order[16];
  int passes;
  while (scanf("%15s %d", order, &passes) == 2) {
    const double started = now();
    for (int pass = 0; pass < passes; pass++) {
      memset(matrix, 0, sizeof(REAL) * size * size);
      for (int32_t i = 0; i < count; i++) add_outer(rows + (size_t)i * size, size, matrix);
    }
    printf("%.9g\n", (now() - started) / passes);
    fflush(stdout);
  }
  return 0;
}
