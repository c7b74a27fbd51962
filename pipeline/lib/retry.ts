import { setTimeout as systemSleep } from 'node:timers/promises';

/** When something that failed is tried again. */
export interface RetryPolicy {
  /** Seconds before the second try, the third, and so on; empty for a single try. */
  readonly pauses: readonly number[];
  /** Longest pause that a failure may ask for, in seconds. @default 30 */
  readonly longestPause?: number;
  /** Waits milliseconds. @default with the system's timer */
  readonly sleep?: ((milliseconds: number) => Promise<unknown>) | undefined;
}

export const NO_RETRIES: RetryPolicy = { pauses: [] };

/**
 * Does work again after pauses while it fails in a way that may pass.
 *
 * @param leastPause seconds to wait at least after a failure; null for a failure that will not pass.
 * @throws what the last try threw.
 */
export async function withRetries<T>(
  { pauses, longestPause = 30, sleep = systemSleep }: RetryPolicy,
  work: () => Promise<T>,
  leastPause: (error: unknown) => number | null,
): Promise<T> {
  for (const pause of pauses) {
    try {
      return await work();
    } catch (error) {
      const asked = leastPause(error);
      if (asked === null) throw error;
      await sleep(Math.min(Math.max(pause, asked), longestPause) * 1000);
    }
  }
  return work();
}
