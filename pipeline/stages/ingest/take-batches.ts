import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BatchSource, Config } from '../../config.ts';
import { OperatorError } from '../../lib/errors.ts';
import { plural } from '../../reports/markdown.ts';
import type {
  AvailableBatch,
  BatchList,
  FetchedBatch,
  KnownBatches,
} from '../../source/batches/batch-list.ts';
import { folderBatches } from '../../source/batches/folder-batches.ts';
import { httpsUrl } from '../../source/batches/https-only.ts';
import { releaseBatches } from '../../source/batches/release-batches.ts';
import { simulationBatches } from '../../source/batches/simulation.ts';
import { urlBatch, urlBatches } from '../../source/batches/url-batches.ts';
import type { DatasetOptions } from '../../source/load-dataset.ts';
import { readingOf } from '../../source/read-rated-source.ts';
import { deleteFadedShowings } from '../../store/interactions.ts';
import { listBatches } from '../../store/ledger.ts';
import type { Pipeline } from '../pipeline.ts';
import { feedbackBatch } from './feedback-batch.ts';
import { type IngestResult, ingestRatings } from './ingest-ratings.ts';

export interface TakeOptions extends Pick<DatasetOptions, 'dataDirectory' | 'fetch' | 'datasetsUrl'> {
  /**
   * `read` prepares and downloads nothing. It knows the weeks of an unprepared simulation only by name.
   *
   * @default write
   */
  readonly access?: 'read' | 'write';
  /** A path or an https URL to ingest instead of the configured sources. */
  readonly only?: string | undefined;
  /**
   * When this run was requested. If any run has ingested a week of a simulation since then, this run gets none, so
   * that a repeated run changes nothing.
   */
  readonly since?: Date | undefined;
}

/** The batches of one source. */
export interface SourceOffer extends BatchList {
  readonly kind: BatchSource['kind'] | 'manual';
  /** `folder data/batches`. */
  readonly description: string;
  /** The scale of its ratings, when it has its own. */
  readonly scale: string | null;
}

/** The counts of one source. */
export interface SourceCounts extends Omit<SourceOffer, 'batches' | 'scale'> {
  readonly offered: number;
  /** Number of them that the ledger already had. */
  readonly alreadyTaken: number;
}

export interface TakenBatches {
  /** In the order they were taken. */
  readonly taken: readonly IngestResult[];
  readonly sources: readonly SourceCounts[];
}

/**
 * Ingests the batches of each configured source that the ledger lacks, oldest first, also those of missed runs. A
 * simulation gives one week per run. Showings that have faded are deleted.
 *
 * @throws OperatorError of the first batch that cannot be ingested; earlier batches stay, and the message names them.
 */
export async function takeBatches(pipeline: Pipeline, options: TakeOptions): Promise<TakenBatches> {
  const taken: IngestResult[] = [];
  const sources: SourceCounts[] = [];
  try {
    for await (const source of offers(pipeline, options)) {
      const missing = source.batches.filter((batch) => !batch.taken);
      const hasTakenWeek =
        source.kind === 'simulation' && (await hasTakenSince(pipeline, source, options.since));
      const due = source.kind === 'simulation' ? missing.slice(0, hasTakenWeek ? 0 : 1) : missing;
      for (const batch of due) taken.push(await take(pipeline, source, batch));
      const note = hasTakenWeek && missing.length > 0 ? WEEK_TAKEN : source.note;
      sources.push(countsOf({ ...source, note }));
    }
  } catch (error) {
    throw withTakenBatches(error, taken);
  }
  await rm(downloads(options), { recursive: true, force: true });
  await deleteFadedShowings(pipeline.store, pipeline.clock());
  return { taken, sources };
}

const WEEK_TAKEN = 'a week was ingested after this run was requested; the next run ingests the next week';

/** Whether a batch of the source was ingested at an instant or later. */
async function hasTakenSince(
  { store }: Pipeline,
  { batches }: SourceOffer,
  since: Date | undefined,
): Promise<boolean> {
  if (since === undefined) return false;
  const names = new Set(batches.map(({ name }) => name));
  return (await listBatches(store)).some(
    ({ source, ingestedAt }) => names.has(source) && ingestedAt >= since,
  );
}

/** Counts the batches of a source. */
export function countsOf({ kind, description, batches, note }: Omit<SourceOffer, 'scale'>): SourceCounts {
  const alreadyTaken = batches.filter(({ taken }) => taken).length;
  return { kind, description, offered: batches.length, alreadyTaken, note };
}

/**
 * The batches of each source, one source after the other. A batch that was ingested from one source is known to the
 * next.
 *
 * @throws OperatorError when a source cannot be read.
 */
export async function* offers(pipeline: Pipeline, options: TakeOptions): AsyncGenerator<SourceOffer> {
  if (options.only !== undefined) {
    yield { kind: 'manual', scale: null, ...(await manualBatch(pipeline, options.only, options)) };
    return;
  }
  for (const source of pipeline.config.batches) yield offerOf(pipeline, source, options);
}

async function offerOf(pipeline: Pipeline, source: BatchSource, options: TakeOptions): Promise<SourceOffer> {
  const { forge, onProgress, clock } = pipeline;
  const known = await knownBatches(pipeline);
  const offer = (description: string, list: BatchList): SourceOffer => ({
    kind: source.kind,
    description,
    scale: 'scale' in source ? source.scale : null,
    ...list,
  });
  switch (source.kind) {
    case 'folder':
      return offer(
        `folder ${source.path}`,
        await folderBatches(source.path, known, { columns: pipeline.config.source.columns, onProgress }),
      );
    case 'releases': {
      const { prefix } = source;
      const list = await releaseBatches(forge.releases, prefix, known, downloads(options));
      return offer(`releases ${prefix}*`, list);
    }
    case 'url':
      return offer(
        source.template,
        await urlBatches(source.template, known, downloadOptions(pipeline, options)),
      );
    case 'feedback':
      return offer('feedback of the API', await feedbackBatch(pipeline, downloads(options)));
    case 'simulation':
      return offer(
        `simulation of ${source.dataset} in ${source.weeks} ${plural(source.weeks, 'week')}`,
        await simulationBatches(source, known, {
          ...options,
          now: clock(),
          onProgress,
          reading: readingOf(pipeline.config),
        }),
      );
  }
}

/** A path or URL from a person; its content decides whether it is new. */
async function manualBatch(
  pipeline: Pipeline,
  given: string,
  options: TakeOptions,
): Promise<Omit<SourceOffer, 'kind' | 'scale'>> {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) {
    const fetch = (): Promise<FetchedBatch> => Promise.resolve({ path: given, temporary: [] });
    return { description: given, batches: [{ name: basename(given), taken: false, fetch }], note: null };
  }
  const nothing: KnownBatches = { hasContent: () => false, hasName: () => false };
  const url = httpsUrl(given, 'input-invalid');
  const batch = urlBatch(url, nothing, downloadOptions(pipeline, options));
  return { description: batch.name, batches: [batch], note: null };
}

/** Fetches one batch and ingests it. Deletes its temporary files when it is in the ledger. */
async function take(
  pipeline: Pipeline,
  { kind, scale }: Pick<SourceOffer, 'kind' | 'scale'>,
  batch: AvailableBatch,
): Promise<IngestResult> {
  const { path, temporary } = await batch.fetch();
  const config = withScale(kind === 'feedback' ? marking(pipeline.config) : pipeline.config, scale);
  const isOwn = kind === 'feedback' || kind === 'simulation';
  const prepared = isOwn ? { scale: null } : undefined;
  const result = await ingestRatings({ ...pipeline, config }, path, 'buffer', batch.name, prepared);
  await batch.settle?.(result.batch);
  for (const file of temporary) await rm(file, { recursive: true, force: true });
  return result;
}

/** The configuration for a source that has its own scale. */
const withScale = (config: Config, scale: string | null): Config =>
  scale === null ? config : { ...config, source: { ...config.source, scale } };

/** Nobody can correct feedback at its source: stopped feedback would stop every later batch. */
const marking = (config: Config): Config => ({ ...config, quality: { ...config.quality, onSevere: 'mark' } });

async function knownBatches({ store }: Pipeline): Promise<KnownBatches> {
  const entries = await listBatches(store);
  const contents = new Set(entries.map(({ sha256 }) => sha256));
  const names = new Set(entries.map(({ source }) => source));
  return { hasContent: (sha256) => contents.has(sha256), hasName: (name) => names.has(name) };
}

const downloads = ({ dataDirectory }: TakeOptions): string => join(dataDirectory, 'incoming');

const downloadOptions = ({ onProgress }: Pipeline, options: TakeOptions) => ({
  directory: downloads(options),
  fetch: options.fetch ?? globalThis.fetch,
  onProgress,
});

/** Adds the ingested batches to the error. */
function withTakenBatches(error: unknown, taken: readonly IngestResult[]): unknown {
  if (!(error instanceof OperatorError) || taken.length === 0) return error;
  const names = taken.map(({ batch, source }) => `${source} (batch ${batch})`).join(', ');
  return new OperatorError(
    error.code,
    `${error.message} These batches were ingested before: ${names}.`,
    `${error.remedy} The next run continues from here.`,
    { cause: error, details: error.details },
  );
}
