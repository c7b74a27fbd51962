import type { RetryPolicy } from '../../lib/retry.ts';

/** The clock and the waiting of whoever deploys; tests bring their own, in which an hour takes no time. */
export interface Time {
  /** Milliseconds since some beginning. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** Seven tries within nearly a minute. */
export const vercelRetries = ({ sleep }: Time): RetryPolicy => ({ pauses: [1, 2, 4, 8, 16, 25], sleep });
