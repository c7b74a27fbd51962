import { type ErasureRequest, findUser } from './erase-user.ts';
import type { Store } from './store.ts';
import { lastErasureOf } from './tombstones.ts';

/** `at`: when rows of the user were allowed again. */
export type AllowOutcome =
  | { readonly status: 'allowed'; readonly at: Date }
  | { readonly status: 'never-erased'; readonly at: null };

/**
 * Takes rows of an erased user again. What the models have learned before the erasure stays forgotten: the user is served
 * by new ratings. Repeating it changes nothing.
 */
export function allowUser({ sql }: Store, { userId, by, at }: ErasureRequest): Promise<AllowOutcome> {
  return sql.begin(async (transaction): Promise<AllowOutcome> => {
    await transaction`lock table erasures in share row exclusive mode`;
    const last = await lastErasureOf(transaction, await findUser(transaction, userId));
    if (last === null) return { status: 'never-erased', at: null };
    const [allowed] = await transaction<{ at: Date }[]>`
      update erasures
      set allowed_at = coalesce(allowed_at, ${at}), allowed_by = coalesce(allowed_by, ${by})
      where erasure_id = ${last.erasureId} returning allowed_at as at`;
    return { status: 'allowed', at: (allowed as { at: Date }).at };
  }) as Promise<AllowOutcome>;
}
