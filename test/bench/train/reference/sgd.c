/*
 * Stochastic gradient descent on a biased factor model, one rating after the other: the loop of the SVD of the
 * Surprise library. With THREADS above 1, blocks that share no user and no movie run side by side.
 *
 * Commands: "epochs N" does N and prints the seconds of one; "rmse 0" prints the RMSE on the training ratings.
 */
#include "task.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#ifndef THREADS
#define THREADS 1
#endif

static const REAL RATE = 0.005, PENALTY = 0.02;
static REAL mean, *user_bias, *movie_bias;

__attribute__((noinline)) static void visit(int32_t from, int32_t to) {
  const int32_t k = factor_count;
  for (int32_t n = from; n < to; n++) {
    const int32_t u = user_of[n], i = movie_of[n];
    REAL *p = user_start + (size_t)u * k, *q = movie_start + (size_t)i * k;
    REAL match = 0;
    for (int32_t f = 0; f < k; f++) match += p[f] * q[f];
    const REAL error = stars_of[n] - (mean + user_bias[u] + movie_bias[i] + match);
    user_bias[u] += RATE * (error - PENALTY * user_bias[u]);
    movie_bias[i] += RATE * (error - PENALTY * movie_bias[i]);
#if THREADS > 1
#pragma GCC ivdep
#endif
    for (int32_t f = 0; f < k; f++) {
      const REAL pf = p[f], qf = q[f];
      p[f] = pf + RATE * (error * qf - PENALTY * pf);
      q[f] = qf + RATE * (error * pf - PENALTY * qf);
    }
  }
}

static atomic_int waiting, turn;

/* All threads wait here for each other. */
static void meet(void) {
#if THREADS > 1
  const int before = atomic_load(&turn);
  if (atomic_fetch_add(&waiting, 1) == THREADS - 1) {
    atomic_store(&waiting, 0);
    atomic_fetch_add(&turn, 1);
    return;
  }
  for (int looks = 0; atomic_load(&turn) == before; looks++) {
    if (looks > 10000) sched_yield();
  }
#endif
}

struct share {
  int thread, epochs;
};

static void *work(void *argument) {
  const struct share *share = argument;
  for (int epoch = 0; epoch < share->epochs; epoch++) {
    for (int stratum = 0; stratum < side; stratum++) {
      for (int block = share->thread; block < side; block += THREADS) {
        const int at = block * side + (block + stratum) % side;
        visit(blocks[at], blocks[at + 1]);
      }
      meet();
    }
  }
  return NULL;
}

static double run_epochs(int epochs) {
  struct share shares[THREADS];
  pthread_t threads[THREADS];
  const double started = now();
  for (int t = 0; t < THREADS; t++) {
    shares[t] = (struct share){t, epochs};
    if (t > 0) pthread_create(&threads[t], NULL, work, &shares[t]);
  }
  work(&shares[0]);
  for (int t = 1; t < THREADS; t++) pthread_join(threads[t], NULL);
  return (now() - started) / epochs;
}

static double rmse(void) {
  double sum = 0;
  for (int32_t n = 0; n < rating_count; n++) {
    const int32_t u = user_of[n], i = movie_of[n];
    double error = stars_of[n] - (mean + user_bias[u] + movie_bias[i]);
    for (int32_t f = 0; f < factor_count; f++) error -= user_start[(size_t)u * factor_count + f] * movie_start[(size_t)i * factor_count + f];
    sum += error * error;
  }
  return sqrt(sum / rating_count);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  read_task(argv[1]);
  mean = mean_stars();
  user_bias = zeros(user_count, sizeof(REAL));
  movie_bias = zeros(movie_count, sizeof(REAL));
  char order[16];
  int count;
  while (scanf("%15s %d", order, &count) == 2) {
    printf("%.9g\n", strcmp(order, "epochs") == 0 ? run_epochs(count) : rmse());
    fflush(stdout);
  }
  return 0;
}
