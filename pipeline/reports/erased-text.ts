import { formatCount, formatInstant } from './numbers.ts';

/** Erased users whom the champion has learned: `2 erased users are still in the champion, since 2026-03-02 06:17 UTC; …`. */
export function erasedText(
  { users, since }: { readonly users: number; readonly since: Date },
  { retrainAfterErasure }: { readonly retrainAfterErasure: boolean },
): string {
  const who = `${formatCount(users)} erased ${users === 1 ? 'user is' : 'users are'} still in the champion, since ${formatInstant(since)}`;
  return retrainAfterErasure
    ? `${who}; a training is requested, and the first check with new ratings dispatches it`
    : `${who}; the next training takes them out`;
}
