import { encodeHistory } from '../../history/pipeline-history.ts';
import { OperatorError } from '../../lib/errors.ts';
import { decodeModel } from '../../model/artifact.ts';
import { goldenPredictions, goldenProblem } from '../../model/golden.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { Model } from '../../model/model.ts';
import { NEIGHBOURS_FILE, neighboursAmong } from '../../model/neighbours.ts';
import { MANIFEST_FILE, MODEL_FILE } from '../../model/package.ts';
import type { OpenedPackage } from '../../model/package-folder.ts';
import { shrinkModel } from '../../model/shrink-model.ts';
import type { Movie } from '../../ratings/movie.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { type Vocabulary, vocabularyOf, vocabularyOfSorted } from '../../ratings/vocabulary.ts';
import { encodeCatalogue, type RatingTotals } from '../../serving/catalogue.ts';
import { encodeSeenRatings } from '../../serving/seen-ratings.ts';
import { encodeLinks } from '../../serving/served-links.ts';
import { encodeNames } from '../../serving/served-names.ts';
import {
  CATALOGUE_FILE,
  HISTORY_FILE,
  LINKS_FILE,
  NAMES_FILE,
  packServing,
  SEEN_FILE,
  type ServingFiles,
  STATUS_FILE,
} from '../../serving/serving-files.ts';
import { readAllNames } from '../../store/id-names.ts';
import { listBatches } from '../../store/ledger.ts';
import { readStoredMovies } from '../../store/read-movies.ts';
import { readStoredRatings } from '../../store/read-ratings.ts';
import { readServingStatus } from '../../store/serving-status.ts';
import type { Store } from '../../store/store.ts';
import type { Pipeline } from '../pipeline.ts';
import { readPipelineHistory } from './read-pipeline-history.ts';

/** Allowed error of a prediction in half precision, stars. */
const HALF_TOLERANCE = 0.02;

/**
 * Assembles the bundle of a model: the model, the catalogue, the ratings of users and the status of the pipeline.
 *
 * @throws OperatorError `model-invalid` when half precision changes a golden prediction too much.
 */
export async function assembleServing(
  pipeline: Pick<Pipeline, 'store' | 'forge' | 'config' | 'clock' | 'onProgress' | 'run'>,
  { manifest, model, files }: OpenedPackage,
): Promise<ServingFiles> {
  const { store, config, clock, onProgress } = pipeline;
  const { seen, precision, movies: mostMovies, readOrigins, writeOrigins, ...settings } = config.serve;
  onProgress({ stage: 'assembling', done: 0, total: null, unit: 'parts' });
  const released = files.get(MODEL_FILE) as Uint8Array;
  const bytes = shrinkModel(
    released,
    { precision, movies: mostMovies },
    `${MODEL_FILE} of v${manifest.version}`,
  );
  const served = bytes === released ? model : decodeModel(bytes, MODEL_FILE);
  if (served !== model && mostMovies === null) requireGoldenPredictions(manifest, served);

  const listed = files.get(NEIGHBOURS_FILE) ?? null;
  const neighbours =
    listed === null || mostMovies === null
      ? listed
      : neighboursAmong(listed, (movieId) => served.movies.rowOf(movieId) >= 0);
  const assembledAt = clock();
  const ratings = await readStoredRatings(store);
  const movies = allMovies(await readStoredMovies(store), served, ratings);
  const names = await readAllNames(store);
  const { watchdog } = config;
  const status = await readServingStatus(store, { now: assembledAt, ...watchdog });
  const history = await readPipelineHistory(pipeline, manifest.version, assembledAt);
  const text = new TextEncoder();
  return packServing(
    manifest,
    {
      assembledAt: assembledAt.toISOString(),
      precision,
      movies: mostMovies,
      seen,
      ...settings,
      readOrigins: [...readOrigins],
      writeOrigins: [...writeOrigins],
      golden: goldenPredictions(served).map(({ user, movie, rating }) => ({
        user: names === null ? user : (names.users.get(user) ?? String(user)),
        movie: names === null ? movie : (names.movies.get(movie) ?? String(movie)),
        rating,
      })),
    },
    {
      [MODEL_FILE]: bytes,
      [MANIFEST_FILE]: files.get(MANIFEST_FILE) as Uint8Array,
      ...(neighbours === null ? {} : { [NEIGHBOURS_FILE]: neighbours }),
      [CATALOGUE_FILE]: encodeCatalogue(movies, totalsOf(movies, ratings)),
      [STATUS_FILE]: text.encode(JSON.stringify(status)),
      [HISTORY_FILE]: encodeHistory(history),
      ...(movies.some(({ links }) => links !== undefined) ? { [LINKS_FILE]: encodeLinks(movies) } : {}),
      ...(names === null ? {} : { [NAMES_FILE]: encodeNames(names) }),
      ...(seen === 'bundle'
        ? {
            [SEEN_FILE]: encodeSeenRatings(
              ratings,
              vocabularyOfSorted(Int32Array.from(movies, ({ id }) => id)),
              await unlearnedUsers(store, manifest),
            ),
          }
        : {}),
    },
  );
}

/** Rejects a model that half precision has changed too much. */
function requireGoldenPredictions({ version, golden = [] }: Manifest, served: Model): void {
  const problem = goldenProblem(golden, served, HALF_TOLERANCE);
  if (problem === null) return;
  throw new OperatorError(
    'model-invalid',
    `Model v${version} in half precision does not give the predictions in its manifest: ${problem}.`,
    "Serve it in full precision: serve.precision: 'full' in cinematch.config.ts.",
  );
}

/** Users with ratings in batches that the model has not learned. */
async function unlearnedUsers(store: Store, { snapshot }: Manifest): Promise<Vocabulary> {
  const batchIds = (await listBatches(store))
    .map(({ batchId }) => batchId)
    .filter((batchId) => !snapshot.batches.includes(batchId));
  return vocabularyOf((await readStoredRatings(store, { batchIds })).userIds);
}

/** Movies with a title, a rating or a place in the model, by ascending id. */
function allMovies(known: readonly Movie[], model: Model, { movieIds }: Ratings): readonly Movie[] {
  const byId = new Map(known.map((movie) => [movie.id, movie]));
  for (const ids of [model.movies.ids, movieIds]) {
    for (const id of ids) if (!byId.has(id)) byId.set(id, { id, title: '', year: null, genres: [] });
  }
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

function totalsOf(movies: readonly Movie[], { movieIds, halves }: Ratings): readonly RatingTotals[] {
  const totals = new Map(movies.map(({ id }) => [id, { ratings: 0, halves: 0 }]));
  for (let at = 0; at < movieIds.length; at++) {
    const ofMovie = totals.get(movieIds[at] as number);
    if (ofMovie === undefined) continue;
    ofMovie.ratings++;
    ofMovie.halves += halves[at] as number;
  }
  return [...totals.values()];
}
