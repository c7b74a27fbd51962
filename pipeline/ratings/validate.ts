import { orderRows } from './order.ts';
import { emptyRatings, filterRatings, type Ratings, sliceRatings } from './ratings.ts';
import { type RawRatings, REJECT_REASONS, type RejectReason, type Rejects } from './raw.ts';
import { KEPT, rejectsAt } from './rejected-rows.ts';

/** The largest id: ids and times are stored in 32 bits. */
export const MAX_ID = 2_147_483_647;

/** Whether a number can be the id of a user or a movie. */
export const isId = (id: number): boolean => Number.isInteger(id) && id >= 0 && id <= MAX_ID;

/** 1995-01-01 UTC. No rating of MovieLens is older. */
export const EARLIEST = 788_918_400;

export interface ValidatedRatings {
  readonly ratings: Ratings;
  readonly rejects: Rejects;
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
 * Separates valid rows from invalid ones. A row is valid when both ids are integers from 0 to 2^31 − 1, the rating is
 * 0.5 to 5.0 by halves, and the time is a whole second from 1995 to now. When a user rates a movie more than once, the
 * latest rating is kept (of equal times the later row) and the others are rejected as `superseded`.
 *
 * @param now seconds since 1970-01-01 UTC; null for ratings without times, whose time becomes 0.
 * @returns ratings in source order, and rejects by ascending row number. Every row is in one of the two.
 */
export function validateRatings(raw: RawRatings, now: number | null): ValidatedRatings {
  const all = emptyRatings(raw.length);
  const reasons = new Uint8Array(raw.length);
  for (const row of raw.unreadable ?? []) reasons[row] = codeOf('quotation-invalid');
  let length = 0;
  for (let row = 0; row < raw.length; row++) {
    if (reasons[row] !== KEPT) continue;
    const user = raw.userIds[row] as number;
    const movie = raw.movieIds[row] as number;
    const stars = raw.stars[row] as number;
    const time = raw.timestamps[row] as number;
    const reason = reasonToReject(user, movie, stars, time, now);
    if (reason !== null) {
      reasons[row] = codeOf(reason);
      continue;
    }
    all.userIds[length] = user;
    all.movieIds[length] = movie;
    all.halves[length] = stars * 2;
    all.ratedAt[length] = now === null ? 0 : time;
    length++;
  }
  const valid = sliceRatings(all, 0, length);
  const isLatest = latestOfEach(valid);
  if (isLatest === null) return { ratings: valid, rejects: rejectsAt(raw, reasons) };
  for (let row = 0, position = 0; row < raw.length; row++) {
    if (reasons[row] === KEPT && isLatest[position++] === 0) reasons[row] = codeOf('superseded');
  }
  return {
    ratings: filterRatings(valid, (position) => isLatest[position] === 1),
    rejects: rejectsAt(raw, reasons),
  };
}

/** For every rating 1 when it is the latest of its user and movie; null when all are. */
function latestOfEach({ userIds, movieIds, ratedAt, length }: Ratings): Uint8Array | null {
  const order = orderRows([userIds, movieIds, ratedAt]);
  let isLatest: Uint8Array | null = null;
  for (let i = 1; i < length; i++) {
    const previous = order[i - 1] as number;
    const current = order[i] as number;
    if (userIds[previous] === userIds[current] && movieIds[previous] === movieIds[current]) {
      isLatest ??= new Uint8Array(length).fill(1);
      isLatest[previous] = 0;
    }
  }
  return isLatest;
}

const codeOf = (reason: RejectReason): number => REJECT_REASONS.indexOf(reason) + 1;
