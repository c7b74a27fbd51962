import type { PastModel, PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import { reignsOf } from '../../pipeline/history/reigns.ts';
import { oneLine } from '../../pipeline/lib/escape.ts';
import { ruleText } from '../../pipeline/reports/gate-table.ts';
import { html, type Markup } from '../../pipeline/reports/html.ts';
import { formatRanges } from '../../pipeline/reports/markdown.ts';
import { formatMetric, METRIC_LABELS } from '../../pipeline/reports/metric-text.ts';
import {
  formatBytes,
  formatCount,
  formatDay,
  formatPercent,
  formatSeconds,
} from '../../pipeline/reports/numbers.ts';
import { badgeOf, dataTable, facts, linked, type PartContent, when } from './parts.ts';
import { TEXT } from './text.ts';

const { models: WORDS } = TEXT;

/** One model: why it was trained, what the gate decided, its metrics, where it comes from, and how to come back to it. */
export function modelView(history: PipelineHistory, model: PastModel): PartContent {
  const { version, status, manifest, gate } = model;
  const { because = [], reason, parent } = manifest;
  const release = releaseOf(history, version);
  return {
    title: WORDS.modelTitle(version, status, gate === null ? null : gateFinding(model)),
    body: html`<p class="links"><a href="/models">${WORDS.all}</a>${parent === null ? null : html` <a href="/models?model=${parent}&amp;with=${version}">${WORDS.compareWith(parent)}</a>`}${release === null ? null : html` ${linked(WORDS.release, release)}`}</p>
<h2>${WORDS.why}</h2>
<p>${TEXT.reasons[reason]}${because.length === 0 ? '' : `: ${because.map((text) => oneLine(text, 300)).join('; ')}`}.</p>
${gateSection(model)}
<h2>${WORDS.served}</h2>
${servedText(history, version)}
<h2>${WORDS.metrics}</h2>
<p class="note">${WORDS.metricsNote(manifest.metrics.ratings)}</p>
${facts(METRIC_LABELS.map(([name, label]) => [label, formatMetric(name, manifest.metrics[name] ?? null)]))}
${lineage(history, model)}
<h2>${WORDS.settings}</h2>
${facts([[WORDS.algorithm, manifest.algorithm], [WORDS.seed, String(manifest.seed)], ...Object.entries(manifest.hyperParameters).map(([name, value]) => [oneLine(name, 60), String(value)] as const)])}
${rollback(history, model)}`,
  };
}

/** `RMSE 2.1% lower than v2` of the first rule of the gate. */
function gateFinding({ gate }: PastModel): string | null {
  const rule = gate?.rules.find(({ passed }) => !passed) ?? gate?.rules[0];
  if (gate == null || rule === undefined || rule.champion === null || rule.difference === null) return null;
  const change = formatMetric(rule.metric, rule.difference, 'signed');
  return `${labelOf(rule.metric)} ${change} against v${gate.champion ?? '?'}`;
}

const labelOf = (metric: string): string => METRIC_LABELS.find(([name]) => name === metric)?.[1] ?? metric;

function gateSection({ gate }: PastModel): Markup {
  if (gate === null) return html`<h2>${WORDS.gate}</h2><p>${WORDS.noGate}</p>`;
  return html`<h2>${WORDS.gate}</h2>
<p>${badgeOf(gate.outcome === 'promote' ? 'ok' : 'drift', WORDS.outcomes[gate.outcome])} ${when(gate.at)}. ${WORDS.protocol(gate.ratings, gate.users, formatPercent(gate.confidence, 0))}</p>
${dataTable(
  WORDS.gate,
  'lrrrll',
  [
    WORDS.metric,
    gate.champion === null
      ? WORDS.rival
      : html`<a href="/models?model=${gate.champion}">v${gate.champion}</a>`,
    WORDS.challenger,
    WORDS.difference,
    WORDS.rule,
    WORDS.passed,
  ],
  gate.rules.map((rule) => [
    labelOf(rule.metric),
    formatMetric(rule.metric, rule.champion),
    formatMetric(rule.metric, rule.challenger),
    `${formatMetric(rule.metric, rule.difference, 'signed')}${rule.interval === null ? '' : ` [${rule.interval.map((end) => formatMetric(rule.metric, end, 'signed')).join(', ')}]`}`,
    ruleText(rule),
    badgeOf(rule.passed ? 'ok' : 'drift', rule.passed ? WORDS.yes : WORDS.no),
  ]),
)}`;
}

function servedText(history: PipelineHistory, version: number): Markup {
  const reigns = reignsOf(history).filter((reign) => reign.version === version);
  if (reigns.length === 0) return html`<p>${WORDS.neverServed}</p>`;
  return html`<ul>${reigns.map(({ from, until }) => html`<li>${when(from)} – ${until === null ? WORDS.stillServes : when(until)}</li>`)}</ul>`;
}

/** Which ratings, which code and which run it comes from, and what it brought. */
function lineage(history: PipelineHistory, { version, bytes, manifest }: PastModel): Markup {
  const { snapshot, run, parent, trainedAt, fitSeconds, refitProblem } = manifest;
  const training = history.trainings.find(({ modelVersion }) => modelVersion === version);
  const gain = (value: number | null | undefined): string => (value == null ? '–' : formatPercent(value));
  return html`<h2>${WORDS.lineage}</h2>
${facts([
  [WORDS.parent, parent === null ? WORDS.none : html`<a href="/models?model=${parent}">v${parent}</a>`],
  [WORDS.trained, html`${when(trainedAt)}, ${formatSeconds(fitSeconds)}`],
  [
    WORDS.ratings,
    `${formatCount(snapshot.ratings)}, ${formatDay(snapshot.from)} – ${formatDay(snapshot.to)}`,
  ],
  [WORDS.usersAndMovies, `${formatCount(snapshot.users)}, ${formatCount(snapshot.movies)}`],
  [WORDS.batches, html`<a href="/pipeline#batches">${formatRanges(snapshot.batches)}</a>`],
  [WORDS.snapshot, html`<code>${snapshot.sha256.slice(0, 12)}</code>`],
  [WORDS.size, formatBytes(bytes)],
  ...(run === undefined
    ? []
    : [
        [WORDS.commit, html`<code>${run.commit.slice(0, 7)}</code>`] as const,
        [WORDS.run, linked(run.url.slice(run.url.lastIndexOf('/') + 1), run.url)] as const,
      ]),
  ...(training === undefined
    ? []
    : [
        [WORDS.expected, gain(training.expected)] as const,
        [WORDS.realised, gain(training.realised?.gain)] as const,
      ]),
])}
<p>${WORDS.heldOut}${oneLine(snapshot.split, 300)}.</p>
${refitProblem === undefined ? null : html`<p>${oneLine(refitProblem, 300)}</p>`}`;
}

function rollback(
  { facts: { repository } }: PipelineHistory,
  { version, status, promotedAt }: PastModel,
): Markup | null {
  if (status === 'champion') return html`<h2>${WORDS.rollback}</h2><p>${WORDS.serves}</p>`;
  if (status !== 'retired' || promotedAt === null) return null;
  return html`<h2>${WORDS.rollback}</h2>
<p>${WORDS.onGithub} ${linked(WORDS.rollbackWorkflow, repository === null ? null : `${repository}/actions/workflows/rollback.yml`)}: <code>gh workflow run rollback.yml -f version=${version}</code></p>
<p>${WORDS.onMachine} <code>cinematch models rollback --to ${version}</code></p>`;
}

const releaseOf = ({ facts: { repository } }: PipelineHistory, version: number): string | null =>
  repository === null ? null : `${repository}/releases/tag/model-v${version}`;
