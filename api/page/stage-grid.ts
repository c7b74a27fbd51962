import type { PastCheck, PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import { html, type Markup } from '../../pipeline/reports/html.ts';
import { formatCount } from '../../pipeline/reports/numbers.ts';
import { TEXT } from './text.ts';

const { pipeline: WORDS } = TEXT;
const SHOWN = 26;

type Verdict = PastCheck['verdict'];

/** What a stage did about a batch, in words, with where it leads. */
interface Cell {
  readonly verdict: Verdict;
  readonly text: string;
  readonly href: string;
}

export const STAGES = ['ingest', 'drift', 'decision', 'train', 'gate', 'serve'] as const;

/**
 * What the stages did about each of the newest batches, as a table: stages in rows, batches in columns. The style draws
 * the marks of the verdicts.
 */
export function stageGrid(history: PipelineHistory): Markup {
  const batches = history.batches.slice(-SHOWN);
  const cells = batches.map(({ batchId }) => cellsOf(history, batchId));
  return html`<div class="table" role="region" aria-label="${WORDS.grid}" tabindex="0"><table class="grid">
<thead><tr><th scope="col">${WORDS.stage}</th>${batches.map(({ batchId, at }) => html`<th scope="col" title="${at.slice(0, 10)}">${batchId}</th>`)}</tr></thead>
<tbody>${STAGES.map(
    (stage) => html`
<tr><th scope="row">${WORDS.stages[stage]}</th>${cells.map((of) => {
      const cell = of[stage];
      return cell === undefined
        ? html`<td></td>`
        : html`<td><a class="${cell.verdict}" href="${cell.href}" title="${cell.text}"></a></td>`;
    })}</tr>`,
  )}
</tbody></table></div>
<p class="note">${WORDS.gridNote}</p>`;
}

/** What each stage did about a batch; a stage that had nothing to do is missing. */
export function cellsOf(
  { batches, checks, models }: Pick<PipelineHistory, 'batches' | 'checks' | 'models'>,
  batchId: number,
): Readonly<Partial<Record<(typeof STAGES)[number], Cell>>> {
  const batch = batches.find((one) => one.batchId === batchId);
  const check = checks.findLast(({ newestBatchId }) => newestBatchId === batchId);
  // The training that followed: its newest batch is this one.
  const model = models.findLast(({ manifest }) => Math.max(...manifest.snapshot.batches) === batchId);
  const href = model === undefined ? '' : `/models?model=${model.version}`;
  return {
    ...(batch === undefined
      ? {}
      : {
          ingest: {
            verdict: worst(batch.quality.map(({ severity }) => severity)),
            text: WORDS.ingested(
              batchId,
              formatCount(batch.new + batch.updated),
              formatCount(batch.rejected),
            ),
            href: '/pipeline#batches',
          },
        }),
    ...(check === undefined
      ? {}
      : {
          drift: {
            verdict: check.verdict,
            text: WORDS.checked(check.checkId, TEXT.verdicts[check.verdict]),
            href: `/drift?check=${check.checkId}`,
          },
        }),
    ...(check?.decision == null
      ? {}
      : {
          decision: {
            verdict: check.decision.decision === 'retrain' ? 'watch' : 'ok',
            text: TEXT.now.decided[check.decision.decision],
            href: `/drift?check=${check.checkId}`,
          },
        }),
    ...(model === undefined
      ? {}
      : {
          train: { verdict: 'ok', text: WORDS.trained(model.version), href },
          ...(model.gate === null
            ? {}
            : {
                gate: {
                  verdict: model.gate.outcome === 'promote' ? 'ok' : 'drift',
                  text: WORDS.judged(model.version, TEXT.models.outcomes[model.gate.outcome]),
                  href,
                },
              }),
          ...(model.promotedAt === null
            ? {}
            : { serve: { verdict: 'ok', text: WORDS.servedFrom(model.version), href } }),
        }),
  };
}

function worst(severities: readonly string[]): Verdict {
  if (severities.includes('severe')) return 'drift';
  return severities.includes('warning') ? 'watch' : 'ok';
}
