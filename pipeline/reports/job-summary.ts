import { linkUrl } from '../lib/url.ts';
import { details, paragraphs, table } from './markdown.ts';
import { formatCount, formatSeconds, NO_VALUE } from './numbers.ts';

/** The sentence a run comes down to, and whether somebody has to do something. */
export interface SummaryVerdict {
  readonly tone: 'good' | 'attention' | 'bad';
  /** One line of Markdown. */
  readonly text: string;
}

/** What one stage took in and how long that lasted. Numbers it has none of are left out. */
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
  readonly note?: string;
}

/** Rows that were not taken. */
export interface RejectList {
  /** Markdown, cells of a table: those that are shown at most. */
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly total: number;
  /** Where all of them can be downloaded; null when nowhere. */
  readonly url: string | null;
}

/** What a person can do now, or what happens by itself. */
export interface NextStep {
  /** Markdown without links. */
  readonly text: string;
  readonly url?: string | null;
  readonly command?: string;
}

/** Which home the database has. */
export interface SummaryStore {
  readonly home: 'embedded' | 'postgres';
  readonly description: string;
}

export interface JobSummary {
  readonly verdict: SummaryVerdict;
  readonly timeline?: readonly StageLine[];
  /** Markdown, the most important first: when a summary grows too long the last is cut first. */
  readonly sections?: readonly (string | null)[];
  readonly rejects?: RejectList | null;
  readonly next?: readonly NextStep[];
  /** Absent where no database is used. */
  readonly store?: SummaryStore | null;
}

/** GitHub takes 1 MiB a step and refuses a longer summary whole. */
const LIMIT_BYTES = 1_000_000;
const SHOWN_STAGES = 100;
const SHOWN_REJECTS = 20;
const ALERTS: Readonly<Record<SummaryVerdict['tone'], string>> = {
  good: 'NOTE',
  attention: 'WARNING',
  bad: 'CAUTION',
};

/**
 * What a step of a workflow leaves on the run's page: verdict, timeline, sections, rejects, what comes next.
 * What is longer than GitHub takes loses its rejects, then its last sections, and says so.
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
  return `_Left out, because GitHub shows at most 1 MiB a step: ${parts.join(' and ') || 'everything but the verdict'}._`;
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
  '> No DATABASE_URL is set: the ratings live in an embedded Postgres whose data directory travels from run to run as the artifact `cinematch-state`.',
  '> GitHub keeps an artifact for 90 days at most, so this is good for a trial. To change it, set the secret `DATABASE_URL` to the address of any Postgres under Settings → Secrets and variables → Actions → New repository secret, and run the workflow `bootstrap`: it begins anew there.',
].join('\n');
