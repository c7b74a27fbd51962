import type { RetryPolicy } from '../../lib/retry.ts';

/** Clock and timer of a deployment. Tests replace them, so that waiting takes no time. */
export interface Time {
  /** Milliseconds since a fixed time. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** Seven attempts within nearly a minute. */
export const vercelRetries = ({ sleep }: Time): RetryPolicy => ({ pauses: [1, 2, 4, 8, 16, 25], sleep });
