import { escapeMarkdown } from '../lib/escape.ts';
import type { Manifest } from '../model/manifest.ts';
import { formatRanges, plural } from './markdown.ts';
import { formatCount, formatDay, formatInstant, formatSeconds } from './numbers.ts';

/** Which ratings a model was trained on. */
export function dataSection({
  snapshot,
  judged,
  refitProblem,
}: Pick<Manifest, 'snapshot' | 'judged' | 'refitProblem'>): string {
  const { ratings, users, movies, from, to, sha256, batches, split } = snapshot;
  return [
    `- ${formatCount(ratings)} ratings by ${formatCount(users)} users of ${formatCount(movies)} movies`,
    `- Rated from ${formatDay(from)} to ${formatDay(to)}`,
    `- Held out: ${escapeMarkdown(split, 300)}`,
    ...(judged === undefined
      ? []
      : [
          `- Judged with a model of ${formatCount(judged.ratings)} of them (SHA-256 \`${judged.sha256}\`), then fitted once more to all with the same settings and seed`,
        ]),
    ...(refitProblem === undefined
      ? []
      : [
          `- The judged model is released, because its refit failed a check: ${escapeMarkdown(refitProblem, 300)}`,
        ]),
    `- Snapshot SHA-256 \`${sha256}\``,
    ...(batches.length === 0
      ? []
      : [`- ${batches.length === 1 ? 'Batch' : 'Batches'} of the ledger: ${formatRanges(batches)}`]),
  ].join('\n');
}

/** How a model was trained, with all settings. */
export function trainingSection(
  manifest: Pick<
    Manifest,
    'algorithm' | 'hyperParameters' | 'seed' | 'trainedAt' | 'fitSeconds' | 'parent' | 'run'
  >,
): string {
  const { algorithm, hyperParameters, seed, trainedAt, fitSeconds, parent, run } = manifest;
  const settings = Object.entries(hyperParameters).map(([name, value]) => `\`${name}\` ${value}`);
  return [
    `- Algorithm \`${algorithm}\`, seed ${seed}`,
    `- ${settings.length === 0 ? 'No hyper-parameters' : `${plural(settings.length, 'Hyper-parameter')}: ${settings.join(', ')}`}`,
    `- Trained ${formatInstant(new Date(trainedAt))} in ${formatSeconds(fitSeconds)}`,
    ...(parent === null ? [] : [`- Trained to replace model v${parent}`]),
    ...(run === undefined ? [] : [`- By [this run](${run.url}) of the code at commit \`${run.commit}\``]),
  ].join('\n');
}
