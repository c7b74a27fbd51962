import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BatchSource } from '../../config.ts';
import { OperatorError } from '../../lib/errors.ts';
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
import { listBatches } from '../../store/ledger.ts';
import type { Pipeline } from '../pipeline.ts';
import { feedbackBatch } from './feedback-batch.ts';
import { type IngestResult, ingestRatings } from './ingest-ratings.ts';

export interface TakeOptions {
  /**
   * `read` prepares and downloads nothing. The weeks of a simulation that is not prepared are then known by name
   * only.
   *
   * @default write
   */
  readonly access?: 'read' | 'write';
  /** Folder for data sets, prepared weeks and downloads; what is there is used again. */
  readonly dataDirectory: string;
  /** A path or an https address to take in place of asking the configured sources. */
  readonly only?: string | undefined;
  /**
   * When this run was asked for. A simulation gives no further week to a run that, or beside which another, has
   * taken one since: a run that is repeated leaves what it left the first time.
   */
  readonly since?: Date | undefined;
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Where MovieLens is downloaded from. @default GroupLens */
  readonly datasetsUrl?: string | undefined;
}

/** What one source has to offer. */
export interface SourceOffer {
  readonly kind: BatchSource['kind'] | 'manual';
  /** `folder data/batches`. */
  readonly description: string;
  readonly batches: readonly AvailableBatch[];
  readonly note: string | null;
}

/** What one source had to offer, in numbers. */
export interface AskedSource {
  readonly kind: SourceOffer['kind'];
  readonly description: string;
  readonly offered: number;
  /** Of those, the ones the ledger had before. */
  readonly alreadyTaken: number;
  readonly note: string | null;
}

export interface TakenBatches {
  /** In the order they were taken. */
  readonly taken: readonly IngestResult[];
  readonly sources: readonly AskedSource[];
}

/**
 * Asks each configured source for what it offers and takes in whatever the ledger lacks, oldest first, so that
 * a schedule that was dropped is caught up. A simulation gives one week a run.
 *
 * @throws OperatorError of the first batch that cannot be taken; those before it stay, and the message names them.
 */
export async function takeBatches(pipeline: Pipeline, options: TakeOptions): Promise<TakenBatches> {
  const taken: IngestResult[] = [];
  const sources: AskedSource[] = [];
  try {
    for await (const source of offers(pipeline, options)) {
      const missing = source.batches.filter((batch) => !batch.taken);
      const isFed = source.kind === 'simulation' && (await isFedSince(pipeline, source, options.since));
      const due = source.kind === 'simulation' ? missing.slice(0, isFed ? 0 : 1) : missing;
      for (const batch of due) taken.push(await take(pipeline, batch));
      const note = isFed && missing.length > 0 ? FED : source.note;
      sources.push(askedSource({ ...source, note }));
    }
  } catch (error) {
    throw withTaken(error, taken);
  }
  await rm(downloads(options), { recursive: true, force: true });
  return { taken, sources };
}

const FED = 'a week was fed since this run was asked for; the next run feeds the next';

/** Whether one of the batches a source offers was taken at an instant or later. */
async function isFedSince(
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

/** An offer in numbers. */
export function askedSource({ kind, description, batches, note }: SourceOffer): AskedSource {
  const alreadyTaken = batches.filter(({ taken }) => taken).length;
  return { kind, description, offered: batches.length, alreadyTaken, note };
}

/**
 * What each source offers, asked for one after the other: a batch that two sources offer is known to the
 * second once it was taken from the first.
 *
 * @throws OperatorError when a source cannot be asked.
 */
export async function* offers(pipeline: Pipeline, options: TakeOptions): AsyncGenerator<SourceOffer> {
  if (options.only !== undefined) {
    yield { kind: 'manual', ...(await givenByHand(pipeline, options.only, options)) };
    return;
  }
  for (const source of pipeline.config.batches) {
    const { description, offer } = await ask(pipeline, source, options);
    yield { kind: source.kind, description, ...offer };
  }
}

interface Asked {
  readonly description: string;
  readonly offer: BatchList;
}

async function ask(pipeline: Pipeline, source: BatchSource, options: TakeOptions): Promise<Asked> {
  const { forge, onProgress, clock } = pipeline;
  const known = await knownBatches(pipeline);
  switch (source.kind) {
    case 'folder':
      return {
        description: `folder ${source.path}`,
        offer: await folderBatches(source.path, known, onProgress),
      };
    case 'releases':
      return {
        description: `releases ${source.prefix}*`,
        offer: await releaseBatches(forge.releases, source.prefix, known, downloads(options)),
      };
    case 'url':
      return {
        description: source.template,
        offer: await urlBatches(source.template, known, downloadOptions(pipeline, options)),
      };
    case 'feedback':
      return { description: 'feedback of the API', offer: await feedbackBatch(pipeline, downloads(options)) };
    case 'simulation':
      return {
        description: `simulation of ${source.dataset} in ${source.weeks} ${source.weeks === 1 ? 'week' : 'weeks'}`,
        offer: await simulationBatches(source, known, { ...options, now: clock(), onProgress }),
      };
  }
}

/** A path or URL that a person gave; the content decides whether it is new. */
async function givenByHand(
  pipeline: Pipeline,
  given: string,
  options: TakeOptions,
): Promise<Omit<SourceOffer, 'kind'>> {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) {
    const fetch = (): Promise<FetchedBatch> => Promise.resolve({ path: given, temporary: [] });
    return { description: given, batches: [{ name: basename(given), taken: false, fetch }], note: null };
  }
  const nothing: KnownBatches = { hasContent: () => false, hasName: () => false };
  const url = httpsUrl(given, 'input-invalid');
  const batch = urlBatch(url, nothing, downloadOptions(pipeline, options));
  return { description: batch.name, batches: [batch], note: null };
}

/** Fetches one batch and ingests it. What was fetched for it alone goes when it is in the ledger. */
async function take(pipeline: Pipeline, batch: AvailableBatch): Promise<IngestResult> {
  const { path, temporary } = await batch.fetch();
  const result = await ingestRatings(pipeline, path, 'buffer', batch.name);
  await batch.settle?.(result.batch);
  for (const file of temporary) await rm(file, { recursive: true, force: true });
  return result;
}

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

/** The same failure, saying which batches stay taken. */
function withTaken(error: unknown, taken: readonly IngestResult[]): unknown {
  if (!(error instanceof OperatorError) || taken.length === 0) return error;
  const names = taken.map(({ batch, source }) => `${source} (batch ${batch})`).join(', ');
  return new OperatorError(
    error.code,
    `${error.message} Taken before it and kept: ${names}.`,
    `${error.remedy} The next run goes on from here.`,
    { cause: error, details: error.details },
  );
}
