import type { RankedList } from '../../pipeline/evaluate/ranked-list.ts';
import type { Scores } from '../../pipeline/stages/model-check/scores.ts';

/** Users 1 to 30. The first 20 are in the training data. */
export const SCORED_USERS: readonly number[] = Array.from({ length: 30 }, (_, i) => i + 1);
const LAST_WARM = 20;
/** Held-out ratings of each user. */
const RATINGS = 4;

/** Scores of a model with the given errors and hits by user. */
export function scoresWith({
  error,
  hits = () => 1,
  ...rest
}: {
  /** Predicted minus actual rating, for each held-out rating of a user, stars. */
  readonly error: (userId: number) => number;
  /** How many of a user's two liked movies are in the list, at its start. @default one */
  readonly hits?: (userId: number) => number;
} & Partial<Scores>): Scores {
  const userIds = Int32Array.from(SCORED_USERS.flatMap((user) => Array<number>(RATINGS).fill(user)));
  return {
    data: {
      name: 'synthetic, seed 1',
      training: { ratings: 1_000, users: 40, movies: 50, sha256: 'a'.repeat(64) },
      holdout: {
        ratings: userIds.length,
        users: SCORED_USERS.length,
        rankedUsers: SCORED_USERS.length,
        sha256: 'b'.repeat(64),
      },
      candidates: 60,
    },
    model: { algorithm: 'vb-mf', hyperParameters: { factors: 16, sweeps: 20 }, seed: 1 },
    fitSeconds: 2,
    modelBytes: 300_000,
    userIds,
    warm: Uint8Array.from(userIds, (user) => (user <= LAST_WARM ? 1 : 0)),
    errors: Float64Array.from(userIds, error),
    lists: SCORED_USERS.map((userId): RankedList => {
      const found = hits(userId);
      return {
        userId,
        movieIds: Int32Array.from({ length: 10 }, (_, place) => place + 1),
        hits: Uint8Array.from({ length: 10 }, (_, place) => (place < found ? 1 : 0)),
        relevant: 2,
      };
    }),
    personas: [personaWith('Newcomer', [1, 2, 3])],
    ...rest,
  };
}

export function personaWith(name: string, movieIds: readonly number[]): Scores['personas'][number] {
  return {
    name,
    description: 'has not rated anything',
    userId: 0,
    movies: movieIds.map((id) => ({ id, title: `Movie ${id}` })),
  };
}
