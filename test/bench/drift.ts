import { performance } from 'node:perf_hooks';
import { checkDrift } from '../../pipeline/drift/check.ts';
import { decodeReference, driftReference, encodeReference } from '../../pipeline/drift/reference.ts';
import { generateDataset, readDataset } from '../../pipeline/source/load-dataset.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import { alarmShare } from '../drift/alarm-rates.ts';
import { populationOf } from '../drift/resampled-users.ts';
import { genresOf, holdoutOf, inOrder, sampleOf, simulatedSite, together } from '../drift/simulated-site.ts';
import { AS_STARS } from '../support/reading.ts';
import { driftRates } from './drift-rates.ts';

const CHECKS = { sites: 10, checksPerSite: 20 };
const SITE = { seed: 11, trainingBatches: 70, batches: 3, users: 120, ratingsPerUser: 83, shift: 0 };
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/**
 * How often drift checks alarm with and without drift, when users of a data set are drawn again and again; how often on
 * simulated sites whose batches differ without drift; and how long one check takes.
 *
 * @param options.data a MovieLens file or folder; synthetic ratings when it is missing.
 */
export async function benchDrift(
  print: (line: string) => void,
  { data }: { readonly data?: string | undefined },
): Promise<void> {
  const { ratings, movies } =
    data === undefined
      ? generateDataset({ weeks: 8, drift: 0, seed: 1 })
      : await readDataset(data, { now: new Date(), reading: AS_STARS, onProgress: () => {} });
  print(
    `users drawn with replacement from ${data === undefined ? 'synthetic ratings' : 'ratings of --data'}`,
  );
  driftRates(print, populationOf(ratings, movies));
  print('\nSimulated sites: users differ by 0.43★, 10,000 ratings a batch, 700,000 in training');
  const wobble = alarmShare({ ...SITE, ...CHECKS, wobble: 0.05 });
  print(
    `no drift, batches differ by 0.05★: ${percent(wobble)} of ${CHECKS.sites * CHECKS.checksPerSite} checks alarm`,
  );
  for (const preset of ['robust', 'classic'] as const) {
    const experiment = { ...SITE, sites: 4, checksPerSite: 25, batches: 7, users: 130, ratingsPerUser: 110 };
    const found = alarmShare({ ...experiment, trainingBatches: 20, shift: 1, preset });
    print(`+1★ in the last of seven batches: ${preset} finds ${percent(found)} of 100 (goal: all)`);
  }
  timeOneCheck(print);
}

function timeOneCheck(print: (line: string) => void): void {
  const site = simulatedSite(1);
  const shape = { users: 1070, ratingsPerUser: 100 };
  const training = inOrder(Array.from({ length: 7 }, () => site.batch(shape)));
  const started = performance.now();
  const bytes = encodeReference(driftReference(training, genresOf, holdoutOf(training)));
  print(`reference of ${training.length} ratings: ${(performance.now() - started).toFixed(0)} ms`);
  const batches = Array.from({ length: 14 }, () => sampleOf(site.batch(shape)));
  const { drift } = parseConfig({}, 'bench');
  const milliseconds = Array.from({ length: 11 }, () => {
    const begun = performance.now();
    const input = {
      reference: decodeReference(bytes),
      newest: sampleAt(-1),
      buffer: { ...together(batches), batches: 14 },
    };
    checkDrift({ ...input, genresOf }, drift);
    return performance.now() - begun;
  });
  const { summary } = together(batches);
  const first = milliseconds.shift() as number;
  const median = milliseconds.sort((a, b) => a - b)[5] as number;
  print(
    `one check of ${summary.count} buffered ratings by ${summary.userIds.length} users, summaries merged and reference decoded: first ${first.toFixed(1)} ms, then ${median.toFixed(1)} ms`,
  );

  function sampleAt(index: number) {
    return batches.at(index) as (typeof batches)[number];
  }
}
