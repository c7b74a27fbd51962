import type { PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import type { Serving } from '../../pipeline/serving/open-serving.ts';
import type { ServingStatus } from '../../pipeline/serving/serving-status.ts';
import type { Database } from '../database.ts';
import { ApiProblem } from '../problem.ts';

/** What a part of the page is made from. */
export interface PageData {
  readonly serving: Serving;
  /** Null in bundles of earlier releases. */
  readonly history: PipelineHistory | null;
  readonly status: ServingStatus;
  /** Where history and status are from. */
  readonly source: 'database' | 'bundle';
  readonly now: Date;
}

/** For so long, in milliseconds, the database is not asked again. */
const FRESH_MS = 10_000;

/**
 * The history and the status: those of the bundle, refreshed from the database where one responds. Requests at the same
 * time share one query. After a failure the newest that was read counts.
 */
export function pageDataSource(
  serving: Serving,
  database: Database | null,
  clock: () => Date,
): () => Promise<PageData> {
  type Read = Pick<PageData, 'history' | 'status' | 'source'>;
  let known: Read | null = null;
  let reading: Promise<Read> | null = null;
  let readAt = Number.NEGATIVE_INFINITY;

  async function refresh(from: Database): Promise<Read> {
    const bundled = serving.history();
    try {
      const status = await from.status(serving.status);
      const stored = await from.history({ limitMegabytes: bundled?.facts.limitMegabytes ?? null });
      const history = bundled === null ? null : { ...bundled, ...stored };
      return { history, status, source: 'database' };
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return known ?? { history: bundled, status: serving.status, source: 'bundle' };
    }
  }

  return async () => {
    const now = clock();
    if (database === null) {
      known ??= { history: serving.history(), status: serving.status, source: 'bundle' };
      return { serving, now, ...known };
    }
    if (reading === null && (known === null || now.getTime() - readAt >= FRESH_MS)) {
      readAt = now.getTime();
      reading = refresh(database).finally(() => {
        reading = null;
      });
    }
    known = reading === null ? (known as Read) : await reading;
    return { serving, now, ...known };
  };
}
