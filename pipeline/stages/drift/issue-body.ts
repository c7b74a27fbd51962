import { findingTable } from '../../reports/finding-table.ts';
import { details, formatRanges, paragraphs } from '../../reports/markdown.ts';
import { formatCount, formatInstant } from '../../reports/numbers.ts';
import { qualityTable } from '../../reports/quality-table.ts';
import { strongestSignal } from '../../reports/signal-order.ts';
import type { PipelineRun } from '../pipeline.ts';
import { originSection } from './contributor-table.ts';
import { type CheckEffects, effectChart } from './effect-chart.ts';
import { gainTable } from './gain-table.ts';
import { alertBlock, checklist } from './issue-progress.ts';
import { type DriftIssueInput, driftMarker, trainingMarker } from './issue-title.ts';
import { signalSection } from './signal-table.ts';

/** The body of the issue. Each check replaces it; comments report the changes. */
export function driftIssueBody(input: DriftIssueInput): string {
  const { check, dataset, batchIds, configDigest, checkedAt, bufferRatings, confidence = null } = input;
  const { requestedAt = null, run = null, gains = null, quarantine = null, mention = [] } = input;
  const strongest = strongestSignal(check);
  return paragraphs([
    [driftMarker(dataset), ...(requestedAt === null ? [] : [trainingMarker(requestedAt)])].join('\n'),
    alertBlock(input),
    mention.length === 0 ? null : `For ${mention.map((name) => `@${name}`).join(', ')}.`,
    gains === null ? null : gainTable(gains),
    findingTable(check.findings, input.movieTitle),
    signalSection(check, confidence),
    qualityTable(check.quality),
    '### Where it comes from',
    originSection(check, input.movieTitle),
    strongest === null ? null : effectChart(strongest.name, strongest.threshold, withNewest(input)),
    '### What happens next',
    checklist(input),
    input.actions.length === 0 ? null : '### What you can do',
    input.actions.map((action) => `- ${action}`).join('\n'),
    details(
      'How this was measured',
      [
        `- Checked ${formatInstant(checkedAt)} with the preset \`${check.preset}\`, settings \`${configDigest}\``,
        ...(run === null ? [] : [`- Made by ${runLink(run)}`]),
        ...check.windows.map(
          ({ name, ratings, users, movies }) =>
            `- ${name === 'newest' ? 'Newest batch' : 'Whole buffer'}: ${sizes(ratings, users, movies)}`,
        ),
        `- Reference, the training data of model v${input.modelVersion}: ${sizes(check.reference.ratings, check.reference.users, check.reference.movies)}`,
        `- Buffer: ${formatCount(bufferRatings)} ratings, ${batchIds.length === 1 ? 'batch' : 'batches'} ${formatRanges(batchIds)}`,
        ...(quarantine === null ? [] : [`- Kept out, in quarantine: ${quarantine}`]),
        check.preset === 'robust'
          ? '- Several signals at once: p-values are corrected (Holm); intervals are not'
          : '- Each signal is compared with its own threshold, without a correction for the number of signals',
      ].join('\n'),
    ),
  ]);
}

const sizes = (ratings: number, users: number, movies: number): string =>
  `${formatCount(ratings)} ratings by ${formatCount(users)} users of ${formatCount(movies)} movies`;

/** `[run 812](https://…) at commit 5a1c0e9` */
function runLink({ commit, url }: PipelineRun): string {
  return `[run ${url.slice(url.lastIndexOf('/') + 1)}](${url}) at commit \`${commit.slice(0, 7)}\``;
}

/** The history including the newest check, with its strongest effect. */
function withNewest({ check, checkedAt, history }: DriftIssueInput): readonly CheckEffects[] {
  if (history.some((past) => past.checkedAt.getTime() === checkedAt.getTime())) return history;
  const strongest = strongestSignal(check);
  if (strongest === null || strongest.effect === null) return history;
  return [...history, { checkedAt, effects: { [strongest.name]: strongest.effect } }];
}
