import type { DriftCheck, SignalResult, Verdict } from '../../../drift/signal.ts';
import { oneLine } from '../../../lib/escape.ts';
import { linkUrl } from '../../../lib/url.ts';
import { type BatchCheck, effectPanel, panelPoints } from '../../../reports/charts/effect-panels.ts';
import { forestPlot } from '../../../reports/charts/forest-plot.ts';
import { gainChart } from '../../../reports/charts/gain-chart.ts';
import { histogram, levelShares } from '../../../reports/charts/histogram.ts';
import { explanationsInOrder, explanationTitle } from '../../../reports/contributions.ts';
import { html, type Markup, trusted } from '../../../reports/html.ts';
import { formatRanges } from '../../../reports/markdown.ts';
import { formatCount, formatInstant, formatPercent } from '../../../reports/numbers.ts';
import { formatEffect, formatThreshold, SIGNAL_LABELS } from '../../../reports/signal-numbers.ts';
import { raisedSignals } from '../../../reports/signal-order.ts';
import type { GainRecord } from '../../../store/retraining-gains.ts';
import type { PipelineRun } from '../../pipeline.ts';
import type { CheckEffects } from '../effect-chart.ts';
import { evidencePoints, foundAfter, signalsWithEvidence } from '../evidence-history.ts';
import type { ShownGains } from '../gain-table.ts';
import { strongestFinding } from '../issue-comments.ts';
import { driftIssueTitle, findingTitle, inSentence } from '../issue-title.ts';
import { evidenceLine } from './evidence-line.ts';
import { gainPoints } from './gain-points.ts';
import { STYLE } from './style.ts';
import {
  contributionHtml,
  contributorHtmlTable,
  evidencePointTable,
  evidenceTable,
  findingHtmlTable,
  gainHistoryTable,
  gainHtmlTable,
  levelTable,
  panelTable,
  qualityHtmlTable,
  signalHtmlTable,
  signalNotes,
  sizeTable,
} from './tables.ts';

/** What every drift report has. */
interface AnyReport {
  readonly check: DriftCheck;
  readonly checkedAt: Date;
  readonly movieTitle: (id: number) => string;
  /** Confidence of the intervals, 0 to 1, where it is known. */
  readonly confidence?: number | null;
}

/** The report of a check of the buffer. */
export interface BufferReport extends AnyReport {
  readonly dataset: string;
  readonly modelVersion: number;
  readonly bufferRatings: number;
  readonly batchIds: readonly number[];
  /** The checks of earlier batches, oldest first; this one may be the last. */
  readonly batches: readonly BatchCheck[];
  /** What earlier checks of the same model found, in any order; this one may be among them. */
  readonly history: readonly CheckEffects[];
  /** What retraining gains; absent when it was not measured. */
  readonly gain?: ShownGains | null;
  /** What retraining gained on earlier batches. */
  readonly gainHistory?: readonly GainRecord[];
  readonly decision: { readonly decision: 'retrain' | 'wait'; readonly reasons: readonly string[] };
  readonly muted?: { readonly until: Date; readonly by: string } | null;
  readonly issue?: { readonly number: number; readonly location: string } | null;
  /** Identifies the settings of the check. */
  readonly configDigest?: string | null;
  /** The workflow run that made the check; absent on one machine. */
  readonly run?: PipelineRun | null;
}

/** The report of a comparison of files. */
export interface FileReport extends AnyReport {
  /** Names of the files. */
  readonly baseline: string;
  readonly current: readonly string[];
}

/** The content of a drift report. */
export type DriftReport = BufferReport | FileReport;

const isOfFiles = (report: DriftReport): report is FileReport => 'baseline' in report;

/** What the new ratings are compared with. */
const comparedWith = (report: DriftReport): string =>
  isOfFiles(report) ? oneLine(report.baseline, 100) : `the data model v${report.modelVersion} was trained on`;

function titleOf(report: DriftReport): string {
  if (!isOfFiles(report)) return driftIssueTitle(report);
  const files = `${report.current.join(', ')} against ${report.baseline}`;
  return oneLine(`Drift: ${files} — ${findingTitle(report.check)}`, 200);
}

// An empty icon, so that a browser requests none.
const HEAD = `<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">`;

/**
 * A drift check as one self-contained HTML page: no script, no other file, no request.
 */
export function driftReportHtml(report: DriftReport): string {
  const title = titleOf(report);
  const page = html`<!doctype html>
<html lang="en">
<head>
${trusted(HEAD)}
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${verdictSection(report)}
${isOfFiles(report) ? null : gainSection(report)}
${findingSection(report)}${signalSection(report)}${qualitySection(report)}
${levelSection(report)}
${isOfFiles(report) ? null : html`${timeSection(report)}${evidenceSection(report)}`}
${contributorSection(report)}
${methodSection(report)}
</main>
</body>
</html>
`;
  return page.text;
}

const WORDS: Readonly<Record<Verdict, string>> = {
  drift: 'Drift',
  watch: 'Watch: an early sign of drift',
  ok: 'No drift',
  insufficient: 'Too little data to judge',
};

function verdictSection(report: DriftReport): Markup {
  const { check, checkedAt } = report;
  const isRaised = check.verdict === 'drift' || check.verdict === 'watch';
  const { issue = null, run = null } = isOfFiles(report) ? {} : report;
  return html`<p class="verdict ${check.verdict}"><strong>${WORDS[check.verdict]}</strong> against ${comparedWith(report)}${isRaised ? `: ${strongestFinding(check)}` : ''}.${
    isOfFiles(report)
      ? null
      : html`<br>
${responseText(report)}`
  }</p>
<p class="meta">Checked ${formatInstant(checkedAt)}${issue === null ? null : html` · ${link(`drift issue ${issue.number}`, issue.location)}`}${run === null ? null : madeBy(run)}</p>`;
}

/** What is done about it. */
function responseText({ decision, muted = null }: BufferReport): Markup {
  const reasons = decision.reasons.map((reason) => oneLine(reason, 300)).join('; ');
  const retraining = decision.decision === 'retrain' ? 'Retraining is due' : 'Retraining waits';
  return html`${retraining}${reasons === '' ? '' : `: ${reasons}`}.${
    muted === null
      ? null
      : html`<br>
Muted by ${oneLine(muted.by, 60)} until ${formatInstant(muted.until)}: until then checks open no issue, post no comment and start no training.`
  }`;
}

/** ` · workflow run 812, commit 5a1c0e9`; nothing for a run without a web URL. */
function madeBy({ url, commit }: PipelineRun): Markup | null {
  if (linkUrl(url) === null) return null;
  const id = url.slice(url.lastIndexOf('/') + 1);
  return html` · ${link(`workflow run ${id}`, url)}, commit <code>${oneLine(commit.slice(0, 7))}</code>`;
}

const link = (text: string, url: string): Markup =>
  linkUrl(url) === null ? html`${text}` : html`<a href="${url}" rel="noreferrer">${text}</a>`;

function gainSection({ gain = null, gainHistory = [] }: BufferReport): Markup | null {
  const shown = gain === null ? null : gainHtmlTable(gain);
  if (gain === null || shown === null) return null;
  const points = gainPoints(gainHistory);
  const chart = gainChart(points, gain.minGain);
  return html`<section aria-labelledby="gain">
<h2 id="gain">What retraining gains</h2>
<p>A model trained on everything before the newest batch is compared with the serving model on this batch. What training now will bring is expected from what the newest ratings brought before.</p>
${shown}
${
  chart === null
    ? null
    : html`<figure>${chart}
<figcaption>Gain in RMSE on each batch. Blue ring: a model trained before this batch, over the model that served. Grey ring: what the newest ratings brought. Green diamond: realised by a training. The bar is the interval over users.</figcaption></figure>
<details><summary>The same as a table</summary>
${gainHistoryTable(points)}
</details>`
}
</section>`;
}

/** The raised signals first, the strongest of them at the top. */
function inOrder(check: DriftCheck): readonly SignalResult[] {
  const raised = raisedSignals(check);
  return [...raised, ...check.signals.filter((signal) => !raised.includes(signal))];
}

function signalSection(report: DriftReport): Markup {
  const { check, confidence = null } = report;
  const signals = inOrder(check);
  const plot = forestPlot(signals);
  const hasIntervals = signals.some(({ interval }) => interval !== null);
  const interval = confidence === null ? 'interval' : `${formatPercent(confidence, 0)} interval`;
  return html`<section aria-labelledby="signals">
<h2 id="signals">What was compared</h2>
<p>An effect is the difference between the new ratings and ${isOfFiles(report) ? 'the baseline' : 'the training data'}. Each is shown as a multiple of its own threshold, so that stars, shares and distances can be compared.</p>
${
  plot === null
    ? null
    : html`<figure>${plot}
<figcaption>Diamond: drift. Dot: watch. Green ring: ok. Grey ring: insufficient.${hasIntervals ? ` The bar is the ${interval} of the effect; it is cut off at the edge.` : null} Negative effects count only for signals that can fall as well as rise: mean and spread of ratings.</figcaption></figure>`
}
${signalHtmlTable(signals, confidence)}
${signalNotes(signals)}
</section>`;
}

function findingSection({ check: { findings }, movieTitle }: DriftReport): Markup | null {
  if (findings.length === 0) return null;
  return html`<section aria-labelledby="findings">
<h2 id="findings">What was recognised</h2>
${findingHtmlTable(findings, movieTitle)}
</section>
`;
}

function qualitySection(report: DriftReport): Markup | null {
  const { quality } = report.check;
  if (quality.length === 0) return null;
  const nameOf = (batch: number): string =>
    isOfFiles(report) ? ([report.baseline, ...report.current][batch] ?? String(batch)) : String(batch);
  return html`
<section aria-labelledby="quality">
<h2 id="quality">Data quality</h2>
<p>What the batches have that earlier ratings do not let expect, apart from drift.</p>
${qualityHtmlTable(quality, nameOf)}
</section>`;
}

function levelSection(report: DriftReport): Markup | null {
  const { windows, reference } = report.check;
  const newest = windows.find(({ name }) => name === 'newest');
  const shares = newest === undefined ? null : levelShares(reference, newest);
  if (shares === null) return null;
  const names = isOfFiles(report)
    ? ([report.baseline, report.current.at(-1) ?? ''] as const)
    : (['training data', 'newest batch'] as const);
  return html`<section aria-labelledby="levels">
<h2 id="levels">How the ratings are distributed</h2>
<figure>${histogram(shares, names)}
<figcaption><span class="key before"></span>${names[0]} <span class="key now"></span>${names[1]}. The height of a bar is the share of the ratings.</figcaption></figure>
<details><summary>The same as a table</summary>
${levelTable(shares, names)}
</details>
</section>`;
}

function evidenceSection({ check, history }: BufferReport): Markup | null {
  const signals = signalsWithEvidence(check);
  const [strongest] = signals;
  if (strongest === undefined) return null;
  const points = evidencePoints(strongest, history);
  const chart = evidenceLine(strongest, points);
  if (chart === null) return null;
  const found = foundAfter(strongest, history, inSentence);
  return html`
<section aria-labelledby="evidence">
<h2 id="evidence">Evidence over batches: ${inSentence(strongest.name)}</h2>
<p>How many times as likely all batches since the training are with a change as without one. Small changes that last add up. Without a change, the evidence of any signal reaches its bar at most once in a year of weekly checks, on average.${found === null ? null : html` <strong>${found}</strong>`}</p>
<figure>${chart}
<figcaption>The evidence for a change of the ${inSentence(strongest.name)} after each batch, and the bar at which it is drift, on a logarithmic scale. It begins again with the next model.</figcaption></figure>
<details><summary>The same as a table</summary>
${evidencePointTable(points)}
</details>
<p>Every signal over all ${strongest.evidence.batches} batches:</p>
${evidenceTable(signals)}
</section>`;
}

function timeSection(report: BufferReport): Markup | null {
  const checks = checksUntil(report);
  const names = [...new Set(inOrder(report.check).map(({ name }) => name))];
  const panels = names.flatMap((name) => {
    const points = panelPoints(name, checks);
    const panel = effectPanel(points);
    const last = points.at(-1)?.signal;
    return panel === null || last === undefined ? [] : [{ panel, last }];
  });
  if (panels.length === 0) return null;
  return html`<section aria-labelledby="time">
<h2 id="time">Every signal over batches</h2>
<figure><div class="panels">${panels.map(
    ({ panel, last }) => html`
<div><p>${SIGNAL_LABELS[last.name]}: <span class="word ${last.verdict}">${formatEffect(last)}</span>${last.threshold === null ? null : html`, threshold ${formatThreshold(last)}`}</p>
${panel}</div>`,
  )}
</div>
<figcaption>The effect on each batch when it was the newest, the last ${checks.length} of them, with its interval and the threshold as a dashed line. Red diamond: drift. Yellow dot: watch. Green ring: ok. Grey ring: insufficient. The dotted vertical line is where another model began to serve.</figcaption></figure>
<details><summary>The same as a table</summary>
${panelTable(checks, names)}
</details>
</section>`;
}

const SHOWN_BATCHES = 30;

/** The checks of the newest batches up to this check, which is the last. */
function checksUntil({
  check,
  checkedAt,
  batches,
  modelVersion,
  batchIds,
}: BufferReport): readonly BatchCheck[] {
  const batchId = batchIds.at(-1) ?? 0;
  const earlier = batches.filter(
    (past) => past.checkedAt.getTime() < checkedAt.getTime() && past.batchId !== batchId,
  );
  return [...earlier, { checkedAt, modelVersion, batchId, signals: check.signals }].slice(-SHOWN_BATCHES);
}

function contributorSection({ check, movieTitle }: DriftReport): Markup {
  const [strongest, ...others] = explanationsInOrder(check);
  if (strongest !== undefined) {
    return html`<section aria-labelledby="parts">
<h2 id="parts">Where it comes from: ${explanationTitle(strongest)}</h2>
<p>What each part of the ratings contributes to the difference. The contributions add up to it. A rating of a movie with several genres is divided among them.</p>
${contributionHtml(strongest, movieTitle, 'part-1')}
${others.map(
  (one, index) => html`<details><summary>${explanationTitle(one)}</summary>
${contributionHtml(one, movieTitle, `part-${index + 2}`)}
</details>`,
)}
</section>`;
  }
  return html`<section aria-labelledby="parts">
<h2 id="parts">Where it comes from</h2>
${
  check.contributors.length === 0
    ? html`<p>No genre, movie or group of users stands out.</p>`
    : html`<p>The genres, movies and groups of users whose share of the ratings changed most. A rating counts for every genre of its movie.</p>
${contributorHtmlTable(check.contributors, movieTitle)}`
}
</section>`;
}

function methodSection(report: DriftReport): Markup {
  const { check } = report;
  const settings = isOfFiles(report) ? null : (report.configDigest ?? null);
  return html`<section aria-labelledby="method">
<h2 id="method">How this was measured</h2>
${sizeTable(check, isOfFiles(report) ? report : `Training data of model v${report.modelVersion}`)}
<ul>
${
  isOfFiles(report)
    ? null
    : html`<li>Since the training ${formatCount(report.bufferRatings)} ratings have arrived, in ${report.batchIds.length === 1 ? 'batch' : 'batches'} ${formatRanges(report.batchIds)} of the ledger.</li>
`
}<li>Preset <code>${check.preset}</code>${settings === null ? null : html`, settings <code>${oneLine(settings, 64)}</code>`}. ${
    check.preset === 'robust'
      ? 'p-values are corrected for the number of signals (Holm); intervals are not. The sampling unit is the user, not the rating, because the ratings of one user are similar.'
      : 'Each signal is compared with its own threshold, without a correction for the number of signals.'
  }</li>
<li>Verdicts: <strong>drift</strong> means an effect beyond its threshold that chance does not explain, or a smaller one for which the evidence of several batches has reached its bar; <strong>watch</strong> means an early sign; <strong>ok</strong> means neither; <strong>insufficient</strong> means too little data for a verdict, or an interval so wide that an effect of the threshold could not be seen.</li>
</ul>
</section>`;
}
