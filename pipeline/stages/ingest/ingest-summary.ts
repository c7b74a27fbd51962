import { escapeMarkdown } from '../../lib/escape.ts';
import type { Reject } from '../../ratings/raw.ts';
import { jobSummary, type NextStep, type StageLine, type SummaryStore } from '../../reports/job-summary.ts';
import { paragraphs, plural, table } from '../../reports/markdown.ts';
import { formatCount } from '../../reports/numbers.ts';
import { qualityTable, severeFinding } from '../../reports/quality-table.ts';
import { type SummaryRun, startWorkflow, workflowPage } from '../../reports/run-links.ts';
import { barChart } from './bar-chart.ts';
import type { IngestResult } from './ingest-ratings.ts';
import type { SourceCounts } from './take-batches.ts';

interface Common {
  readonly store: SummaryStore;
  readonly run?: SummaryRun;
}

/** The rejected rows of several batches. */
export interface RejectedRows {
  readonly total: number;
  /** How many there are for each reason, in the order of their first appearance. */
  readonly reasons: ReadonlyMap<Reject['reason'], number>;
  /** The first ones, at least as many as are shown. */
  readonly first: readonly (Reject & { readonly batch: number })[];
}

export type IngestSummary = Common &
  (
    | { readonly status: 'not-bootstrapped' }
    | {
        readonly status: 'done';
        readonly taken: readonly IngestResult[];
        readonly sources: readonly SourceCounts[];
        readonly rejects: RejectedRows;
        /** The artifact with all of them. */
        readonly rejectsUrl: string | null;
        /** The workflow that was dispatched. */
        readonly dispatched: string | null;
      }
  );

const CARRY_OVER: NextStep = {
  text: 'If earlier runs used the embedded database, carry it over instead',
  command: 'gh workflow run bootstrap.yml -f carry-over=true',
};

/** The job summary of an ingest: batches, sources and rejected rows. */
export function ingestSummary(summary: IngestSummary): string {
  const { store, run } = summary;
  if (summary.status === 'not-bootstrapped') {
    return jobSummary({
      verdict: {
        tone: 'attention',
        text: 'There is no initial load yet, so nothing was ingested.',
      },
      next: [
        startWorkflow(
          run,
          'bootstrap',
          'Run the workflow `bootstrap`, which checks the setup and loads the first ratings',
        ),
        ...(store.home === 'embedded' ? [] : [CARRY_OVER]),
      ],
      store,
    });
  }
  const { taken, sources, rejects, rejectsUrl, dispatched } = summary;
  const fresh = taken.filter(({ status }) => status === 'ingested');
  const findings = fresh.flatMap(({ batch, quality }) => quality.map((finding) => ({ batch, ...finding })));
  const severe = severeFinding(findings);
  return jobSummary({
    verdict: {
      tone:
        fresh.some(({ rejected }) => rejected > 0) || findings.some(({ severity }) => severity !== 'info')
          ? 'attention'
          : 'good',
      text:
        fresh.length === 0
          ? nothingNew(taken, sources)
          : `${batchesTaken(fresh)}${severe === null ? '' : `; ${escapeMarkdown(severe, 300)}`}.`,
    },
    timeline: taken.map(batchLine),
    sections: [
      qualityTable(findings),
      paragraphs([sources.length === 0 ? null : '**Where batches come from**', sourceTable(sources)]),
      barChart(
        'New ratings of each batch',
        'ratings',
        fresh.map((batch) => ({ label: `batch ${batch.batch}`, value: batch.new })),
      ),
      reasonTable(rejects.reasons),
    ],
    rejects: {
      header: ['Batch', 'Row', 'Reason', 'Content'],
      rows: rejects.first.map(({ batch, rowNumber, reason, content }) => [
        String(batch),
        formatCount(rowNumber),
        `\`${reason}\``,
        escapeMarkdown(content, 160),
      ]),
      total: rejects.total,
      url: rejectsUrl,
    },
    next: [nextStep(dispatched, run)],
    store,
  });
}

/** `2 batches taken in: 39,950 new ratings, 8 changed, 30 known before, 12 rows rejected` */
export function batchesTaken(batches: readonly IngestResult[]): string {
  const sum = (count: (batch: IngestResult) => number): number =>
    batches.reduce((total, batch) => total + count(batch), 0);
  const added = sum((batch) => batch.new);
  const parts = [
    `${formatCount(added)} new ${plural(added, 'rating')}`,
    ...(
      [
        [sum(({ updated }) => updated), 'changed'],
        [sum(({ unchanged }) => unchanged), 'known before'],
      ] as const
    ).flatMap(([count, word]) => (count === 0 ? [] : [`${formatCount(count)} ${word}`])),
  ];
  const rejected = sum((batch) => batch.rejected);
  const erased = sum((batch) => batch.erased);
  return [
    `${formatCount(batches.length)} ${batches.length === 1 ? 'batch' : 'batches'} taken in: ${parts.join(', ')}`,
    ...(rejected === 0 ? [] : [`${formatCount(rejected)} ${plural(rejected, 'row')} rejected`]),
    ...(erased === 0 ? [] : [`${formatCount(erased)} ${plural(erased, 'row')} of erased users dropped`]),
  ].join('; ');
}

function nothingNew(taken: readonly IngestResult[], sources: readonly SourceCounts[]): string {
  if (taken.length > 0) return 'Nothing new: the ledger already has this content.';
  return sources.length === 0
    ? 'No source is configured under `batches` in `cinematch.config.ts`.'
    : 'Nothing new: the ledger already has every batch of the sources.';
}

/** A batch as a line of the timeline. */
export function batchLine({ status, batch, source, ...rows }: IngestResult): StageLine {
  const stage = `Batch ${batch}, ${escapeMarkdown(source)}`;
  if (status === 'already-ingested') return { stage, seconds: rows.seconds, note: 'already in the ledger' };
  const { read, updated, unchanged, rejected, erased, seconds } = rows;
  const line = { stage, seconds, read, new: rows.new, updated, unchanged, rejected };
  return erased === 0 ? line : { ...line, erased };
}

function sourceTable(sources: readonly SourceCounts[]): string | null {
  if (sources.length === 0) return null;
  return table(
    {
      header: ['Source', 'Batches', 'Already in the ledger', 'Note'],
      rows: sources.map(({ description, offered, alreadyTaken, note }) => [
        escapeMarkdown(description, 200),
        formatCount(offered),
        formatCount(alreadyTaken),
        note === null ? '' : escapeMarkdown(note, 300),
      ]),
    },
    'lrrl',
  );
}

/** How many rows were rejected for each reason, the most frequent first. */
function reasonTable(counts: RejectedRows['reasons']): string | null {
  if (counts.size === 0) return null;
  return table(
    {
      header: ['Reason', 'Rejected rows'],
      rows: [...counts]
        .sort(([, a], [, b]) => b - a)
        .map(([reason, count]) => [`\`${reason}\``, formatCount(count)]),
    },
    'lr',
  );
}

function nextStep(dispatched: string | null, run: SummaryRun): NextStep {
  return dispatched === null
    ? { text: 'Nothing was dispatched. The next run ingests all new batches' }
    : {
        text: `The workflow \`${dispatched}\` was dispatched: it compares these ratings with the champion's training data`,
        url: workflowPage(run, dispatched),
      };
}
