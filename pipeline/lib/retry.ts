import { setTimeout as systemSleep } from 'node:timers/promises';

/** When failed work is tried again. */
export interface RetryPolicy {
  /** Seconds before the second attempt, the third, and so on; empty for a single attempt. */
  readonly pauses: readonly number[];
  /** Upper limit of every pause, in seconds. @default 30 */
  readonly longestPause?: number;
  /** Waits milliseconds. @default with the system's timer */
  readonly sleep?: ((milliseconds: number) => Promise<unknown>) | undefined;
}

export const NO_RETRIES: RetryPolicy = { pauses: [] };

/**
 * Does work, and repeats it after pauses while it fails with transient errors.
 *
 * @param minPause returns the shortest pause after an error, in seconds; null for a permanent error.
 * @throws the error of the last attempt.
 */
export async function withRetries<T>(
  { pauses, longestPause = 30, sleep = systemSleep }: RetryPolicy,
  work: () => Promise<T>,
  minPause: (error: unknown) => number | null,
): Promise<T> {
  for (const pause of pauses) {
    try {
      return await work();
    } catch (error) {
      const requested = minPause(error);
      if (requested === null) throw error;
      await sleep(Math.min(Math.max(pause, requested), longestPause) * 1000);
    }
  }
  return work();
}
