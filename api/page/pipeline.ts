import type { PastBatch, PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import { oneLine } from '../../pipeline/lib/escape.ts';
import { fillLevel } from '../../pipeline/reports/charts/fill-level.ts';
import { html, type Markup } from '../../pipeline/reports/html.ts';
import { formatBytes, formatCount, formatPercent, formatSeconds } from '../../pipeline/reports/numbers.ts';
import { qualityLabel } from '../../pipeline/reports/quality-table.ts';
import { chartFigure } from './chart.ts';
import type { PageData } from './page-data.ts';
import { badgeOf, dataTable, emptyState, linked, type PartContent, when } from './parts.ts';
import { durationsChartOf, rowsChartOf } from './pipeline-charts.ts';
import { type PageQuery, queryText } from './query.ts';
import { stageGrid } from './stage-grid.ts';
import { TEXT } from './text.ts';

const { pipeline: WORDS, empty } = TEXT;
const ROWS = 20;

/** The part about the pipeline: what each stage did about each batch, rows, times, and the size of the database. */
export function pipelinePart({ history }: PageData, query: PageQuery): PartContent {
  if (history === null) return { title: empty.noHistory.title, body: emptyState(empty.noHistory) };
  const { batches, facts } = history;
  if (batches.length === 0) return { title: empty.noBatch.title, body: emptyState(empty.noBatch) };
  const rejected = batches.reduce((sum, batch) => sum + batch.rejected, 0);
  return {
    title: WORDS.title(batches.length, rejected),
    body: html`<h2 id="stages">${WORDS.grid}</h2>
${stageGrid(history)}
${facts.repository === null ? null : html`<p>${linked(WORDS.runs, `${facts.repository}/actions`)}</p>`}
${chartFigure(rowsChartOf(history), '')}
${chartFigure(durationsChartOf(history), '')}
${sizeSection(history)}
<h2 id="batches">${WORDS.batches}</h2>
${batchTable(batches, query.whole('before'))}`,
  };
}

function sizeSection({ size: { bytes, limitBytes, tables, ratings } }: PipelineHistory): Markup {
  const share = limitBytes === null ? null : bytes / limitBytes;
  const title =
    share === null
      ? WORDS.unlimited(formatBytes(bytes))
      : WORDS.limited(formatBytes(bytes), formatBytes(limitBytes), formatPercent(share, 0));
  return html`<h2 id="size">${WORDS.size}</h2>
<p>${title} ${WORDS.stored(ratings.packed, ratings.plain)}</p>
${share === null ? null : fillLevel(share, title)}
<details><summary>${WORDS.tables}</summary>${dataTable(
    WORDS.tables,
    'lr',
    WORDS.tableHeader,
    tables.map(({ name, bytes: of }) => [html`<code>${oneLine(name, 60)}</code>`, formatBytes(of)]),
  )}</details>`;
}

/** The batches, newest first, those before one of them. */
function batchTable(batches: readonly PastBatch[], before: number | null): Markup {
  const older = before === null ? batches : batches.filter(({ batchId }) => batchId < before);
  const shown = older.slice(-ROWS).toReversed();
  const last = shown.at(-1);
  return html`${dataTable(
    WORDS.batches,
    'llllrrrrrrl',
    WORDS.batchHeader,
    shown.map((batch) => [
      batch.batchId,
      oneLine(batch.source, 80),
      WORDS.roles[batch.role],
      when(batch.at),
      formatCount(batch.read),
      formatCount(batch.new),
      formatCount(batch.updated),
      formatCount(batch.unchanged),
      formatCount(batch.rejected),
      formatSeconds(batch.durationMs / 1000),
      html`${batch.quarantined ? html`${badgeOf('watch', WORDS.quarantined)} ` : null}${batch.quality.map(
        ({ kind, severity }) =>
          html`${badgeOf(severity === 'severe' ? 'drift' : severity === 'warning' ? 'watch' : 'insufficient', qualityLabel(kind))} `,
      )}`,
    ]),
  )}
${older.length > shown.length && last !== undefined ? html`<p><a href="/pipeline?${queryText({ before: last.batchId })}#batches">${TEXT.older(older.length - shown.length)}</a></p>` : null}`;
}
