import { z } from 'zod';

const instant = z.iso.datetime();
const count = z.int().nonnegative();
const verdict = z.enum(['ok', 'watch', 'drift', 'insufficient']);

/**
 * The status of the pipeline, for the API. It is read from the database. A bundle has a copy, for an API without a
 * database. Times are ISO 8601, UTC.
 */
export const servingStatusSchema = z.object({
  /** When the status was read. */
  at: instant,
  champion: z.object({ version: z.int().positive(), promotedAt: instant.nullable() }).nullable(),
  /** The newest batch. */
  lastIngest: z
    .object({
      batchId: z.int(),
      source: z.string(),
      at: instant,
      new: count,
      updated: count,
      unchanged: count,
      rejected: count,
    })
    .nullable(),
  lastCheck: z
    .object({
      at: instant,
      verdict,
      /** The champion at the time of the check. */
      modelVersion: z.int().positive(),
      /** The signals that are not ok. `effect` is compared with `threshold`. */
      signals: z.array(
        z.object({
          name: z.string(),
          window: z.enum(['newest', 'buffer']),
          value: z.number().nullable(),
          effect: z.number().nullable(),
          threshold: z.number().nullable(),
          verdict,
        }),
      ),
    })
    .nullable(),
  /** Alerts about the champion that are not acknowledged. Drift is open while there is one. */
  openAlerts: count,
  /** Ratings that arrived after the champion's training data. */
  bufferRatings: count,
  /** Ratings sent to the API that no batch has ingested yet. */
  feedbackWaiting: count,
  /** Ingestion and drift checks are overdue after so many hours. */
  ingestHours: z.number().positive(),
  driftHours: z.number().positive(),
});

export type ServingStatus = z.infer<typeof servingStatusSchema>;

export interface Lateness {
  /** Hours since the last batch or check. Before the first one, since the promotion; null without a champion. */
  readonly hours: number | null;
  /** Whether the schedule is overdue. */
  readonly isLate: boolean;
}

/**
 * The time since the last batch and the last drift check of a status. With an old status, later batches and checks are
 * not known.
 */
export function lateness(
  { champion, lastIngest, lastCheck, ingestHours, driftHours }: ServingStatus,
  now: Date,
): { readonly ingest: Lateness; readonly drift: Lateness } {
  const silence = (last: { readonly at: string } | null, limit: number): Lateness => {
    const since = last?.at ?? champion?.promotedAt ?? null;
    if (since === null) return { hours: null, isLate: false };
    const hours = Math.max(0, (now.getTime() - Date.parse(since)) / 3_600_000);
    return { hours, isLate: hours > limit };
  };
  return { ingest: silence(lastIngest, ingestHours), drift: silence(lastCheck, driftHours) };
}
