import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BatchSource } from '../../config.ts';
import { type DatasetOptions, downloadedDataset, generateDataset } from '../load-dataset.ts';
import { type PreparedFiles, prepareDataset, preparedFiles } from '../prepare.ts';
import { prepareOnce } from '../prepare-once.ts';
import { digestSource } from '../read-source.ts';
import type { AvailableBatch, BatchList, KnownBatches } from './batch-list.ts';

export type Simulation = Extract<BatchSource, { readonly kind: 'simulation' }>;

/** `synthetic-3-1`: data set, weeks and seed. The same key always gives the same batches. */
const keyOf = ({ dataset, weeks, seed }: Simulation): string => `${dataset}-${weeks}-${seed}`;

const directoryOf = (simulation: Simulation, { dataDirectory }: DatasetOptions): string =>
  join(dataDirectory, `simulation-${keyOf(simulation)}`);

/** The ledger's name of a simulation file: `synthetic-3-1/week-02.parquet`. */
export const simulatedName = (simulation: Simulation, path: string): string =>
  `${keyOf(simulation)}/${basename(path)}`;

/**
 * Splits the data set of a simulation into an initial part and weeks, under the data directory. Complete files from
 * an earlier call are used again.
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
        ? generateDataset({ weeks, seed, drift: 1 })
        : await downloadedDataset(dataset, options);
    return { prepared: prepareDataset(ratings, { weeks }), movies };
  });
}

/**
 * Lists the weeks of a simulation. A week is recognised by its name, which determines its content, or by its content.
 * When all names are in the ledger, no files are prepared. With the access `read` no files are prepared either: a week
 * without a file is recognised by its name only.
 *
 * @throws OperatorError as `prepareSimulation`.
 */
export async function simulationBatches(
  simulation: Simulation,
  known: KnownBatches,
  { access = 'write', ...options }: DatasetOptions & { readonly access?: 'read' | 'write' | undefined },
): Promise<BatchList> {
  const { weeks } = simulation;
  const paths = preparedFiles(directoryOf(simulation, options), weeks).batches;
  const names = paths.map((path) => simulatedName(simulation, path));
  const isComplete = names.every((name) => known.hasName(name));
  if (!isComplete && access === 'write') await prepareSimulation(simulation, options);
  const batches: AvailableBatch[] = [];
  for (const [week, path] of paths.entries()) {
    const name = names[week] as string;
    batches.push({
      name,
      taken: known.hasName(name) || (existsSync(path) && known.hasContent(await digestSource(path))),
      fetch: () => Promise.resolve({ path, temporary: [] }),
    });
  }
  const next = batches.findIndex(({ taken }) => !taken);
  return {
    batches,
    note:
      next === -1
        ? `all ${weeks} weeks were ingested; set \`batches\` in cinematch.config.ts to the source of your own ratings`
        : `week ${next + 1} of ${weeks}`,
  };
}
