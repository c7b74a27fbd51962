import type { PastModel } from '../../pipeline/history/pipeline-history.ts';
import { oneLine } from '../../pipeline/lib/escape.ts';
import { html, type Value } from '../../pipeline/reports/html.ts';
import { formatRanges } from '../../pipeline/reports/markdown.ts';
import { formatMetric, METRIC_LABELS } from '../../pipeline/reports/metric-text.ts';
import { formatBytes, formatCount, formatSeconds } from '../../pipeline/reports/numbers.ts';
import { dataTable, type PartContent, when } from './parts.ts';
import { TEXT } from './text.ts';

const { models: WORDS } = TEXT;

/** Two models side by side: metrics, hyper-parameters that differ, data, and what the gate said where it compared them. */
export function modelComparison(a: PastModel, b: PastModel): PartContent {
  const both = [a, b] as const;
  const head = both.map(({ version }) => html`<a href="/models?model=${version}">v${version}</a>`);
  const settings = [...new Set(both.flatMap(({ manifest }) => Object.keys(manifest.hyperParameters)))];
  const differing = settings.filter(
    (name) => a.manifest.hyperParameters[name] !== b.manifest.hyperParameters[name],
  );
  const compared = both.find(
    ({ gate, version }) => gate?.champion === (version === a.version ? b.version : a.version),
  );
  const row = (label: string, of: (model: PastModel) => Value): readonly Value[] => [label, ...both.map(of)];
  return {
    title: WORDS.comparison(a.version, b.version, differing.length),
    body: html`<p class="links"><a href="/models#versions">${WORDS.all}</a></p>
${
  compared?.gate == null
    ? html`<p class="note">${WORDS.ownHoldouts}</p>`
    : html`<h2>${WORDS.sameRatings}</h2>
${dataTable(
  WORDS.sameRatings,
  'lrrr',
  [WORDS.metric, `v${compared.gate.champion}`, `v${compared.version}`, WORDS.difference],
  compared.gate.rules.map(({ metric, champion, challenger, difference, interval }) => [
    METRIC_LABELS.find(([name]) => name === metric)?.[1] ?? metric,
    formatMetric(metric, champion),
    formatMetric(metric, challenger),
    `${formatMetric(metric, difference, 'signed')}${interval === null ? '' : ` [${interval.map((end) => formatMetric(metric, end, 'signed')).join(', ')}]`}`,
  ]),
)}`
}
<h2>${WORDS.metrics}</h2>
${dataTable(
  WORDS.metrics,
  'lrrr',
  [WORDS.metric, ...head, WORDS.difference],
  METRIC_LABELS.map(([name, label]) => {
    const [one, other] = both.map(({ manifest }) => manifest.metrics[name] ?? null);
    const difference = one == null || other == null ? null : other - one;
    return [
      label,
      formatMetric(name, one ?? null),
      formatMetric(name, other ?? null),
      formatMetric(name, difference, 'signed'),
    ];
  }),
)}
<h2>${WORDS.differing}</h2>
${
  differing.length === 0
    ? html`<p>${WORDS.sameSettings(settings.length)}</p>`
    : dataTable(
        WORDS.differing,
        'lrr',
        [WORDS.side, ...head],
        differing.map((name) => [
          oneLine(name, 60),
          ...both.map(({ manifest }) => String(manifest.hyperParameters[name] ?? '–')),
        ]),
      )
}
<h2>${WORDS.lineage}</h2>
${dataTable(
  WORDS.lineage,
  'lll',
  [WORDS.side, ...head],
  [
    row(WORDS.status, ({ status }) => TEXT.statuses[status]),
    row(WORDS.algorithm, ({ manifest }) => manifest.algorithm),
    row(WORDS.why, ({ manifest }) => TEXT.reasons[manifest.reason]),
    row(WORDS.trained, ({ manifest }) => when(manifest.trainedAt)),
    row(WORDS.took, ({ manifest }) => formatSeconds(manifest.fitSeconds)),
    row(WORDS.ratings, ({ manifest }) => formatCount(manifest.snapshot.ratings)),
    row(WORDS.batches, ({ manifest }) => formatRanges(manifest.snapshot.batches)),
    row(WORDS.size, ({ bytes }) => formatBytes(bytes)),
  ],
)}`,
  };
}
