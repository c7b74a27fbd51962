import { checkDrift } from '../../pipeline/drift/check.ts';
import { driftReference } from '../../pipeline/drift/reference.ts';
import type { DriftCheck } from '../../pipeline/drift/signal.ts';
import type { SignalName } from '../../pipeline/drift/signals/list.ts';
import { performanceBeside } from '../../pipeline/evaluate/performance-beside.ts';
import { isSevere } from '../../pipeline/quality/finding.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { concatRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { generateDataset, readDataset } from '../../pipeline/source/load-dataset.ts';
import { prepareDataset } from '../../pipeline/source/prepare.ts';
import { PLANTS } from '../../pipeline/stages/calibrate/plants.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import { fitModel } from '../../pipeline/stages/training/fit-model.ts';
import { judgeUntimed, profileOf } from '../quality/planted.ts';
import { AS_STARS } from '../support/reading.ts';

interface PlantedOptions {
  /** A MovieLens file or folder; synthetic ratings without drift when it is missing. */
  readonly data?: string | undefined;
  readonly weeks: number;
}

/**
 * Plants each change in each week, checks that week against the training data, and prints what was recognised by name, in
 * how many weeks, beside the untouched weeks. Each week is checked alone. Severe findings of data quality are names too.
 */
export async function benchPlanted(
  print: (line: string) => void,
  { data, weeks }: PlantedOptions,
): Promise<void> {
  const { ratings, movies } =
    data === undefined
      ? generateDataset({ weeks, drift: 0, seed: 1 })
      : await readDataset(data, { now: new Date(), reading: AS_STARS, onProgress: () => {} });
  const { train, test, batches } = prepareDataset(ratings, { weeks, initialShare: 0.6 });
  const profile = profileOf(concatRatings([train, test]));
  const check = await checker(train, test, movies);
  print('| Planted | Recognised as (weeks) | Verdict (weeks) | Skill of the champion | Ranking skill |');
  print('| --- | --- | --- | --- | --- |');
  const rows = [
    ['nothing', ({ batch }: { readonly batch: Ratings }) => batch] as const,
    ...Object.entries(PLANTS).map(([name, { plant }]) => [name, plant] as const),
  ];
  for (const [name, plant] of rows) {
    const checks = batches.map((batch, week) => {
      const changed = plant({ batch, before: train, genresOf: check.genresOf, seed: week + 1 });
      return { ...check.on(changed), wrong: judgeUntimed(changed, profile).filter(isSevere) };
    });
    const found = tally(
      checks.map(({ findings, wrong }) => [...wrong, ...findings].map(({ kind }) => kind).join(' + ') || '–'),
    );
    const rangeOf = (name: SignalName): string => {
      const values = checks.flatMap(
        ({ signals }) => signals.find(({ name: signal }) => signal === name)?.value ?? [],
      );
      return values.length === 0
        ? '–'
        : `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`;
    };
    print(
      `| ${name} | ${found} | ${tally(checks.map(({ verdict }) => verdict))} | ${rangeOf('model_skill')} | ${rangeOf('ranking_skill')} |`,
    );
  }
}

function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${name} (${count})`)
    .join(', ');
}

async function checker(train: Ratings, holdout: Ratings, movies: readonly Movie[]) {
  const config = parseConfig({}, 'the bench');
  const genres = new Map(movies.map((movie) => [movie.id, movie.genres]));
  const genresOf = (movieId: number): readonly string[] => genres.get(movieId) ?? [];
  const { model } = await fitModel({ training: train, movies }, config, {
    stopwatch: () => performance.now(),
    onProgress: () => {},
  });
  const learned = summariseRatings(train);
  const seen = concatRatings([train, holdout]);
  const reference = driftReference(
    train,
    genresOf,
    performanceBeside(model, holdout, learned, train, 'as-told'),
    holdout,
  );
  const on = (ratings: Ratings): DriftCheck => {
    const newest = {
      summary: summariseRatings(ratings),
      performance: performanceBeside(model, ratings, learned, seen, 'as-told'),
      ratings,
    };
    return checkDrift({ reference, newest, buffer: null, genresOf }, config.drift);
  };
  return { genresOf, on };
}
