/**
 * Milliseconds since an arbitrary moment. It never goes back, so the difference of two readings is a duration.
 * Entry points pass `() => performance.now()`.
 */
export type Stopwatch = () => number;
