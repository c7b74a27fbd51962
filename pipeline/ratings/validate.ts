import { orderRows } from './order.ts';
import { emptyRatings, type Ratings, selectRatings } from './ratings.ts';
import type { RawRatings, Reject, RejectReason } from './raw.ts';

/** Ids and times are stored in 32 bits. */
const MAX_ID = 2_147_483_647;

/** Whether a number can be the id of a user or a movie. */
export const isId = (id: number): boolean => Number.isInteger(id) && id >= 1 && id <= MAX_ID;

/** 1995-01-01 UTC. No rating of MovieLens is older. */
const EARLIEST = 788_918_400;

export interface ValidatedRatings {
  readonly ratings: Ratings;
  readonly rejects: readonly Reject[];
}

function reasonToReject(
  user: number,
  movie: number,
  stars: number,
  time: number,
  now: number | null,
): RejectReason | null {
  if (!isId(user)) return 'user-id-invalid';
  if (!isId(movie)) return 'movie-id-invalid';
  if (!Number.isInteger(stars * 2) || stars < 0.5 || stars > 5) return 'rating-invalid';
  if (now !== null && (!Number.isInteger(time) || time < EARLIEST || time > now)) return 'timestamp-invalid';
  return null;
}

/**
 * Separates valid rows from invalid ones. A row is valid when both ids are integers from 1 to 2^31 − 1, the rating is
 * 0.5 to 5.0 by halves, and the time is a whole second from 1995 to now. When a user rates a movie more than once, the
 * latest rating is kept (of equal times the later row) and the others are rejected as `superseded`.
 *
 * @param now seconds since 1970-01-01 UTC; null for ratings without times, whose time becomes 0.
 * @returns ratings in source order, and rejects by ascending row number. Every row is in one of the two.
 */
export function validateRatings(raw: RawRatings, now: number | null): ValidatedRatings {
  const all = emptyRatings(raw.length);
  const rowOf = new Int32Array(raw.length);
  const rejects: Reject[] = [];
  const reject = (row: number, reason: RejectReason): void => {
    const shown = (value: number | undefined): string => (Number.isNaN(value) ? '?' : String(value));
    rejects.push({
      rowNumber: raw.firstRowNumber + row,
      reason,
      content: `user ${shown(raw.userIds[row])}, movie ${shown(raw.movieIds[row])}, rating ${shown(raw.stars[row])}, timestamp ${shown(raw.timestamps[row])}`,
    });
  };
  let length = 0;
  for (let row = 0; row < raw.length; row++) {
    const user = raw.userIds[row] as number;
    const movie = raw.movieIds[row] as number;
    const stars = raw.stars[row] as number;
    const time = raw.timestamps[row] as number;
    const reason = reasonToReject(user, movie, stars, time, now);
    if (reason !== null) {
      reject(row, reason);
      continue;
    }
    all.userIds[length] = user;
    all.movieIds[length] = movie;
    all.halves[length] = stars * 2;
    all.ratedAt[length] = now === null ? 0 : time;
    rowOf[length++] = row;
  }
  const kept = keepLatest(all, length);
  for (const position of kept.superseded) reject(rowOf[position] as number, 'superseded');
  rejects.sort((a, b) => a.rowNumber - b.rowNumber);
  return { ratings: selectRatings(all, kept.positions), rejects };
}

/** Positions of the latest rating of each (user, movie), and of those that it supersedes. */
function keepLatest(
  { userIds, movieIds, ratedAt }: Ratings,
  length: number,
): { positions: Int32Array; superseded: readonly number[] } {
  const order = orderRows([userIds, movieIds, ratedAt].map((column) => column.subarray(0, length)));
  const superseded: number[] = [];
  const isLatest = new Uint8Array(length).fill(1);
  for (let i = 1; i < length; i++) {
    const previous = order[i - 1] as number;
    const current = order[i] as number;
    if (userIds[previous] === userIds[current] && movieIds[previous] === movieIds[current]) {
      isLatest[previous] = 0;
      superseded.push(previous);
    }
  }
  const positions = new Int32Array(length - superseded.length);
  for (let i = 0, at = 0; i < length; i++) if (isLatest[i]) positions[at++] = i;
  return { positions, superseded };
}

/** The number of rejects of damaged rows. A superseded rating is valid and does not count. */
export function damagedRows(rejects: readonly Reject[]): number {
  return rejects.reduce((count, { reason }) => count + (reason === 'superseded' ? 0 : 1), 0);
}
