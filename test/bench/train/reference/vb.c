/*
 * Variational Bayes matrix factorisation with learned priors, in plain loops: the equations of
 * pipeline/math/kernels/bayes-rows.ts and of pipeline/train/ratings-heads/vb-mf/sweep.ts.
 *
 * Commands: "sweeps N" does N and prints the seconds of one; "rmse 0" prints the RMSE on the training ratings.
 */
#include "sides.h"

static const REAL MEAN_WEIGHT = 2, ACTIVITY_OFFSET = 5, FEATURE_PENALTY = 1, INITIAL_PRECISION = 10;
static const int SETTLING_SWEEPS = 2;
static REAL mean, tau = 1.2;

/* The arrays of variational Bayes for a side, besides its means. */
struct belief {
  struct side side;
  /* rows x factor_count: variances, feature means, and posterior minus prior means */
  REAL *variances, *feature_means, *deviations;
  /* factor_count; factor_count x factor_count */
  REAL *shared, *precision, *covariance;
  /* of each row; opposite rows x factor_count */
  REAL *scales, *weights;
};

static struct belief open_belief(struct side side, int32_t opposites) {
  const size_t size = (size_t)side.rows * factor_count;
  struct belief b = {side, zeros(size, sizeof(REAL)), zeros(size, sizeof(REAL)), zeros(size, sizeof(REAL)),
                     zeros(factor_count, sizeof(REAL)), zeros(factor_count * factor_count, sizeof(REAL)), zeros(factor_count * factor_count, sizeof(REAL)),
                     zeros(side.rows, sizeof(REAL)), zeros((size_t)opposites * factor_count, sizeof(REAL))};
  for (int32_t f = 0; f < factor_count; f++) b.precision[f * factor_count + f] = INITIAL_PRECISION;
  for (int32_t row = 0; row < side.rows; row++) {
    const REAL count = side.pointers[row + 1] - side.pointers[row];
    b.scales[row] = sqrt(count) / (count + ACTIVITY_OFFSET);
  }
  return b;
}

static REAL *numbers(int32_t count) { return zeros(count, sizeof(REAL)); }

/* Updates all rows and returns the expected sum of squared errors. */
static double update_rows(struct belief *b, const struct belief *opposite) {
  static REAL *prior, *matrix, *inverse, *z, *known, *pull, *right, *uncertainty;
  const int32_t k = factor_count, bias = k - 1;
  if (prior == NULL) {
    prior = numbers(k * k), matrix = numbers(k * k), inverse = numbers(k * k), z = numbers(k);
    known = numbers(k), pull = numbers(k), right = numbers(k), uncertainty = numbers(k);
  }
  for (int32_t at = 0; at < k * k; at++) prior[at] = b->precision[at] / tau;
  memset(b->covariance, 0, sizeof(REAL) * k * k);
  double total = 0;
  for (int32_t row = 0; row < b->side.rows; row++) {
    const size_t base = (size_t)row * k;
    REAL *x = b->side.factors + base;
    memcpy(matrix, prior, sizeof(REAL) * k * k);
    for (int32_t a = 0; a < k; a++) known[a] = b->shared[a] + b->feature_means[base + a];
    for (int32_t a = 0; a < k; a++) {
      pull[a] = uncertainty[a] = 0;
      for (int32_t c = 0; c < k; c++) pull[a] += prior[a * k + c] * known[c];
      right[a] = pull[a];
    }
    double squares = 0;
    for (int32_t at = b->side.pointers[row]; at < b->side.pointers[row + 1]; at++) {
      const REAL *q = opposite->side.factors + (size_t)b->side.columns[at] * k;
      const REAL *spread = opposite->variances + (size_t)b->side.columns[at] * k;
      const REAL target = b->side.stars[at] - mean - q[bias];
      squares += target * target;
      for (int32_t a = 0; a < k; a++) {
        z[a] = a == bias ? 1 : q[a];
        right[a] += target * z[a];
        uncertainty[a] += spread[a];
      }
      add_outer(z, k, matrix);
    }
    for (int32_t a = 0; a < bias; a++) matrix[a * k + a] += uncertainty[a];
    memcpy(x, right, sizeof(REAL) * k);
    factorise(matrix, k);
    solve(matrix, k, x);
    invert_factor(matrix, k, inverse);
    double trace = 0, error = squares + uncertainty[bias];
    for (int32_t a = 0; a < k; a++) {
      REAL shrinkage = 0;
      for (int32_t c = 0; c < k; c++) shrinkage += prior[a * k + c] * x[c];
      error += x[a] * (right[a] - shrinkage - 2 * (right[a] - pull[a]));
      for (int32_t c = a; c < k; c++) {
        const REAL entry = inverse_entry(inverse, k, a, c);
        b->covariance[a * k + c] += entry / tau;
        trace += (a == c ? 1 : 2) * entry * prior[a * k + c];
        if (a == c) b->variances[base + a] = entry / tau;
      }
      b->deviations[base + a] = x[a] - known[a];
    }
    total += error + (k - trace) / tau;
  }
  return total;
}

/* One Gauss-Seidel pass over the weights of features. */
static void learn_weights(struct belief *b, const struct side *opposite) {
  static REAL *change;
  if (change == NULL) change = numbers(factor_count);
  for (int32_t j = 0; j < opposite->rows; j++) {
    REAL squares = 0, *w = b->weights + (size_t)j * factor_count;
    memset(change, 0, sizeof(REAL) * factor_count);
    for (int32_t at = opposite->pointers[j]; at < opposite->pointers[j + 1]; at++) {
      const REAL v = b->scales[opposite->columns[at]], *e = b->deviations + (size_t)opposite->columns[at] * factor_count;
      squares += v * v;
      for (int32_t f = 0; f < factor_count; f++) change[f] += v * e[f];
    }
    for (int32_t f = 0; f < factor_count; f++) {
      const REAL after = (change[f] + squares * w[f]) / (FEATURE_PENALTY + squares);
      change[f] = after - w[f];
      w[f] = after;
    }
    for (int32_t at = opposite->pointers[j]; at < opposite->pointers[j + 1]; at++) {
      const REAL v = b->scales[opposite->columns[at]];
      REAL *e = b->deviations + (size_t)opposite->columns[at] * factor_count;
      for (int32_t f = 0; f < factor_count; f++) e[f] -= v * change[f];
    }
  }
}

/* Learns the prior of a side: weights, shared mean and precision. */
static void update_prior(struct belief *b, const struct side *opposite) {
  static REAL *scatter, *inverse, *offset;
  const int32_t k = factor_count, n = b->side.rows;
  if (scatter == NULL) scatter = numbers(k * k), inverse = numbers(k * k), offset = numbers(k);
  learn_weights(b, opposite);
  memset(scatter, 0, sizeof(REAL) * k * k);
  memset(offset, 0, sizeof(REAL) * k);
  for (int32_t row = 0; row < n; row++) {
    const size_t base = (size_t)row * k;
    for (int32_t a = 0; a < k; a++) {
      b->feature_means[base + a] = b->side.factors[base + a] - b->deviations[base + a] - b->shared[a];
      offset[a] += b->deviations[base + a] / n;
    }
    add_outer(b->deviations + base, k, scatter);
  }
  const REAL mean_weight = n * MEAN_WEIGHT / (n + MEAN_WEIGHT);
  for (int32_t a = 0; a < k; a++) {
    for (int32_t c = a; c < k; c++) {
      scatter[a * k + c] += (a == c) - n * offset[a] * offset[c] + b->covariance[a * k + c];
      scatter[a * k + c] += mean_weight * (offset[a] + b->shared[a]) * (offset[c] + b->shared[c]);
    }
  }
  factorise(scatter, k);
  invert_factor(scatter, k, inverse);
  for (int32_t a = 0; a < k; a++) {
    for (int32_t c = 0; c < k; c++) b->precision[a * k + c] = (n + k) * inverse_entry(inverse, k, a, c);
    b->shared[a] = n * (offset[a] + b->shared[a]) / (n + MEAN_WEIGHT);
  }
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  read_task(argv[1]);
  mean = mean_stars();
  struct belief users = open_belief(open_side(user_count, user_of, movie_of, user_start), movie_count);
  struct belief movies = open_belief(open_side(movie_count, movie_of, user_of, movie_start), user_count);
  char order[16];
  int count, done = 0;
  while (scanf("%15s %d", order, &count) == 2) {
    const double started = now();
    double answer;
    if (strcmp(order, "sweeps") == 0) {
      for (int sweep = 0; sweep < count; sweep++) {
        update_rows(&users, &movies);
        update_prior(&users, &movies.side);
        const double error = update_rows(&movies, &users);
        update_prior(&movies, &users.side);
        if (done++ >= SETTLING_SWEEPS) tau = rating_count / error;
      }
      answer = (now() - started) / count;
    } else {
      answer = rmse(&users.side, &movies.side, mean);
    }
    printf("%.9g\n", answer);
    fflush(stdout);
  }
  return 0;
}
