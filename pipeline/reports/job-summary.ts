import { linkUrl } from '../lib/url.ts';
import { details, paragraphs, table } from './markdown.ts';
import { formatCount, formatSeconds, NO_VALUE } from './numbers.ts';

/** The result of a run in one sentence, and whether a person must act. */
export interface SummaryVerdict {
  readonly tone: 'good' | 'attention' | 'bad';
  /** One line of Markdown. */
  readonly text: string;
}

/** The rows and the duration of one stage. Unknown numbers are left out. */
export interface StageLine {
  /** Markdown, as `note`. */
  readonly stage: string;
  readonly seconds?: number;
  /** Rows. */
  readonly read?: number;
  readonly new?: number;
  readonly updated?: number;
  readonly unchanged?: number;
  readonly rejected?: number;
  readonly erased?: number;
  readonly note?: string;
}

/** The rejected rows. */
export interface RejectList {
  /** Table cells in Markdown. Only the first rows are shown. */
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly total: number;
  /** URL that downloads all of them; null when there is none. */
  readonly url: string | null;
}

/** What a person can do next, or what happens automatically. */
export interface NextStep {
  /** Markdown without links. */
  readonly text: string;
  readonly url?: string | null;
  readonly command?: string;
}

/** Where the database is. */
export interface SummaryStore {
  readonly home: 'embedded' | 'postgres';
  readonly description: string;
}

export interface JobSummary {
  readonly verdict: SummaryVerdict;
  readonly timeline?: readonly StageLine[];
  /** Markdown, the most important first: when a summary is too long, the last are left out first. */
  readonly sections?: readonly (string | null)[];
  readonly rejects?: RejectList | null;
  readonly next?: readonly NextStep[];
  /** Absent where no database is used. */
  readonly store?: SummaryStore | null;
}

/** GitHub accepts 1 MiB per step and rejects a longer summary. */
const LIMIT_BYTES = 1_000_000;
const SHOWN_STAGES = 100;
const SHOWN_REJECTS = 20;
const ALERTS: Readonly<Record<SummaryVerdict['tone'], string>> = {
  good: 'NOTE',
  attention: 'WARNING',
  bad: 'CAUTION',
};

/**
 * The summary of a workflow step: verdict, timeline, sections, rejects, next steps. A summary over the limit loses
 * its rejects, then its last sections, and says so.
 *
 * @param limit bytes of UTF-8.
 */
export function jobSummary(summary: JobSummary, limit = LIMIT_BYTES): string {
  const sections = (summary.sections ?? []).filter((section) => section !== null && section !== '');
  const fits = (text: string): boolean => Buffer.byteLength(text) <= limit;
  const whole = render({ ...summary, sections }, null);
  if (fits(whole)) return whole;
  const cut = { ...summary, rejects: null };
  for (let kept = sections.length; kept >= 0; kept--) {
    const text = render(
      { ...cut, sections: sections.slice(0, kept) },
      leftOut(summary, sections.length - kept),
    );
    if (fits(text)) return text;
  }
  return render({ verdict: summary.verdict }, leftOut(summary, sections.length));
}

function leftOut({ rejects }: JobSummary, sections: number): string {
  const parts = [
    ...(rejects ? ['the rejected rows'] : []),
    ...(sections === 0 ? [] : [`${sections === 1 ? 'one section' : `${sections} sections`}`]),
  ];
  return `_Left out, because GitHub shows at most 1 MiB per step: ${parts.join(' and ') || 'everything but the verdict'}._`;
}

function render(
  { verdict, timeline = [], sections = [], rejects = null, next = [], store = null }: JobSummary,
  cut: string | null,
): string {
  return `${paragraphs([
    `> [!${ALERTS[verdict.tone]}]\n> **${verdict.text.trim()}**`,
    cut,
    timeline.length === 0 ? null : timelineTable(timeline),
    ...sections,
    rejects === null || rejects.total === 0 ? null : rejectSection(rejects),
    next.length === 0 ? null : `**What comes next**\n\n${next.map(nextLine).join('\n')}`,
    store?.home === 'embedded' ? EMBEDDED : null,
  ])}\n`;
}

/** The column of a stage line, and how its cells are written. */
const COLUMNS = [
  ['seconds', 'Time'],
  ['read', 'Rows read'],
  ['new', 'New'],
  ['updated', 'Changed'],
  ['unchanged', 'Known before'],
  ['rejected', 'Rejected'],
  ['erased', 'Of erased users'],
] as const satisfies readonly (readonly [keyof StageLine, string])[];

function timelineTable(lines: readonly StageLine[]): string {
  const columns = COLUMNS.filter(([name]) => lines.some((line) => line[name] !== undefined));
  const hasNotes = lines.some(({ note }) => note !== undefined);
  const cell = (line: StageLine, name: (typeof COLUMNS)[number][0]): string => {
    const value = line[name];
    if (value === undefined) return NO_VALUE;
    return name === 'seconds' ? formatSeconds(value) : formatCount(value);
  };
  const left = lines.length - SHOWN_STAGES;
  return paragraphs([
    table(
      {
        header: ['Stage', ...columns.map(([, heading]) => heading), ...(hasNotes ? ['Note'] : [])],
        rows: lines
          .slice(0, SHOWN_STAGES)
          .map((line) => [
            line.stage,
            ...columns.map(([name]) => cell(line, name)),
            ...(hasNotes ? [line.note ?? ''] : []),
          ]),
      },
      `l${'r'.repeat(columns.length)}${hasNotes ? 'l' : ''}`,
    ),
    left > 0 ? `and ${formatCount(left)} more` : null,
  ]);
}

function rejectSection({ header, rows, total, url }: RejectList): string {
  const shown = rows.slice(0, SHOWN_REJECTS);
  const which =
    shown.length < total
      ? `The first ${shown.length} of ${formatCount(total)} rejected rows`
      : total === 1
        ? 'The rejected row'
        : `All ${formatCount(total)} rejected rows`;
  return paragraphs([
    details(which, table({ header, rows: shown })),
    linkUrl(url) === null ? null : `All of them are in the [artifact \`rejects\`](${url}).`,
  ]);
}

/** `- [Read the issue](https://…)`, `- Try again: `command`` */
function nextLine({ text, url = null, command }: NextStep): string {
  const link = linkUrl(url);
  return `- ${link === null ? text : `[${text}](${link})`}${command === undefined ? '' : `: \`${command}\``}`;
}

const EMBEDDED = [
  '> [!IMPORTANT]',
  '> `DATABASE_URL` is not set: the ratings are in an embedded Postgres. Its data directory passes from run to run as the artifact `cinematch-state`.',
  '> GitHub deletes artifacts after at most 90 days, so use this only for a trial. To use another Postgres, set the secret `DATABASE_URL` to its URL under Settings → Secrets and variables → Actions → New repository secret, and run the workflow `bootstrap` with `carry-over`, which moves everything there: `gh workflow run bootstrap.yml -f carry-over=true`.',
].join('\n');
