/** Any number: the sample only has to be the same in every evaluation. */
const SEED = 0x9e37_79b9;

/**
 * A random sample of users, always the same: those with the smallest hashes of their ids. A larger sample of the same
 * users contains a smaller one, and users who come or go change only their own places.
 *
 * The hash is the finaliser of MurmurHash3 (A. Appleby, 2011), a bijection of 32 bits, so no two users have the same.
 *
 * @param ids distinct, ascending.
 * @param most number of users in the sample, or all when there are fewer.
 * @returns ids, ascending.
 */
export function sampleUsers(ids: Int32Array, most: number): Int32Array {
  if (ids.length <= most) return ids;
  const hashes = Uint32Array.from(ids, hash);
  const limit = hashes.toSorted()[most] as number;
  const sample = new Int32Array(most);
  let length = 0;
  for (let row = 0; row < ids.length; row++) {
    if ((hashes[row] as number) < limit) sample[length++] = ids[row] as number;
  }
  return sample;
}

function hash(id: number): number {
  let h = id ^ SEED;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
