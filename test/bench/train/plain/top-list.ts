/** Scores every row by its product with a vector in plain loops, and keeps the best few. */
export function plainTopList(rows: Float32Array, vector: Float32Array, k: number): Int32Array {
  const factorCount = vector.length;
  const positions = new Int32Array(k);
  const values = new Float32Array(k).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0, at = 0; at < rows.length; row++) {
    let score = 0;
    for (let f = 0; f < factorCount; f++, at++) score += (rows[at] as number) * (vector[f] as number);
    if (!(score > (values[k - 1] as number))) continue;
    let place = k - 1;
    for (; place > 0 && (values[place - 1] as number) < score; place--) {
      values[place] = values[place - 1] as number;
      positions[place] = positions[place - 1] as number;
    }
    values[place] = score;
    positions[place] = row;
  }
  return positions;
}
