import { z } from 'zod';

const instant = z.iso.datetime();
const count = z.int().nonnegative();
const verdict = z.enum(['ok', 'watch', 'drift', 'insufficient']);

/**
 * Where the pipeline stands, as the API tells it. It is read from the database, and travels with a deployed
 * model as JSON for when there is none. Times are ISO 8601, UTC.
 */
export const servingStatusSchema = z.object({
  /** When all this was read. */
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
      /** The champion of the time. */
      modelVersion: z.int().positive(),
      /** Those that are not ok. `effect` is what is compared with the threshold. */
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
  /** Alerts about the champion that nothing and nobody has answered; drift is open while there is one. */
  openAlerts: count,
  /** Ratings that have arrived since the champion's data. */
  bufferRatings: count,
  /** Ratings given to the API that no batch has taken in yet. */
  feedbackWaiting: count,
  /** How long ingestion and checks may be silent. */
  ingestHours: z.number().positive(),
  driftHours: z.number().positive(),
});

export type ServingStatus = z.infer<typeof servingStatusSchema>;

export interface Lateness {
  /** Hours since the last batch or check; since the promotion before the first, null without a champion either. */
  readonly hours: number | null;
  /** Longer than the schedule may be silent. */
  readonly isLate: boolean;
}

/**
 * How long ingestion and drift checks have been silent. It knows no more than the status: of one that was read
 * long ago it says what would be so if nothing had happened since.
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
