/** The clock and the waiting of whoever deploys; tests bring their own, in which an hour takes no time. */
export interface Time {
  /** Milliseconds since some beginning. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** Seconds before the second try, the third, and so on: nearly a minute in all. */
const PAUSES = [1, 2, 4, 8, 16, 25] as const;
/** The longest that an answer may ask to wait, in seconds. */
const LONGEST_PAUSE = 30;

/** A failure that may be over when it is tried again. */
export class PassingFailure extends Error {
  /** What the answer asked to wait, in seconds; null when it said nothing. */
  readonly waitSeconds: number | null;

  constructor(message: string, waitSeconds: number | null = null, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'PassingFailure';
    this.waitSeconds = waitSeconds;
  }
}

/**
 * Does something again while it fails with `PassingFailure`, at growing distance, and gives up after seven tries.
 *
 * @throws whatever the last try threw.
 */
export async function patiently<T>({ sleep }: Time, work: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error;
      await sleep(Math.min(Math.max(pause, error.waitSeconds ?? 0), LONGEST_PAUSE) * 1000);
    }
  }
  return work();
}

/** What an answer's `Retry-After` asks to wait, in seconds; null where it says nothing, or a date. */
export function retryAfter(headers: Headers): number | null {
  const value = headers.get('retry-after');
  return value !== null && /^\d+$/.test(value) ? Number(value) : null;
}
