import { escapeMarkdown } from '../../lib/escape.ts';
import {
  jobSummary,
  type NextStep,
  type SummaryStore,
  type SummaryVerdict,
} from '../../reports/job-summary.ts';
import { details, paragraphs, table } from '../../reports/markdown.ts';
import { messageToCell } from '../../reports/message-markdown.ts';
import { formatBytes, formatCount } from '../../reports/numbers.ts';
import { type SummaryRun, startWorkflow, workflowPage } from '../../reports/run-links.ts';
import type { BootstrapOutcome, CarriedOver } from './bootstrap.ts';
import { batchLine } from './ingest-summary.ts';
import type { SetupCheck } from './preflight.ts';

export interface BootstrapSummary {
  readonly checks: readonly SetupCheck[];
  /** Null when something is missing and nothing was loaded. */
  readonly loaded: BootstrapOutcome | CarriedOver | null;
  readonly store: SummaryStore;
  readonly run?: SummaryRun;
}

const STATUS: Readonly<Record<SetupCheck['status'], string>> = {
  missing: '**missing**',
  doubtful: '**check this**',
  'optional-missing': 'not set',
  ok: 'ok',
};

/** The job summary of the initial load: the setup, the loaded ratings and the next steps. */
export function bootstrapSummary({ checks, loaded, store, run }: BootstrapSummary): string {
  const missing = checks.filter(({ status }) => status === 'missing');
  return jobSummary({
    verdict: verdictOf(missing.length, loaded),
    ...(loaded === null || loaded.status === 'carried-over'
      ? {}
      : { timeline: loaded.ingested.map(batchLine) }),
    sections: [
      loaded?.status === 'carried-over' ? movedTables(loaded) : null,
      paragraphs(['**Setup**', checkTable(checks)]),
    ],
    next: nextSteps(loaded, run),
    store,
  });
}

function verdictOf(missing: number, loaded: BootstrapSummary['loaded']): SummaryVerdict {
  if (loaded === null) {
    return {
      tone: 'bad',
      text: `${missing === 1 ? 'One setting is' : `${missing} settings are`} missing, so nothing was loaded. Set what is marked below and run \`bootstrap\` again.`,
    };
  }
  if (loaded.status === 'carried-over') return carriedVerdict(loaded);
  const { status, dataset, ingested, champion } = loaded;
  if (status === 'champion-exists') {
    return {
      tone: 'good',
      text: `Model v${champion ?? '?'} already serves, so nothing was loaded.`,
    };
  }
  const ratings = ingested.reduce((total, batch) => total + batch.new, 0);
  const isRepeated = ingested.every((batch) => batch.status === 'already-ingested');
  return {
    tone: 'good',
    text: isRepeated
      ? `The initial load was already complete: ${escapeMarkdown(dataset, 200)}.`
      : `The initial load is complete: ${formatCount(ratings)} ratings of ${escapeMarkdown(dataset, 200)}.`,
  };
}

function carriedVerdict({ move, champion }: CarriedOver): SummaryVerdict {
  const rows = move.tables.reduce((sum, table) => sum + table.rows, 0);
  const equal = `${formatCount(rows)} rows in ${move.tables.length} tables are equal on both sides`;
  return {
    tone: 'good',
    text: `${
      move.status === 'moved'
        ? `The embedded database was carried over: ${equal}.`
        : `The embedded database had been carried over before: ${equal}.`
    }${champion === null ? '' : ` Model v${champion} serves.`}`,
  };
}

function movedTables({ move }: CarriedOver): string {
  const rows = move.tables.map(({ name, rows: count, bytes, sha256 }) => [
    `\`${name}\``,
    formatCount(count),
    formatBytes(bytes),
    `\`${sha256.slice(0, 16)}\``,
  ]);
  return details(
    'Tables that were carried over',
    table({ header: ['Table', 'Rows', 'Size', 'SHA-256 on both sides'], rows }, 'lrrl'),
  );
}

function checkTable(checks: readonly SetupCheck[]): string {
  const order: readonly SetupCheck['status'][] = ['missing', 'doubtful', 'optional-missing', 'ok'];
  return table({
    header: ['Setting', 'State', 'What it does, or what happens without it', 'Where to set it'],
    rows: [...checks]
      .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
      .map(({ name, status, purpose, where }) => [
        escapeMarkdown(name),
        STATUS[status],
        messageToCell(purpose),
        status === 'ok' ? '' : messageToCell(where),
      ]),
  });
}

function nextSteps(loaded: BootstrapSummary['loaded'], run: SummaryRun): readonly NextStep[] {
  if (loaded === null) return [startWorkflow(run, 'bootstrap', 'After you set it, run `bootstrap` again')];
  if (loaded.champion !== null) return [startWorkflow(run, 'ingest', 'Take in new ratings')];
  return [
    {
      text: 'The workflow `train` was dispatched for the first model; `deploy` follows automatically',
      url: workflowPage(run, 'train'),
    },
    startWorkflow(run, 'ingest', 'When the model serves, new ratings are taken in every week; to do it now'),
  ];
}
