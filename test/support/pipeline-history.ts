import type { StoredHistory } from '../../pipeline/history/pipeline-history.ts';

/** Of a pipeline that has done nothing. */
export const NO_HISTORY: StoredHistory = {
  at: '2026-03-04T11:00:00.000Z',
  models: [],
  checks: [],
  gains: [],
  trainings: [],
  batches: [],
  alerts: [],
  mutedUntil: null,
  size: { bytes: 8_000_000, limitBytes: null, tables: [], ratings: { plain: 0, packed: 0 } },
};
