/**
 * The number of ratings of ids that are not in `known`.
 *
 * @param ids ascending.
 * @param counts ratings of each id, `width` numbers for each.
 * @param known ascending.
 */
export function ratingsOfUnseen(
  ids: Int32Array,
  counts: Int32Array,
  width: number,
  known: Int32Array,
): number {
  let unseen = 0;
  let at = 0;
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row] as number;
    while (at < known.length && (known[at] as number) < id) at++;
    if (known[at] === id) continue;
    for (let f = 0; f < width; f++) unseen += counts[row * width + f] as number;
  }
  return unseen;
}
