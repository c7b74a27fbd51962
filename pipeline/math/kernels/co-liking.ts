import { topK } from './ranking';
import { F32 } from './vector';

/**
 * The movies most alike to each movie i of a range by who likes them, and how alike given pairs are:
 *
 *     s_ij = min(1, Σ_u a_ui l_uj / (|l_i| |l_j|)) · n_ij / (n_ij + shrinkage)
 *
 * over the raters u of i, where n_ij is their number who like j. It is 0 where n_ij is less than `least` of i.
 *
 * @param raters, weights of the raters of each movie by `pointers`: the user, and a_ui.
 * @param liked, likings of each user by `userPointers`: the movie, and l_uj above 0.
 * @param norms |l_i|, movieCount long. @param least movieCount long.
 * @param lengths, rows, similarities written: of each movie the number of movies found, and `most` places for them and
 * their similarities, most alike first.
 * @param others of the pairs of each movie by `pairPointers`: the other movie. @param pairSimilarities written.
 * @param scratch 4 movieCount + most + 3 numbers; the first 2 movieCount are 0 before and after.
 */
export function coLikingRows(
  pointers: usize,
  raters: usize,
  weights: usize,
  userPointers: usize,
  liked: usize,
  likings: usize,
  norms: usize,
  least: usize,
  movieCount: i32,
  shrinkage: f32,
  most: i32,
  lengths: usize,
  rows: usize,
  similarities: usize,
  pairPointers: usize,
  others: usize,
  pairSimilarities: usize,
  from: i32,
  to: i32,
  _slot: usize,
  scratch: usize,
): void {
  // Of each movie the sum, later the similarity, and n_ij, side by side.
  const sums = scratch;
  const touched = sums + 2 * F32 * (movieCount as usize);
  const values = touched + F32 * (movieCount as usize);
  const best = values + F32 * ((movieCount as usize) + 3);
  for (let i = from; i < to; i++) {
    const movie = (i as usize) * F32;
    let length: usize = 0;
    const end = load<i32>(pointers + movie, F32) as usize;
    for (let at = load<i32>(pointers + movie) as usize; at < end; at++) {
      const user = userPointers + (load<i32>(raters + at * F32) as usize) * F32;
      const weight = load<f32>(weights + at * F32);
      const last = load<i32>(user, F32) as usize;
      for (let j = load<i32>(user) as usize; j < last; j++) {
        const other = load<i32>(liked + j * F32);
        const sum = sums + (other as usize) * (2 * F32);
        const count = load<f32>(sum, F32);
        if (count === 0) {
          store<i32>(touched + length * F32, other);
          length++;
        }
        store<f32>(sum, load<f32>(sum) + weight * load<f32>(likings + j * F32));
        store<f32>(sum, count + 1, F32);
      }
    }
    const norm = load<f32>(norms + movie);
    const enough = load<i32>(least + movie) as f32;
    let found: usize = 0;
    for (let at: usize = 0; at < length; at++) {
      const other = load<i32>(touched + at * F32);
      const sum = sums + (other as usize) * (2 * F32);
      const both = load<f32>(sum, F32);
      store<f32>(sum, 0, F32);
      if (other === i || both < enough) {
        store<f32>(sum, 0);
        continue;
      }
      const cosine = load<f32>(sum) / (norm * load<f32>(norms + (other as usize) * F32));
      const similarity = min<f32>(1, cosine) * (both / (both + shrinkage));
      store<f32>(sum, similarity);
      store<f32>(values + found * F32, similarity);
      store<i32>(touched + found * F32, other);
      found++;
    }
    const pairEnd = load<i32>(pairPointers + movie, F32) as usize;
    for (let at = load<i32>(pairPointers + movie) as usize; at < pairEnd; at++) {
      const sum = sums + (load<i32>(others + at * F32) as usize) * (2 * F32);
      store<f32>(pairSimilarities + at * F32, load<f32>(sum));
    }
    const place = (i as usize) * (most as usize) * F32;
    const chosen = topK(values, found as i32, most, rows + place, best);
    store<i32>(lengths + movie, chosen);
    for (let at: usize = 0; at < (chosen as usize); at++) {
      const row = rows + place + at * F32;
      store<i32>(row, load<i32>(touched + (load<i32>(row) as usize) * F32));
      store<f32>(similarities + place + at * F32, load<f32>(best + at * F32));
    }
    for (let at: usize = 0; at < found; at++) {
      store<f32>(sums + (load<i32>(touched + at * F32) as usize) * (2 * F32), 0);
    }
  }
}
