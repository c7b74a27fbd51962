/*
 * Alternating least squares on a biased factor model: every row of one side is a ridge regression on the other,
 * solved exactly.
 *
 * Commands: "sweep N" solves every Nth row of movies and of users, from the longest to the shortest, and prints the
 * seconds times N; "rmse 0" prints the RMSE on the training ratings.
 */
#include "sides.h"

static const REAL PENALTY = 5, PENALTY_EACH = 0.05;
static REAL mean;

static void solve_row(struct side *s, const struct side *opposite, int32_t row, REAL *matrix, REAL *z) {
  const int32_t from = s->pointers[row], to = s->pointers[row + 1], bias = factor_count - 1;
  REAL *x = s->factors + (size_t)row * factor_count;
  memset(matrix, 0, sizeof(REAL) * factor_count * factor_count);
  memset(x, 0, sizeof(REAL) * factor_count);
  for (int32_t at = from; at < to; at++) {
    const REAL *q = opposite->factors + (size_t)s->columns[at] * factor_count;
    memcpy(z, q, sizeof(REAL) * factor_count);
    z[bias] = 1;
    const REAL target = s->stars[at] - mean - q[bias];
    for (int32_t f = 0; f < factor_count; f++) x[f] += target * z[f];
    add_outer(z, factor_count, matrix);
  }
  for (int32_t f = 0; f < factor_count; f++) matrix[f * factor_count + f] += PENALTY + PENALTY_EACH * (to - from);
  factorise(matrix, factor_count);
  solve(matrix, factor_count, x);
}

static const struct side *sorted;

static int longest_first(const void *a, const void *b) {
  const int32_t one = *(const int32_t *)a, other = *(const int32_t *)b;
  const int32_t length = sorted->pointers[one + 1] - sorted->pointers[one];
  const int32_t other_length = sorted->pointers[other + 1] - sorted->pointers[other];
  return length != other_length ? (length < other_length ? 1 : -1) : (one > other ? 1 : -1);
}

static int32_t *by_length(const struct side *s) {
  int32_t *rows = zeros(s->rows, sizeof(int32_t));
  for (int32_t row = 0; row < s->rows; row++) rows[row] = row;
  sorted = s;
  qsort(rows, s->rows, sizeof(int32_t), longest_first);
  return rows;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  read_task(argv[1]);
  mean = mean_stars();
  struct side users = open_side(user_count, user_of, movie_of, user_start);
  struct side movies = open_side(movie_count, movie_of, user_of, movie_start);
  const int32_t *user_order = by_length(&users), *movie_order = by_length(&movies);
  REAL *matrix = zeros(factor_count * factor_count, sizeof(REAL)), *z = zeros(factor_count, sizeof(REAL));
  char order[16];
  int step;
  while (scanf("%15s %d", order, &step) == 2) {
    const double started = now();
    double answer;
    if (strcmp(order, "sweep") == 0) {
      for (int32_t at = step / 2; at < movie_count; at += step) solve_row(&movies, &users, movie_order[at], matrix, z);
      for (int32_t at = step / 2; at < user_count; at += step) solve_row(&users, &movies, user_order[at], matrix, z);
      answer = (now() - started) * step;
    } else {
      answer = rmse(&users, &movies, mean);
    }
    printf("%.9g\n", answer);
    fflush(stdout);
  }
  return 0;
}
