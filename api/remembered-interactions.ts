import { mergedInteraction } from '../pipeline/model/interactions.ts';
import type { UserInteraction } from '../pipeline/store/interactions.ts';

/** The interactions of users in memory, merged as the database merges them. */
export interface RememberedInteractions {
  of(userId: number): readonly UserInteraction[];
  add(next: UserInteraction): void;
  /** @param kind null for every kind. @returns how many were removed. */
  remove(userId: number, movieId: number, kind: string | null): number;
  /** The users with interactions. */
  users(): Iterable<number>;
  /** Takes these as all interactions of the users. */
  replace(userIds: readonly number[], by: readonly UserInteraction[]): void;
}

export function rememberedInteractions(known: readonly UserInteraction[]): RememberedInteractions {
  const byUser = new Map<number, Map<string, UserInteraction>>();
  const keyOf = ({ movieId, kind }: UserInteraction): string => `${movieId} ${kind}`;
  const add = (next: UserInteraction): void => {
    const own = byUser.get(next.userId) ?? new Map<string, UserInteraction>();
    byUser.set(next.userId, own);
    own.set(keyOf(next), { ...mergedInteraction(own.get(keyOf(next)), next), userId: next.userId });
  };
  for (const one of known) add(one);
  return {
    of: (userId) => [...(byUser.get(userId)?.values() ?? [])],
    add,
    users: () => byUser.keys(),
    remove(userId, movieId, kind) {
      const own = byUser.get(userId);
      const removed = [...(own?.values() ?? [])].filter(
        (one) => one.movieId === movieId && (kind === null || one.kind === kind),
      );
      for (const one of removed) own?.delete(keyOf(one));
      return removed.length;
    },
    replace(userIds, by) {
      for (const userId of userIds) byUser.delete(userId);
      for (const one of by) add(one);
    },
  };
}
