import type { PastBatch, PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import { stackedBars } from '../../pipeline/reports/charts/stacked-bars.ts';
import { formatCount, formatSeconds } from '../../pipeline/reports/numbers.ts';
import type { Chart } from './chart.ts';
import { TEXT } from './text.ts';

const { charts: WORDS, pipeline: PIPELINE } = TEXT;
const SHOWN = 60;
const PARTS = ['new', 'updated', 'unchanged', 'rejected'] as const;
/** The class of each part in the drawing. */
const TONES = ['now', 'part-updated', 'before', 'part-rejected'];

/** What the rows of each batch were, apart from those of the first load, which is much larger. */
export function rowsChartOf({ batches, models }: Pick<PipelineHistory, 'batches' | 'models'>): Chart {
  const firstLoad = models[0]?.manifest.parent === null ? models[0].manifest.snapshot.batches : [];
  const shown = batches
    .filter(({ role, batchId }) => role !== 'train' && role !== 'holdout' && !firstLoad.includes(batchId))
    .slice(-SHOWN);
  const sum = (part: (typeof PARTS)[number]): number =>
    shown.reduce((total, batch) => total + batch[part], 0);
  const text = (batch: PastBatch): string =>
    `batch ${batch.batchId}: ${PARTS.map((part) => `${formatCount(batch[part])} ${PIPELINE.rows[part]}`).join(', ')}`;
  return {
    name: 'rows',
    title:
      shown.length === 0
        ? WORDS.rowsUnknown
        : WORDS.rows(shown.length, formatCount(sum('new') + sum('updated')), formatCount(sum('rejected'))),
    drawing: stackedBars(
      shown.map((batch) => ({
        label: `batch ${batch.batchId}`,
        text: text(batch),
        values: PARTS.map((part) => batch[part]),
      })),
      TONES,
      { id: 'rows-title', title: PIPELINE.rowsByBatch, format: (rows) => PIPELINE.rowCount(rows) },
    ),
    note: WORDS.rowsNote,
    columns: [
      { name: 'batch', label: WORDS.batch },
      ...PARTS.map((part) => ({ name: part, label: PIPELINE.rows[part], format: formatCount })),
    ],
    rows: shown.map((batch) => [String(batch.batchId), ...PARTS.map((part) => batch[part])]),
  };
}

/** How long each ingestion and each training took. */
export function durationsChartOf({ batches, models }: Pick<PipelineHistory, 'batches' | 'models'>): Chart {
  const ingestions = batches.map(({ batchId, at, durationMs }) => ({
    at,
    stage: 'ingest' as const,
    what: `batch ${batchId}`,
    seconds: durationMs / 1000,
  }));
  const trainings = models.map(({ version, manifest: { trainedAt, fitSeconds } }) => ({
    at: trainedAt,
    stage: 'train' as const,
    what: `v${version}`,
    seconds: fitSeconds,
  }));
  const all = [...ingestions, ...trainings].sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-SHOWN);
  const last = (stage: 'ingest' | 'train'): string =>
    formatSeconds(all.findLast((one) => one.stage === stage)?.seconds ?? null);
  return {
    name: 'durations',
    title: WORDS.durations(last('ingest'), last('train')),
    drawing: stackedBars(
      all.map(({ stage, what, seconds }) => ({
        label: what,
        text: `${PIPELINE.stages[stage]}, ${what}: ${formatSeconds(seconds)}`,
        values: stage === 'ingest' ? [seconds, 0] : [0, seconds],
      })),
      ['before', 'now'],
      { id: 'durations-title', title: PIPELINE.durations, format: formatSeconds },
    ),
    note: WORDS.durationsNote,
    columns: [
      { name: 'at', label: PIPELINE.at },
      { name: 'stage', label: PIPELINE.stage },
      { name: 'what', label: PIPELINE.what },
      { name: 'seconds', label: PIPELINE.took, format: formatSeconds },
    ],
    rows: all.map(({ at, stage, what, seconds }) => [at.slice(0, 10), PIPELINE.stages[stage], what, seconds]),
  };
}
