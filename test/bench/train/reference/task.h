/* The start of all references: the clock, and a task file with ratings and starting factors. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef REAL
#define REAL double
#endif

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* users, movies, ratings, blocks a side, factor_count */
static int32_t user_count, movie_count, rating_count, side, factor_count;
/* where each block of ratings begins: side * side + 1 */
static int32_t *blocks;
/* of each rating, block after block; within a block user by user */
static int32_t *user_of, *movie_of;
static REAL *stars_of;
/* rows x factor_count */
static REAL *user_start, *movie_start;

static void *need(void *memory) {
  if (memory == NULL) {
    fprintf(stderr, "out of memory\n");
    exit(1);
  }
  return memory;
}

static void *zeros(size_t count, size_t size) {
  return need(calloc(count > 0 ? count : 1, size));
}

static void *read_items(FILE *file, size_t count, size_t size) {
  void *items = zeros(count, size);
  if (fread(items, size, count, file) != count) {
    fprintf(stderr, "the task is too short\n");
    exit(1);
  }
  return items;
}

static REAL *read_reals(FILE *file, size_t count) {
  float *given = read_items(file, count, sizeof(float));
  REAL *reals = need(aligned_alloc(64, (count * sizeof(REAL) + 63) / 64 * 64));
  for (size_t i = 0; i < count; i++) reals[i] = given[i];
  free(given);
  return reals;
}

static void read_task(const char *path) {
  FILE *file = need(fopen(path, "rb"));
  int32_t *header = read_items(file, 5, sizeof(int32_t));
  user_count = header[0];
  movie_count = header[1];
  rating_count = header[2];
  side = header[3];
  factor_count = header[4];
  free(header);
  blocks = read_items(file, side * side + 1, sizeof(int32_t));
  user_of = read_items(file, rating_count, sizeof(int32_t));
  movie_of = read_items(file, rating_count, sizeof(int32_t));
  user_start = read_reals(file, (size_t)user_count * factor_count);
  movie_start = read_reals(file, (size_t)movie_count * factor_count);
  uint8_t *halves = read_items(file, rating_count, 1);
  stars_of = zeros(rating_count, sizeof(REAL));
  for (int32_t n = 0; n < rating_count; n++) stars_of[n] = halves[n] * (REAL)0.5;
  free(halves);
  fclose(file);
}

static REAL mean_stars(void) {
  double sum = 0;
  for (int32_t n = 0; n < rating_count; n++) sum += stars_of[n];
  return sum / rating_count;
}
