import type { Reject, Rejects } from '../../pipeline/ratings/raw.ts';

/** Rejected rows from a list. */
export function listedRejects(list: readonly Reject[]): Rejects {
  const damaged = list.filter(({ reason }) => reason !== 'superseded');
  return {
    length: list.length,
    damaged: damaged.length,
    firstDamaged: (most) => damaged.slice(0, most),
    slice: (from, to) => list.slice(from, to),
  };
}
