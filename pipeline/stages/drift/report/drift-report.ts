import type { DriftCheck, SignalResult, Verdict } from '../../../drift/signal.ts';
import { oneLine } from '../../../lib/escape.ts';
import { linkUrl } from '../../../lib/url.ts';
import { html, type Markup, trusted } from '../../../reports/html.ts';
import { formatRanges } from '../../../reports/markdown.ts';
import { formatCount, formatInstant, formatPercent } from '../../../reports/numbers.ts';
import type { PipelineRun } from '../../pipeline.ts';
import { explanationsInOrder, explanationTitle } from '../contributions.ts';
import { type CheckEffects, effectPoints } from '../effect-chart.ts';
import { evidencePoints, foundAfter, strongestEvidence } from '../evidence-history.ts';
import type { ShownGains } from '../gain-table.ts';
import { strongestFinding } from '../issue-comments.ts';
import { driftIssueTitle, inSentence } from '../issue-title.ts';
import { raisedSignals, strongestSignal } from '../signal-table.ts';
import { evidenceLine } from './evidence-line.ts';
import { forestPlot } from './forest-plot.ts';
import { STYLE } from './style.ts';
import {
  contributionHtml,
  contributorHtmlTable,
  effectTable,
  findingHtmlTable,
  gainHtmlTable,
  qualityHtmlTable,
  signalHtmlTable,
  signalNotes,
  sizeTable,
} from './tables.ts';
import { timeLine } from './time-line.ts';

/** The content of a drift report. */
export interface DriftReport {
  readonly dataset: string;
  readonly modelVersion: number;
  readonly check: DriftCheck;
  readonly checkedAt: Date;
  readonly bufferRatings: number;
  readonly batchIds: readonly number[];
  /** Earlier checks, in any order; this one may be among them. */
  readonly history: readonly CheckEffects[];
  /** What retraining gains; absent when it was not measured. */
  readonly gain?: ShownGains | null;
  readonly decision: { readonly decision: 'retrain' | 'wait'; readonly reasons: readonly string[] };
  readonly movieTitle: (id: number) => string;
  readonly muted?: { readonly until: Date; readonly by: string } | null;
  readonly issue?: { readonly number: number; readonly location: string } | null;
  /** Identifies the settings of the check. */
  readonly configDigest?: string | null;
  /** Confidence of the intervals, 0 to 1, where it is known. */
  readonly confidence?: number | null;
  /** The workflow run that made the check; absent on one machine. */
  readonly run?: PipelineRun | null;
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
  const title = driftIssueTitle(report);
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
${gainSection(report)}
${findingSection(report)}${signalSection(report)}${qualitySection(report)}
${timeSection(report)}${evidenceSection(report)}
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

function verdictSection({
  check,
  modelVersion,
  decision,
  muted = null,
  checkedAt,
  issue = null,
  run = null,
}: DriftReport): Markup {
  const isRaised = check.verdict === 'drift' || check.verdict === 'watch';
  const reasons = decision.reasons.map((reason) => oneLine(reason, 300)).join('; ');
  const retraining = decision.decision === 'retrain' ? 'Retraining is due' : 'Retraining waits';
  return html`<p class="verdict ${check.verdict}"><strong>${WORDS[check.verdict]}</strong> against the data model v${modelVersion} was trained on${isRaised ? `: ${strongestFinding(check)}` : ''}.<br>
${retraining}${reasons === '' ? '' : `: ${reasons}`}.${
    muted === null
      ? null
      : html`<br>
Muted by ${oneLine(muted.by, 60)} until ${formatInstant(muted.until)}: until then checks open no issue, post no comment and start no training.`
  }</p>
<p class="meta">Checked ${formatInstant(checkedAt)}${issue === null ? null : html` · ${link(`drift issue ${issue.number}`, issue.location)}`}${run === null ? null : madeBy(run)}</p>`;
}

/** ` · workflow run 812, commit 5a1c0e9`; nothing for a run without a web URL. */
function madeBy({ url, commit }: PipelineRun): Markup | null {
  if (linkUrl(url) === null) return null;
  const id = url.slice(url.lastIndexOf('/') + 1);
  return html` · ${link(`workflow run ${id}`, url)}, commit <code>${oneLine(commit.slice(0, 7))}</code>`;
}

const link = (text: string, url: string): Markup =>
  linkUrl(url) === null ? html`${text}` : html`<a href="${url}" rel="noreferrer">${text}</a>`;

function gainSection({ gain = null }: DriftReport): Markup | null {
  const shown = gain === null ? null : gainHtmlTable(gain);
  if (shown === null) return null;
  return html`<section aria-labelledby="gain">
<h2 id="gain">What retraining gains</h2>
<p>A model trained on everything before the newest batch is compared with the serving model on this batch. What training now will bring is expected from what the newest ratings brought before.</p>
${shown}
</section>`;
}

/** The raised signals first, the strongest of them at the top. */
function inOrder(check: DriftCheck): readonly SignalResult[] {
  const raised = raisedSignals(check);
  return [...raised, ...check.signals.filter((signal) => !raised.includes(signal))];
}

function signalSection({ check, confidence = null }: DriftReport): Markup {
  const signals = inOrder(check);
  const plot = forestPlot(signals);
  const hasIntervals = signals.some(({ interval }) => interval !== null);
  const interval = confidence === null ? 'interval' : `${formatPercent(confidence, 0)} interval`;
  return html`<section aria-labelledby="signals">
<h2 id="signals">What was compared</h2>
<p>An effect is the difference between the new ratings and the training data. Each is shown as a multiple of its own threshold, so that stars, shares and distances can be compared.</p>
${
  plot === null
    ? null
    : html`<figure>${plot}
<figcaption>Diamond: drift. Dot: watch. Ring: ok.${hasIntervals ? ` The bar is the ${interval} of the effect; it is cut off at the edge.` : null} Negative effects count only for signals that can fall as well as rise: mean and spread of ratings.</figcaption></figure>`
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

function qualitySection({ check: { quality } }: DriftReport): Markup | null {
  if (quality.length === 0) return null;
  return html`
<section aria-labelledby="quality">
<h2 id="quality">Data quality</h2>
<p>What the batches have that earlier ratings do not let expect, apart from drift.</p>
${qualityHtmlTable(quality)}
</section>`;
}

function timeSection(report: DriftReport): Markup | null {
  const strongest = strongestSignal(report.check);
  if (strongest === null) return null;
  const points = effectPoints(strongest.name, withThis(report, strongest));
  const chart = timeLine(strongest, points);
  if (chart === null) return null;
  return html`<section aria-labelledby="time">
<h2 id="time">The strongest signal over time: ${inSentence(strongest.name)}</h2>
<figure>${chart}
<figcaption>The last ${points.length} checks that measured it, at equal distances; the last one is this check.</figcaption></figure>
<details><summary>The same as a table</summary>
${effectTable(strongest.name, points)}
</details>
</section>`;
}

function evidenceSection({ check, history }: DriftReport): Markup | null {
  const strongest = strongestEvidence(check);
  if (strongest === null) return null;
  const points = evidencePoints(strongest, history);
  const chart = evidenceLine(strongest, points);
  if (chart === null) return null;
  const found = foundAfter(strongest, history, inSentence);
  return html`
<section aria-labelledby="evidence">
<h2 id="evidence">Evidence over batches: ${inSentence(strongest.name)}</h2>
<p>How many times as likely all batches since the training are with a change as without one. Small changes that last add up. Without a change, the evidence of any signal reaches its bar at most once in a year of weekly checks, on average.${found === null ? null : html` <strong>${found}</strong>`}</p>
<figure>${chart}
<figcaption>On a logarithmic scale. It begins again with the next model.</figcaption></figure>
</section>`;
}

/** The history up to and including this check. */
function withThis(
  { checkedAt, history }: DriftReport,
  { name, effect }: SignalResult,
): readonly CheckEffects[] {
  const before = history.filter((past) => past.checkedAt.getTime() < checkedAt.getTime());
  return effect === null ? before : [...before, { checkedAt, effects: { [name]: effect } }];
}

function contributorSection({ check, movieTitle }: DriftReport): Markup {
  const [strongest, ...others] = explanationsInOrder(check);
  if (strongest !== undefined) {
    return html`<section aria-labelledby="parts">
<h2 id="parts">Where it comes from: ${explanationTitle(strongest)}</h2>
<p>What each part of the ratings contributes to the difference. The contributions add up to it. A rating of a movie with several genres is divided among them.</p>
${contributionHtml(strongest, movieTitle)}
${others.map(
  (one) => html`<details><summary>${explanationTitle(one)}</summary>
${contributionHtml(one, movieTitle)}
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

function methodSection({
  check,
  modelVersion,
  bufferRatings,
  batchIds,
  configDigest = null,
}: DriftReport): Markup {
  return html`<section aria-labelledby="method">
<h2 id="method">How this was measured</h2>
${sizeTable(check, modelVersion)}
<ul>
<li>Since the training ${formatCount(bufferRatings)} ratings have arrived, in ${batchIds.length === 1 ? 'batch' : 'batches'} ${formatRanges(batchIds)} of the ledger.</li>
<li>Preset <code>${check.preset}</code>${configDigest === null ? null : html`, settings <code>${oneLine(configDigest, 64)}</code>`}. ${
    check.preset === 'robust'
      ? 'p-values are corrected for the number of signals (Holm); intervals are not. The sampling unit is the user, not the rating, because the ratings of one user are similar.'
      : 'Each signal is compared with its own threshold, without a correction for the number of signals.'
  }</li>
<li>Verdicts: <strong>drift</strong> means an effect beyond its threshold that chance does not explain, or a smaller one for which the evidence of several batches has reached its bar; <strong>watch</strong> means an early sign; <strong>ok</strong> means neither; <strong>insufficient</strong> means too little data for a verdict, or an interval so wide that an effect of the threshold could not be seen.</li>
</ul>
</section>`;
}
