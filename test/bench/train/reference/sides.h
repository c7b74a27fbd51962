/* The ratings of a task by user and by movie, and their error under factors whose last one is a bias. */
#include "task.h"
#include "square.h"

struct side {
  int32_t rows;
  /* rows + 1 offsets into what follows */
  int32_t *pointers;
  int32_t *columns;
  REAL *stars;
  /* rows x factor_count */
  REAL *factors;
};

static struct side open_side(int32_t rows, const int32_t *row_of, const int32_t *column_of, REAL *start) {
  struct side s = {rows, zeros(rows + 1, sizeof(int32_t)), zeros(rating_count, sizeof(int32_t)),
                   zeros(rating_count, sizeof(REAL)), start};
  for (int32_t n = 0; n < rating_count; n++) s.pointers[row_of[n] + 1]++;
  for (int32_t row = 0; row < rows; row++) s.pointers[row + 1] += s.pointers[row];
  int32_t *next = zeros(rows, sizeof(int32_t));
  memcpy(next, s.pointers, rows * sizeof(int32_t));
  for (int32_t n = 0; n < rating_count; n++) {
    const int32_t at = next[row_of[n]]++;
    s.columns[at] = column_of[n];
    s.stars[at] = stars_of[n];
  }
  free(next);
  return s;
}

static double rmse(const struct side *users, const struct side *movies, REAL mean) {
  double sum = 0;
  for (int32_t n = 0; n < rating_count; n++) {
    const REAL *p = users->factors + (size_t)user_of[n] * factor_count, *q = movies->factors + (size_t)movie_of[n] * factor_count;
    double error = stars_of[n] - (mean + p[factor_count - 1] + q[factor_count - 1]);
    for (int32_t f = 0; f < factor_count - 1; f++) error -= p[f] * q[f];
    sum += error * error;
  }
  return sqrt(sum / rating_count);
}
