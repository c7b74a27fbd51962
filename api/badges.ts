import { z } from '@hono/zod-openapi';
import type { Manifest } from '../pipeline/model/manifest.ts';
import { formatNumber } from '../pipeline/reports/numbers.ts';
import { lateness, type ServingStatus } from '../pipeline/serving/serving-status.ts';

export const BADGE_NAMES = ['model', 'rmse', 'drift', 'ingest'] as const;

/** The format of shields.io: https://shields.io/badges/endpoint-badge */
export const badgeSchema = z
  .object({ schemaVersion: z.literal(1), label: z.string(), message: z.string(), color: z.string() })
  .openapi('Badge');
type Badge = z.infer<typeof badgeSchema>;

const VERDICT_COLORS = {
  ok: 'brightgreen',
  watch: 'yellow',
  drift: 'red',
  insufficient: 'lightgrey',
} as const;

const make = (label: string, message: string, color: string): Badge => ({
  schemaVersion: 1,
  label,
  message,
  color,
});

export function badge(
  name: (typeof BADGE_NAMES)[number],
  status: ServingStatus,
  manifest: Manifest,
  now: Date,
): Badge {
  const late = lateness(status, now);
  switch (name) {
    case 'model':
      return make('model', `v${manifest.version}`, 'blue');
    case 'rmse':
      return make('RMSE', formatNumber(manifest.metrics.rmse), 'blue');
    case 'drift': {
      if (status.lastCheck === null) return make('drift', 'not checked yet', 'lightgrey');
      if (late.drift.isLate) return make('drift', 'check overdue', 'orange');
      const { verdict, modelVersion } = status.lastCheck;
      // A check of an earlier model says nothing about this one.
      if (modelVersion !== manifest.version) return make('drift', 'not checked yet', 'lightgrey');
      return make('drift', verdict, VERDICT_COLORS[verdict]);
    }
    case 'ingest': {
      const { hours, isLate } = late.ingest;
      if (status.lastIngest === null || hours === null) return make('ingest', 'no batch yet', 'lightgrey');
      return make('ingest', `${formatHours(hours)} ago`, isLate ? 'orange' : 'brightgreen');
    }
  }
}

/** `5 h`, `3 d` */
function formatHours(hours: number): string {
  return hours < 48 ? `${Math.floor(hours)} h` : `${Math.floor(hours / 24)} d`;
}
