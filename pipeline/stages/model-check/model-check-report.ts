import { escapeMarkdown } from '../../lib/escape.ts';
import { details, paragraphs, table } from '../../reports/markdown.ts';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatPercent,
  formatSeconds,
  NO_VALUE,
} from '../../reports/numbers.ts';
import { metricTable } from './metrics-table.ts';
import type { MetricComparison, ModelCheck, Segment } from './model-check.ts';
import { listDetails, personaSection } from './personas-table.ts';
import { headlineMetrics, isWorse, modelCheckTitle, obstacleText } from './verdict.ts';

/** Characters of a comment, below GitHub's limit. */
const LIMIT = 60_000;

export interface ModelCheckPlace {
  /** Commits, 40 hex digits. */
  readonly baseSha: string;
  readonly headSha: string;
  /** The command that makes the same comparison on the user's machine. */
  readonly reproduce: string;
}

/**
 * The effect of a change on the model, as a comment or a check run: failures first, a difference whose interval
 * contains zero marked `≈`, changed recommendations, and the rest in collapsed sections. Text of the run is
 * escaped. If the report is too long, it leaves out the full lists first, then the personas.
 */
export function modelCheckReport(
  check: ModelCheck,
  { baseSha, headSha, reproduce }: ModelCheckPlace,
): string {
  const write = (personas: string | null, lists: string | null): string =>
    paragraphs([
      `**${modelCheckTitle(check)}** · \`${headSha.slice(0, 7)}\` against \`${baseSha.slice(0, 7)}\``,
      obstacleText(check),
      metricTable(
        check,
        [...headlineMetrics(check)].sort((a, b) => severity(a) - severity(b)),
      ),
      protocol(check),
      personas,
      lists,
      segmentDetails(check),
      costDetails(check),
      details('Reproduce on your machine', `\`\`\`sh\n${reproduce}\n\`\`\``),
    ]);
  const personas = personaSection(check);
  const full = write(personas, listDetails(check));
  if (full.length <= LIMIT) return full;
  const short = write(personas, 'The full lists are too long for a comment.');
  return short.length <= LIMIT ? short : write('The recommendations are too long for a comment.', null);
}

/** Failed rules first, then metrics that got worse, then the rest in their order. */
const severity = (comparison: MetricComparison): number =>
  comparison.passed === false ? 0 : isWorse(comparison) ? 1 : 2;

function protocol({ data, confidence, resamples, seed, obstacle }: ModelCheck): string {
  const { training, holdout } = data;
  const scored = `Trained on ${formatCount(training.ratings)} ratings and scored on the ${formatCount(holdout.ratings)} newest, by ${formatCount(holdout.users)} users (${escapeMarkdown(data.name, 100)}).`;
  if (obstacle !== null) return scored;
  return `${scored} Intervals: ${formatPercent(confidence, 0)}, paired bootstrap over users, ${formatCount(resamples)} resamples, seed ${seed}. They cover the random choice of users, not the randomness of training: another seed changes the metrics too.`;
}

function segmentDetails(check: ModelCheck): string {
  const part = (segment: Segment, label: string): string => {
    const measured = check.metrics.filter((each) => each.segment === segment && each.head !== null);
    return paragraphs([
      `**${label}**`,
      measured.length === 0
        ? 'The held-out ratings have no such users.'
        : metricTable(
            check,
            measured.map((each) => ({ ...each, segment: 'all' })),
          ),
    ]);
  };
  return details(
    'Known and new users',
    paragraphs([part('warm', 'Users known in training'), part('cold', 'New users')]),
  );
}

function costDetails({ model, fitSeconds, modelBytes, data }: ModelCheck): string {
  const { base, head } = model;
  const names = [
    ...new Set([...Object.keys(base?.hyperParameters ?? {}), ...Object.keys(head.hyperParameters)]),
  ];
  const parameter = (name: string): string[] => [
    escapeMarkdown(name, 60),
    numberText(base?.hyperParameters[name]),
    numberText(head.hyperParameters[name]),
    NO_VALUE,
  ];
  return details(
    'Training time, model size, settings',
    paragraphs([
      table(
        {
          header: ['', 'Base', 'Head', 'Change'],
          rows: [
            [
              'Training time',
              formatSeconds(fitSeconds.base),
              formatSeconds(fitSeconds.head),
              change(fitSeconds),
            ],
            ['Model file', formatBytes(modelBytes.base), formatBytes(modelBytes.head), change(modelBytes)],
            [
              'Algorithm',
              base === null ? NO_VALUE : escapeMarkdown(base.algorithm, 60),
              escapeMarkdown(head.algorithm, 60),
              NO_VALUE,
            ],
            ['Seed', numberText(base?.seed), numberText(head.seed), NO_VALUE],
            ...names.map(parameter),
          ],
        },
        'lrrr',
      ),
      `The training time is from one run on one machine and varies from run to run.`,
      `Training ratings: SHA-256 \`${data.training.sha256}\`. Held-out ratings: SHA-256 \`${data.holdout.sha256}\`.`,
    ]),
  );
}

const numberText = (value: number | undefined): string => (value === undefined ? NO_VALUE : String(value));

const change = ({ base, head }: { readonly base: number | null; readonly head: number }): string =>
  base === null || base === 0 ? NO_VALUE : formatChange((head - base) / base);
