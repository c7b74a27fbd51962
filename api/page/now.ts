import type { PastCheck, PastModel } from '../../pipeline/history/pipeline-history.ts';
import { oneLine } from '../../pipeline/lib/escape.ts';
import { html, type Markup } from '../../pipeline/reports/html.ts';
import { formatMetric } from '../../pipeline/reports/metric-text.ts';
import { formatBytes, formatCount } from '../../pipeline/reports/numbers.ts';
import {
  formatEffect,
  formatInterval,
  formatSignalValue,
  formatThreshold,
  isAboutChampion,
  SIGNAL_LABELS,
} from '../../pipeline/reports/signal-numbers.ts';
import { raisedSignals } from '../../pipeline/reports/signal-order.ts';
import { lateness } from '../../pipeline/serving/serving-status.ts';
import { attentionOf } from './attention.ts';
import type { PageData } from './page-data.ts';
import { badgeOf, facts, linked, shape, when } from './parts.ts';
import { TEXT } from './text.ts';

const { now: WORDS } = TEXT;

/** The part that says how things are: the model that serves, the last batch, the last check, and what comes next. */
export function nowPart(data: PageData): { readonly title: string; readonly body: Markup } {
  const { serving, history, status } = data;
  const { version } = serving.manifest;
  const attention = attentionOf(data);
  const isWatched = status.lastCheck?.verdict === 'watch' && status.lastCheck.modelVersion === version;
  const title =
    attention.length > 0
      ? WORDS.attending(version, attention.length)
      : isWatched
        ? WORDS.watched(version)
        : WORDS.calm(version);
  const check = history?.checks.at(-1) ?? null;
  return {
    title,
    body: html`${
      attention.length === 0
        ? null
        : html`<section aria-labelledby="attention" class="attention">
<h2 id="attention">${WORDS.attention}</h2>
<ul>${attention.map(({ level, text, link }) => html`<li class="${level === 'red' ? 'drift' : 'watch'}">${shape(level === 'red' ? 'drift' : 'watch')}<span>${text}: ${linked(link.text, link.address)}.</span></li>`)}</ul>
</section>`
    }
<div class="cards">
${modelCard(data, check)}
${checkCard(data, check)}
${ingestCard(data)}
${episodeCard(data)}
${nextCard(data, check)}
</div>`,
  };
}

const card = (
  id: string,
  title: string,
  body: Markup,
): Markup => html`<section class="card" aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${body}
</section>`;

function modelCard({ serving, history }: PageData, check: PastCheck | null): Markup {
  const { version, algorithm, snapshot, metrics, because = [], reason } = serving.manifest;
  const model = history?.models.find((one) => one.version === version) ?? null;
  const since = model?.promotedAt ?? serving.bundle.assembledAt;
  return card(
    'model',
    WORDS.model,
    html`<p class="figure"><a href="/models?model=${version}">v${version}</a> <span class="soft">${algorithm}</span></p>
<p>${WORDS.since}${when(since)}, ${WORDS.trainedOn(snapshot.ratings, snapshot.users, snapshot.movies)}, ${formatBytes(serving.bundle.parts['model.safetensors']?.bytes ?? null)}.</p>
<h3>${WORDS.holdout(metrics.ratings)}</h3>
${facts([
  ['RMSE', formatMetric('rmse', metrics.rmse)],
  ['MAE', formatMetric('mae', metrics.mae)],
  ['Precision@10', formatMetric('precisionAt10', metrics.precisionAt10)],
  ['NDCG@10', formatMetric('ndcgAt10', metrics['ndcgAt10'] ?? null)],
])}
${model === null ? null : againstParent(model)}
${onNewestBatch(version, check)}
<h3>${WORDS.because}</h3>
<p>${because.length === 0 ? TEXT.reasons[reason] : because.map((text) => oneLine(text, 300)).join('; ')}.</p>`,
  );
}

/** How much better it was than the model before, with the interval of the difference. */
function againstParent({ gate }: PastModel): Markup | null {
  if (gate?.champion == null) return null;
  return html`<h3>${WORDS.replaced(gate.champion, gate.confidence)}</h3>
${facts(
  gate.rules.map(({ metric, difference, interval }) => [
    metric === 'rmse' ? 'RMSE' : metric === 'ndcgAt10' ? 'NDCG@10' : 'Precision@10',
    `${formatMetric(metric, difference, 'signed')}${interval === null ? '' : ` [${interval.map((end) => formatMetric(metric, end, 'signed')).join(', ')}]`}`,
  ]),
)}`;
}

/** The signals about the champion on the newest batch: its errors and its skill, and how they changed. */
function onNewestBatch(version: number, check: PastCheck | null): Markup | null {
  if (check === null || check.modelVersion !== version) return null;
  const rows = check.signals.filter(
    ({ name, window, value }) => window === 'newest' && value !== null && isAboutChampion(name),
  );
  if (rows.length === 0) return null;
  return html`<h3>${WORDS.newest}</h3>
${facts(
  rows.map((signal) => [
    SIGNAL_LABELS[signal.name],
    html`${formatSignalValue(signal.name, signal.value)} <span class="soft">${WORDS.before} ${formatSignalValue(signal.name, signal.reference)}; ${formatEffect(signal)} ${formatInterval(signal)}</span>`,
  ]),
)}`;
}

function checkCard({ status, serving }: PageData, check: PastCheck | null): Markup {
  if (check === null) {
    const last = status.lastCheck;
    return card(
      'check',
      WORDS.check,
      last === null
        ? html`<p>${WORDS.noCheck}</p>`
        : html`<p class="figure">${badgeOf(last.verdict)}</p><p>${when(last.at)}, ${WORDS.against(last.modelVersion)}.</p>`,
    );
  }
  const raised = raisedSignals(check);
  return card(
    'check',
    WORDS.check,
    html`<p class="figure"><a href="/drift?check=${check.checkId}">${badgeOf(check.verdict)}</a></p>
<p>${when(check.at)}, ${WORDS.against(check.modelVersion)}.${serving.manifest.snapshot.batches.includes(check.newestBatchId) ? ` ${WORDS.answered(serving.manifest.version)}` : ''}</p>
${
  raised.length === 0
    ? html`<p>${WORDS.noneRaised}</p>`
    : html`<ul class="plain">${raised.map((signal) => html`<li>${badgeOf(signal.verdict, `${SIGNAL_LABELS[signal.name]}, ${signal.window}`)} ${formatEffect(signal)} <span class="soft">${formatInterval(signal)}; threshold ${formatThreshold(signal)}</span></li>`)}</ul>`
}`,
  );
}

function ingestCard({ status: { lastIngest } }: PageData): Markup {
  if (lastIngest === null) return card('ingest', WORDS.ingest, html`<p>${WORDS.noIngest}</p>`);
  const { batchId, source, at } = lastIngest;
  return card(
    'ingest',
    WORDS.ingest,
    html`<p class="figure"><a href="/pipeline#batches">batch ${batchId}</a></p>
<p>${when(at)}, ${oneLine(source, 100)}</p>
${facts((['new', 'updated', 'unchanged', 'rejected'] as const).map((name) => [name, formatCount(lastIngest[name])]))}`,
  );
}

const STEPS = ['detected', 'training', 'gated', 'released', 'deployed'] as const;

function episodeCard({ history, status }: PageData): Markup {
  const issue = history?.facts.issue ?? null;
  const muted = history?.mutedUntil ?? null;
  const at = issue === null ? -1 : (STEPS as readonly string[]).indexOf(issue.stage);
  return card(
    'episode',
    WORDS.episode,
    html`${
      issue === null
        ? html`<p>${status.openAlerts > 0 ? WORDS.alerts(status.openAlerts) : WORDS.noEpisode}</p>`
        : html`<p class="figure">${linked(WORDS.issue(issue.number), issue.location)}</p>
<p>${oneLine(issue.title, 200)}</p>
${
  at < 0
    ? html`<p>${badgeOf('drift', WORDS.stages[issue.stage] ?? issue.stage)}</p>`
    : html`<ol class="steps">${STEPS.map((step, index) => html`<li class="${index <= at ? 'done' : 'open'}"${index === at ? html` aria-current="step"` : null}>${WORDS.stages[step] ?? step}</li>`)}</ol>`
}`
    }${muted === null ? null : html`<p>${WORDS.muted}${when(muted)}.</p>`}`,
  );
}

const HOUR = 3_600_000;

function nextCard(data: PageData, check: PastCheck | null): Markup {
  const { status, now, history } = data;
  const late = lateness(status, now);
  // A decision about an earlier model has been carried out.
  const decision = check?.modelVersion === data.serving.manifest.version ? check.decision : null;
  const needed = history?.facts.neededRatings ?? null;
  const due = (['drift', 'ingest'] as const).flatMap((workflow) => {
    const { hours, isLate } = late[workflow];
    if (hours === null || isLate) return [];
    const at = new Date(now.getTime() + HOUR * (status[`${workflow}Hours`] - hours)).toISOString();
    return [html`<li>${WORDS.due[workflow]}${when(at)}.</li>`];
  });
  return card(
    'next',
    WORDS.next,
    html`${decision === null ? null : html`<p>${WORDS.decided[decision.decision]}: ${decision.reasons.map((reason) => oneLine(reason, 300)).join('; ')}.</p>`}
<ul class="plain">
<li>${WORDS.buffer(status.bufferRatings)}${needed === null ? null : `; ${WORDS.needed(needed)}`}.</li>
${due}
</ul>`,
  );
}
