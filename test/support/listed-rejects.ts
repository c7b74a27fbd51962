import type { Reject, Rejects } from '../../pipeline/ratings/raw.ts';

/** Rejected rows from a list. */
export function listedRejects(list: readonly Reject[]): Rejects {
  const damaged = list.filter(({ reason }) => reason !== 'superseded');
  return {
    length: list.length,
    damaged: damaged.length,
    count: (reason) => list.filter((reject) => reject.reason === reason).length,
    firstOfEach: () =>
      list.filter((reject, at) => list.findIndex(({ reason }) => reason === reject.reason) === at),
    firstDamaged: (most) => damaged.slice(0, most),
    slice: (from, to) => list.slice(from, to),
  };
}
