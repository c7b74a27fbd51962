/**
 * The positions of the `n` largest scores, largest first; of equal scores the earlier position first.
 * −Infinity and NaN are never selected, so the result is shorter when fewer scores qualify.
 *
 * One pass with a short sorted list of the best so far: nearly every score fails the comparison with the
 * last of the list and costs nothing more.
 */
export function topN(scores: Float32Array, n: number): Int32Array {
  const positions = new Int32Array(Math.min(n, scores.length));
  const best = new Float64Array(positions.length);
  let length = 0;
  let bar = positions.length === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  for (let position = 0; position < scores.length; position++) {
    const score = scores[position] as number;
    if (!(score > bar)) continue;
    let at = length < positions.length ? length++ : length - 1;
    for (; at > 0 && (best[at - 1] as number) < score; at--) {
      best[at] = best[at - 1] as number;
      positions[at] = positions[at - 1] as number;
    }
    best[at] = score;
    positions[at] = position;
    if (length === positions.length) bar = best[length - 1] as number;
  }
  return positions.subarray(0, length);
}
