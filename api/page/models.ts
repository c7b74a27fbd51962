import type { PastModel, PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import { html, type Markup } from '../../pipeline/reports/html.ts';
import { formatMetric, METRIC_LABELS } from '../../pipeline/reports/metric-text.ts';
import { formatBytes, formatCount, formatSeconds } from '../../pipeline/reports/numbers.ts';
import { chartFigure } from './chart.ts';
import { METRIC_CHOICES, metricChartOf, reignChartOf } from './model-charts.ts';
import { modelComparison } from './model-comparison.ts';
import { modelView } from './model-view.ts';
import type { PageData } from './page-data.ts';
import { dataTable, emptyState, options, type PartContent, shape, when } from './parts.ts';
import { type PageQuery, queryText } from './query.ts';
import { TEXT } from './text.ts';

const { models: WORDS, empty } = TEXT;
const ROWS = 20;

/** The part about models: all versions, one of them, or two side by side. */
export function modelsPart({ history, serving }: PageData, query: PageQuery): PartContent {
  if (history === null) return { title: empty.noHistory.title, body: emptyState(empty.noHistory) };
  const sought = query.whole('model');
  if (sought === null) return overview(history, serving.manifest.version, query);
  const find = (version: number | null): PastModel | undefined =>
    history.models.find((model) => model.version === version);
  const model = find(sought);
  if (model === undefined) {
    return { title: WORDS.unknown(sought), body: html`<p><a href="/models">${WORDS.all}</a></p>` };
  }
  const other = find(query.whole('with'));
  return other === undefined ? modelView(history, model) : modelComparison(model, other);
}

function overview(history: PipelineHistory, served: number, query: PageQuery): PartContent {
  const { models } = history;
  const metric = query.oneOf('metric', METRIC_CHOICES) ?? 'rmse';
  return {
    title: WORDS.title(served, models.length, models.filter(({ status }) => status === 'refused').length),
    body: html`<form action="/models" method="get" aria-label="${WORDS.metric}">
<label>${WORDS.metric}<select name="metric">${options(METRIC_LABELS, metric)}</select></label><button>${TEXT.drift.show}</button>
</form>
${chartFigure(metricChartOf(history, metric), queryText({ metric }))}
${chartFigure(reignChartOf(history), '')}
<h2 id="versions">${WORDS.versions}</h2>
${compareForm(models)}
${versionTable(models, query.whole('before'), metric)}`,
  };
}

function compareForm(models: readonly PastModel[]): Markup | null {
  const [a, b] = models.slice(-2);
  if (a === undefined || b === undefined) return null;
  const version = (name: string, label: string, value: number): Markup =>
    html`<label>${label}<input type="number" name="${name}" min="${models[0]?.version ?? 1}" max="${b.version}" value="${value}" required></label>`;
  return html`<form action="/models" method="get" aria-label="${WORDS.compare}">
${version('model', WORDS.first, a.version)}${version('with', WORDS.second, b.version)}
<button>${WORDS.compare}</button>
</form>`;
}

/** The versions, newest first, those before one of them. */
function versionTable(models: readonly PastModel[], before: number | null, metric: string): Markup {
  const older = before === null ? models : models.filter(({ version }) => version < before);
  const shown = older.slice(-ROWS).toReversed();
  const last = shown.at(-1);
  return html`${dataTable(
    WORDS.versions,
    'lllrrrrrrrr',
    WORDS.header,
    shown.map(({ version, status, bytes, manifest: { metrics, snapshot, fitSeconds, trainedAt } }) => [
      html`<a href="/models?model=${version}">v${version}</a>`,
      status === 'refused'
        ? html`<span class="verdict-word drift">${shape('drift')}${TEXT.statuses[status]}</span>`
        : TEXT.statuses[status],
      when(trainedAt),
      formatMetric('rmse', metrics.rmse),
      formatMetric('mae', metrics.mae),
      formatMetric('precisionAt10', metrics.precisionAt10),
      formatMetric('ndcgAt10', metrics['ndcgAt10'] ?? null),
      formatMetric('coverage', metrics['coverage'] ?? null),
      formatCount(snapshot.ratings),
      formatBytes(bytes),
      formatSeconds(fitSeconds),
    ]),
  )}
${older.length > shown.length && last !== undefined ? html`<p><a href="/models?${queryText({ metric, before: last.version })}#versions">${TEXT.older(older.length - shown.length)}</a></p>` : null}`;
}
