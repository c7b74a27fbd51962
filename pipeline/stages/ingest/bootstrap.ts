import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Config } from '../../config.ts';
import { sha256 } from '../../lib/digest.ts';
import { OperatorError } from '../../lib/errors.ts';
import { prepareSimulation, type Simulation, simulatedName } from '../../source/batches/simulation.ts';
import { isGivenElsewhere } from '../../source/containers/given-path.ts';
import { DATASETS, type DatasetName } from '../../source/download.ts';
import {
  type DatasetOptions,
  downloadedDataset,
  generateDataset,
  type LoadedDataset,
  readDataset,
} from '../../source/load-dataset.ts';
import { type PreparedFiles, prepareDataset } from '../../source/prepare.ts';
import { prepareOnce } from '../../source/prepare-once.ts';
import { readingOf } from '../../source/read-rated-source.ts';
import { digestSource } from '../../source/read-source.ts';
import { listBatches } from '../../store/ledger.ts';
import type { MoveOutcome } from '../../store/move/move-database.ts';
import { settleChampion } from '../champion/champion.ts';
import type { Pipeline } from '../pipeline.ts';
import { type IngestResult, ingestRatings, type PreparedFrom } from './ingest-ratings.ts';

export interface BootstrapOptions
  extends Pick<DatasetOptions, 'dataDirectory' | 'fetch' | 'datasetsUrl' | 'onFound'> {
  /**
   * `configured` for the data set of the configured simulation, `synthetic`, the name of a MovieLens data set,
   * or the path of a file or folder of ratings.
   */
  readonly dataset: string;
}

export interface BootstrapOutcome {
  /** With a champion nothing is ingested. */
  readonly status: 'loaded' | 'champion-exists';
  /** In words: `synthetic, the initial part of a simulation in 3 weeks`. */
  readonly dataset: string;
  /** Training part and holdout. */
  readonly ingested: readonly IngestResult[];
  /** The version of the champion, or null. */
  readonly champion: number | null;
}

/** The database that earlier runs used, moved into this one instead of an initial load. */
export interface CarriedOver {
  readonly status: 'carried-over';
  readonly move: MoveOutcome;
  /** The version of the champion, or null. */
  readonly champion: number | null;
}

/** The initial load: the older part is for training, the newer part is the holdout. */
interface InitialLoad extends PreparedFrom {
  readonly description: string;
  readonly nameOf: (path: string) => string;
  prepare(): Promise<PreparedFiles>;
}

/** Share of a whole data set that is for training; the newer rest is the holdout. */
const TRAIN_SHARE = 0.7;
const NAMES: readonly string[] = ['synthetic', ...DATASETS];

/**
 * Makes the initial load of a new pipeline: the initial part of the configured simulation, or a whole data set,
 * with the older 70% for training and the rest as holdout. Repeating it changes nothing.
 *
 * @throws OperatorError `input-invalid` for an unknown data set, or one that differs from the configured
 * simulation; `state-conflict` when the store has the initial load of another data set;
 * `batch-rejected`, `download-failed`, `source-*`.
 */
export async function bootstrapData(
  pipeline: Pipeline,
  { dataset, ...rest }: BootstrapOptions,
): Promise<BootstrapOutcome> {
  const { config, clock, onProgress } = pipeline;
  const load = await initialLoad(config, dataset, {
    ...rest,
    now: clock(),
    onProgress,
    reading: readingOf(config),
  });
  const champion = await settleChampion(pipeline);
  if (champion !== null) {
    return {
      status: 'champion-exists',
      dataset: load.description,
      ingested: [],
      champion: champion.version,
    };
  }
  const files = await load.prepare();
  await refuseAnother(pipeline, load, [files.train, files.test]);
  const ingested = [
    await ingestRatings(pipeline, files.train, 'train', load.nameOf(files.train), load),
    await ingestRatings(pipeline, files.test, 'holdout', load.nameOf(files.test), load),
  ];
  return { status: 'loaded', dataset: load.description, ingested, champion: null };
}

async function initialLoad(config: Config, dataset: string, options: DatasetOptions): Promise<InitialLoad> {
  const simulations = config.batches.filter((source) => source.kind === 'simulation');
  const simulation = simulations.find((each) => dataset === 'configured' || each.dataset === dataset);
  if (simulation !== undefined) return initialPart(simulation, options);
  const [other] = simulations;
  if (other !== undefined) {
    throw new OperatorError(
      'input-invalid',
      `The data set ${dataset} cannot be loaded while \`batches\` in cinematch.config.ts has a simulation of ${other.dataset}: both use the same ids for different users and movies.`,
      NAMES.includes(dataset)
        ? `Use \`configured\`, or set batches: [{ kind: 'simulation', dataset: '${dataset}' }].`
        : 'Use `configured`, or set `batches` to the sources of new ratings for this data set.',
    );
  }
  if (dataset === 'synthetic') {
    return whole(dataset, options, () => generateDataset({ weeks: 3, seed: 1, drift: 0 }));
  }
  if (isDatasetName(dataset)) return whole(dataset, options, () => downloadedDataset(dataset, options));
  if (
    dataset === 'configured' ||
    dataset.trim() === '' ||
    !(isGivenElsewhere(dataset) || existsSync(dataset))
  ) {
    throw new OperatorError(
      'input-invalid',
      dataset === 'configured'
        ? 'No simulation is configured, so there is no configured data set.'
        : `There is no data set or file "${dataset}".`,
      `Choose one of ${NAMES.join(', ')}, or a file or folder of ratings.`,
    );
  }
  const content = await digestSource(dataset, { columns: options.reading.columns });
  // Another reading of the same content is another data set.
  const { scale, columns } = options.reading;
  const reading =
    scale === null && Object.keys(columns).length === 0 ? '' : JSON.stringify({ scale, columns });
  const name = `${basename(resolve(dataset))}-${(reading === '' ? content : sha256(`${content}${reading}`)).slice(0, 12)}`;
  const load = whole(name, options, () => readDataset(dataset, options));
  return { ...load, scale };
}

const isDatasetName = (name: string): name is DatasetName => (DATASETS as readonly string[]).includes(name);

function initialPart(simulation: Simulation, options: DatasetOptions): InitialLoad {
  const { dataset, weeks } = simulation;
  return {
    description: `${dataset}, the initial part of a simulation in ${weeks} ${weeks === 1 ? 'week' : 'weeks'}`,
    scale: null,
    nameOf: (path) => simulatedName(simulation, path),
    prepare: () => prepareSimulation(simulation, options),
  };
}

function whole(
  name: string,
  { dataDirectory, onFound }: DatasetOptions,
  read: () => LoadedDataset | Promise<LoadedDataset>,
): InitialLoad {
  return {
    description: `${name}, whole`,
    scale: null,
    nameOf: (path) => `${name}/${basename(path)}`,
    prepare: () =>
      prepareOnce(join(dataDirectory, `dataset-${name}`), 0, async () => {
        const { ratings, movies, names, found } = await read();
        if (found !== null) onFound?.(found);
        const prepared = prepareDataset(ratings, { weeks: 0, initialShare: 1, trainShare: TRAIN_SHARE });
        return { prepared, movies, names };
      }),
  };
}

/** Two initial loads cannot share a store: they use the same ids for different users and movies. */
async function refuseAnother(pipeline: Pipeline, load: InitialLoad, paths: readonly string[]): Promise<void> {
  const digests = await Promise.all(paths.map((path) => digestSource(path)));
  const names = paths.map(load.nameOf);
  const loaded = await listBatches(pipeline.store, ['train', 'holdout']);
  const other = loaded.find(({ sha256, source }) => !digests.includes(sha256) && !names.includes(source));
  if (other === undefined) return;
  throw new OperatorError(
    'state-conflict',
    `The store (${pipeline.store.description}) already has another initial load: batch ${other.batchId}, ${other.source}.`,
    'Train the first model on these ratings, or start with an empty database.',
  );
}
