/**
 * The values of the rows for which `keep` returns true, in the same order. The `filter` of typed arrays makes a list of
 * the values meanwhile, with an object for each number that is not a small integer.
 */
export function selectWhere<T extends Int32Array | Float64Array>(
  values: T,
  keep: (row: number) => boolean,
): T {
  const selected = values.slice();
  let length = 0;
  for (let row = 0; row < values.length; row++) if (keep(row)) selected[length++] = values[row] as number;
  return selected.slice(0, length) as T;
}
