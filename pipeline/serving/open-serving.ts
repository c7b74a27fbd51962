import { decodeHistory, type PipelineHistory } from '../history/pipeline-history.ts';
import { OperatorError } from '../lib/errors.ts';
import { once } from '../lib/once.ts';
import { decodeModel } from '../model/artifact.ts';
import { goldenProblem } from '../model/golden.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Model } from '../model/model.ts';
import { decodeNeighbours, NEIGHBOURS_FILE, type Neighbours } from '../model/neighbours.ts';
import { fileProblem, MANIFEST_FILE, MODEL_FILE, readManifest } from '../model/package.ts';
import { type Catalogue, decodeCatalogue } from './catalogue.ts';
import { type MovieSearch, movieSearch } from './movie-search.ts';
import { decodeSeenRatings, type SeenRatings } from './seen-ratings.ts';
import { decodeLinks, type ServedLinks } from './served-links.ts';
import { decodeNames, type ServedNames } from './served-names.ts';
import {
  BUNDLE_FILE,
  type Bundle,
  bundleSchema,
  CATALOGUE_FILE,
  HISTORY_FILE,
  LINKS_FILE,
  NAMES_FILE,
  SEEN_FILE,
  type ServingFiles,
  STATUS_FILE,
} from './serving-files.ts';
import { type ServingStatus, servingStatusSchema } from './serving-status.ts';

/** An open bundle, which the API serves. */
export interface Serving {
  readonly bundle: Bundle;
  readonly manifest: Manifest;
  readonly model: Model;
  /** Of the model file in the bundle. */
  readonly modelSha256: string;
  readonly catalogue: Catalogue;
  /** Null in the bundle of a model that was published without them. */
  readonly neighbours: Neighbours | null;
  /** Null where the ratings are in the database only. */
  readonly seen: SeenRatings | null;
  /** Null where no movie has links, as in bundles of earlier versions. */
  readonly links: ServedLinks | null;
  /** Null where ids are numbers. */
  readonly names: ServedNames | null;
  readonly search: MovieSearch;
  /** The status when the bundle was made. */
  readonly status: ServingStatus;
  /** What the pipeline had done until then, decoded at the first call; null in bundles of earlier releases. */
  readonly history: () => PipelineHistory | null;
}

/**
 * Opens a bundle. The name and the digest of every file are verified before a file is decoded. A model that is whole has
 * to give the golden predictions of its manifest. The model uses the bytes
 * of its file without a copy.
 *
 * @param name of the bundle, for the error.
 * @throws OperatorError `model-invalid` with the file and what is wrong with it.
 */
export function openServing(files: ServingFiles['files'], name: string): Serving {
  const bundle = readBundle(files, name);
  const problem = fileProblem(files, BUNDLE_FILE, bundle.parts);
  if (problem !== null) return refuse(name, problem);
  const manifest = readManifest(files.get(MANIFEST_FILE), name);
  if (manifest.version !== bundle.modelVersion) {
    refuse(name, `its manifest is of model v${manifest.version}, not of v${bundle.modelVersion}`);
  }
  const modelSha256 = bundle.parts[MODEL_FILE]?.sha256 ?? '';
  const isWhole = bundle.precision === 'single' && bundle.movies === null;
  if (isWhole && modelSha256 !== manifest.files[MODEL_FILE]?.sha256) {
    refuse(name, `${MODEL_FILE} is not the file that its ${MANIFEST_FILE} lists`);
  }
  const part = <T>(file: string, decode: (bytes: Uint8Array) => T): T => {
    const bytes = files.get(file);
    if (bytes === undefined) return refuse(name, `${file} is missing`);
    try {
      return decode(bytes);
    } catch (cause) {
      if (cause instanceof OperatorError) throw cause;
      return refuse(name, `${file} cannot be read: ${(cause as Error).message}`, cause);
    }
  };
  const catalogue = part(CATALOGUE_FILE, decodeCatalogue);
  const model = part(MODEL_FILE, (bytes) => decodeModel(bytes, `${MODEL_FILE} of ${name}`));
  const changed = isWhole ? goldenProblem(manifest.golden ?? [], model) : null;
  if (changed !== null)
    refuse(name, `${MODEL_FILE} does not give the predictions in its ${MANIFEST_FILE}: ${changed}`);
  return {
    bundle,
    manifest,
    modelSha256,
    catalogue,
    model,
    neighbours: Object.hasOwn(bundle.parts, NEIGHBOURS_FILE) ? part(NEIGHBOURS_FILE, decodeNeighbours) : null,
    seen:
      bundle.seen === 'database'
        ? null
        : part(SEEN_FILE, (bytes) => decodeSeenRatings(bytes, catalogue.movies)),
    links: files.has(LINKS_FILE)
      ? part(LINKS_FILE, (bytes) => decodeLinks(bytes, catalogue.movies.size))
      : null,
    names: files.has(NAMES_FILE) ? part(NAMES_FILE, decodeNames) : null,
    search: movieSearch(catalogue),
    status: part(STATUS_FILE, (bytes) =>
      servingStatusSchema.parse(JSON.parse(new TextDecoder().decode(bytes))),
    ),
    history: once(() => (files.has(HISTORY_FILE) ? part(HISTORY_FILE, decodeHistory) : null)),
  };
}

function readBundle(files: ServingFiles['files'], name: string): Bundle {
  const bytes = files.get(BUNDLE_FILE);
  if (bytes === undefined) return refuse(name, `${BUNDLE_FILE} is missing`);
  try {
    return bundleSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    return refuse(name, `${BUNDLE_FILE} cannot be read`, cause);
  }
}

function refuse(name: string, problem: string, cause?: unknown): never {
  throw new OperatorError(
    'model-invalid',
    `The bundle ${name} cannot be served: ${problem}.`,
    'Make the bundle again from its release: cinematch deploy.',
    { cause },
  );
}
