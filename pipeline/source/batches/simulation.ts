import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BatchSource } from '../../config.ts';
import { type DatasetOptions, downloadedDataset, inventDataset } from '../load-dataset.ts';
import { type PreparedFiles, prepareDataset, preparedFiles } from '../prepare.ts';
import { prepareOnce } from '../prepare-once.ts';
import { digestSource } from '../read-source.ts';
import type { KnownBatches, Offer, OfferedBatch } from './offer.ts';

export type Simulation = Extract<BatchSource, { readonly kind: 'simulation' }>;

/** `synthetic-3-1`: data set, weeks and seed. Equal keys give equal batches. */
const keyOf = ({ dataset, weeks, seed }: Simulation): string => `${dataset}-${weeks}-${seed}`;

const directoryOf = (simulation: Simulation, { dataDirectory }: DatasetOptions): string =>
  join(dataDirectory, `simulation-${keyOf(simulation)}`);

/** What the ledger calls a file of a simulation: `synthetic-3-1/week-02.parquet`. */
export const simulatedName = (simulation: Simulation, path: string): string =>
  `${keyOf(simulation)}/${basename(path)}`;

/**
 * Cuts the data set of a simulation into an initial part and weeks, under the data directory. What is there
 * and complete is used again.
 *
 * @throws OperatorError `download-failed`, `source-unreadable`.
 */
export async function prepareSimulation(
  simulation: Simulation,
  options: DatasetOptions,
): Promise<PreparedFiles> {
  const { dataset, weeks, seed } = simulation;
  return prepareOnce(directoryOf(simulation, options), weeks, async () => {
    const { ratings, movies } =
      dataset === 'synthetic'
        ? inventDataset({ weeks, seed, drift: 1 })
        : await downloadedDataset(dataset, options);
    return { prepared: prepareDataset(ratings, { weeks }), movies };
  });
}

/**
 * The weeks of a simulation. A week is known by its name, which says all it was made from, or by its content;
 * once all names are known nothing is prepared. With the access `look` nothing is prepared either: a week that is
 * not there is known by its name alone.
 *
 * @throws OperatorError as `prepareSimulation`.
 */
export async function simulationBatches(
  simulation: Simulation,
  known: KnownBatches,
  { access = 'change', ...options }: DatasetOptions & { readonly access?: 'look' | 'change' | undefined },
): Promise<Offer> {
  const { weeks } = simulation;
  const paths = preparedFiles(directoryOf(simulation, options), weeks).batches;
  const names = paths.map((path) => simulatedName(simulation, path));
  const isComplete = names.every((name) => known.hasName(name));
  if (!isComplete && access === 'change') await prepareSimulation(simulation, options);
  const batches: OfferedBatch[] = [];
  for (const [week, path] of paths.entries()) {
    const name = names[week] as string;
    batches.push({
      name,
      taken: known.hasName(name) || (existsSync(path) && known.hasContent((await digestSource(path)).sha256)),
      fetch: () => Promise.resolve({ path, temporary: [] }),
    });
  }
  const next = batches.findIndex(({ taken }) => !taken);
  return {
    batches,
    note:
      next === -1
        ? `all ${weeks} weeks have been fed; set \`batches\` in cinematch.config.ts to where your own ratings arrive`
        : `week ${next + 1} of ${weeks}`,
  };
}
