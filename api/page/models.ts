import { reignsOf } from '../../pipeline/history/reigns.ts';
import { html, type Markup } from '../../pipeline/reports/html.ts';
import { formatMetric } from '../../pipeline/reports/metric-text.ts';
import { formatBytes, formatCount, formatSeconds } from '../../pipeline/reports/numbers.ts';
import type { PageData } from './page-data.ts';
import { dataTable, emptyState, when } from './parts.ts';
import { TEXT } from './text.ts';

const { models: WORDS, empty } = TEXT;
const SHOWN = 30;

/** The part about models: every version, newest first. */
export function modelsPart({ history }: PageData): { readonly title: string; readonly body: Markup } {
  if (history === null) return { title: empty.noHistory.title, body: emptyState(empty.noHistory) };
  const { models } = history;
  return {
    title: WORDS.title(models.length, models.filter(({ status }) => status === 'refused').length),
    body: html`${dataTable(
      WORDS.versions,
      'lllrrrrrr',
      WORDS.header,
      models
        .slice(-SHOWN)
        .toReversed()
        .map(({ version, status, bytes, manifest: { metrics, snapshot, fitSeconds, trainedAt } }) => [
          html`<a href="/models?model=${version}">v${version}</a>`,
          TEXT.statuses[status],
          when(trainedAt),
          formatMetric('rmse', metrics.rmse),
          formatMetric('precisionAt10', metrics.precisionAt10),
          formatMetric('ndcgAt10', metrics['ndcgAt10'] ?? null),
          formatCount(snapshot.ratings),
          formatBytes(bytes),
          formatSeconds(fitSeconds),
        ]),
    )}
<h2>${WORDS.reigns}</h2>
${dataTable(
  WORDS.reigns,
  'lll',
  WORDS.reignHeader,
  reignsOf(history)
    .slice(-SHOWN)
    .toReversed()
    .map(({ version, from, until }) => [
      `v${version}`,
      when(from),
      until === null ? WORDS.stillServes : when(until),
    ]),
)}`,
  };
}
