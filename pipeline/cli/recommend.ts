import { Command, InvalidArgumentError } from 'commander';
import { OperatorError } from '../lib/errors.ts';
import { interactionsOf, rankedBy } from '../model/interactions.ts';
import type { GivenRating, Strategy } from '../model/model.ts';
import { decodeNeighbours, NEIGHBOURS_FILE } from '../model/neighbours.ts';
import { DEFAULT_NOVELTY, noveltyData } from '../model/novelty.ts';
import { reasonsFor } from '../model/reasons.ts';
import { recommend } from '../model/recommend.ts';
import { servedPerson } from '../model/served-person.ts';
import { mergeSummaries } from '../ratings/summary.ts';
import { vocabularyOfSorted } from '../ratings/vocabulary.ts';
import { formatStars } from '../reports/numbers.ts';
import { loadReleasedPackage } from '../stages/champion/released-package.ts';
import { movieTitles } from '../stages/movie-titles.ts';
import { openSiteIds, type SiteIds } from '../stages/site-ids.ts';
import { listBatches } from '../store/ledger.ts';
import { readStoredMovies } from '../store/read-movies.ts';
import { readSinceTraining } from '../store/since-training.ts';
import type { Store } from '../store/store.ts';
import { readSummaries } from '../store/summaries.ts';
import { readRatingsOfUser } from '../store/user-feedback.ts';
import { clock, withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import { type CommonOptions, integer, numberBetween } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

/** A rating with the site's own id of the movie. */
interface WrittenRating {
  readonly movie: string;
  readonly stars: number;
}

interface RecommendOptions extends CommonOptions {
  readonly user?: string;
  readonly rate: readonly WrittenRating[];
  readonly k: number;
  readonly novelty: number;
  readonly explain?: boolean;
}

/** How a list was made, for people. */
const MADE: Readonly<Record<Strategy, string>> = {
  personalised: 'from what the model has learned about this user',
  'folded-in': 'from the ratings of the user',
  genres: 'from the genres',
  'movie-mean': 'popular movies, because nothing is known about the user',
  'user-mean': 'from the mean rating of the user',
  'global-mean': 'from the mean of all ratings',
};
/** Number of ratings that are named as the reason of a recommendation. */
const REASONS = 2;

/** `cinematch recommend`: the champion's best movies for a known or a new user, and why. */
export function recommendCommand(terminal: Terminal): Command {
  return new Command('recommend')
    .description('recommend movies that a user has not rated yet, with the champion')
    .option('--user <id>', 'user id; an unknown user gets popular movies')
    .option('--rate <movie=stars>', 'a rating of a new user; may be repeated', collectRating, [])
    .option('-k <n>', 'number of movies', integer(1), 10)
    .option(
      '--novelty <share>',
      'how far popularity is taken out of the order, 0 to 1',
      numberBetween(0, 1),
      DEFAULT_NOVELTY,
    )
    .option('--explain', 'name the ratings that contribute most to each movie')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async ({ user, rate, k, novelty, explain, json, config }: RecommendOptions) => {
      if ((user === undefined) === (rate.length === 0)) {
        throw new OperatorError(
          'usage',
          'recommend needs either --user or --rate.',
          'Give a user (--user 1), or ratings of a new user (--rate 1=5 --rate 50=3.5).',
        );
      }
      await withEnvironmentPipeline(terminal, config, 'read', async (pipeline) => {
        const { store } = pipeline;
        const { manifest, model, files } = await loadReleasedPackage(pipeline);
        const neighbours = files.get(NEIGHBOURS_FILE);
        const { idsOf, movieNames } = await openSiteIds(store);
        const [userId] = await idsOf('user', user === undefined ? [] : [user]);
        const given =
          userId === undefined ? await ratingsOf(rate, idsOf) : await readRatingsOfUser(store, userId);
        const { unlearned, interactions: kept } = await readSinceTraining(
          store,
          userId === undefined ? [] : [userId],
          manifest.snapshot.batches,
        );
        const interactions = interactionsOf(kept, given, clock().getTime());
        const { watched, hidden, shown } = interactions;
        const ranked = rankedBy(given, interactions);
        const isLearned = userId !== undefined && !unlearned.has(userId);
        const foldedIn = model.foldIn(given);
        const rated = new Set(given.map(({ movieId }) => movieId));
        const person = servedPerson(model, userId ?? -1, given, isLearned, ranked);
        const { strategy, items } = recommend(model.movies, person, {
          k,
          exclude: [...rated, ...watched, ...hidden],
          shown,
          novelty: neighbours && {
            strength: novelty,
            rated: ranked,
            data: noveltyData(decodeNeighbours(neighbours), model.movies, await ratingsByMovie(store)),
          },
        });
        const movies = new Map((await readStoredMovies(store)).map((movie) => [movie.id, movie]));
        const reasons = items.map(({ movieId }) =>
          explain === true
            ? reasonsFor(foldedIn, given, movieId, REASONS).map((reason) => reason.movieId)
            : [],
        );
        const nameOf = await movieNames([...items.map(({ movieId }) => movieId), ...reasons.flat()]);
        const recommendations = items.map(({ movieId, predicted }, at) => ({
          movie: nameOf.get(movieId) ?? movieId,
          title: movies.get(movieId)?.title ?? null,
          year: movies.get(movieId)?.year ?? null,
          genres: movies.get(movieId)?.genres ?? [],
          predicted: predicted.rating,
          deviation: predicted.deviation,
          ...(explain === true
            ? { because: reasons[at]?.map((reason) => nameOf.get(reason) ?? reason) ?? [] }
            : {}),
        }));
        if (json === true) {
          terminal.printJson({
            user: userId !== undefined && String(userId) === user ? userId : (user ?? null),
            strategy,
            modelVersion: manifest.version,
            recommendations,
          });
          return;
        }
        const whom = user === undefined ? 'a new user' : `user ${user}`;
        terminal.print(
          `For ${whom}: ${MADE[strategy]} (model v${manifest.version}, ${manifest.algorithm}; ${rated.size} rated movies left out)`,
        );
        terminal.print();
        const titleOf = await movieTitles(store);
        terminal.printTable(
          ['Predicted', 'Movie', explain === true ? 'Because of' : 'Genres'],
          recommendations.map(({ genres, predicted }, at) => [
            formatStars(predicted),
            titleOf(items[at]?.movieId as number),
            explain === true ? reasons[at]?.map(titleOf).join(', ') || '–' : genres.join(', '),
          ]),
        );
      });
    });
}

/** Returns the number of stored ratings of a movie, by its row in the model. */
async function ratingsByMovie(store: Store): Promise<(movieId: number) => number> {
  const batchIds = (await listBatches(store)).map(({ batchId }) => batchId);
  const { movieIds, movieCounts } = mergeSummaries([...(await readSummaries(store, batchIds)).values()]);
  const known = vocabularyOfSorted(movieIds);
  return (movieId) => movieCounts[known.rowOf(movieId)] ?? 0;
}

function collectRating(text: string, collected: readonly WrittenRating[]): readonly WrittenRating[] {
  const [, movie = '', written] = /^(.+)=(\d(?:\.[05])?)$/.exec(text) ?? [];
  const stars = Number(written);
  if (!(movie !== '' && stars >= 0.5 && stars <= 5)) {
    throw new InvalidArgumentError(
      'It must be a movie id, an equals sign and 0.5 to 5 stars in steps of 0.5, such as 1=4.5.',
    );
  }
  return [...collected, { movie, stars }];
}

async function ratingsOf(
  rated: readonly WrittenRating[],
  idsOf: SiteIds['idsOf'],
): Promise<readonly GivenRating[]> {
  const ids = await idsOf(
    'movie',
    rated.map(({ movie }) => movie),
  );
  return rated.map(({ stars }, at) => ({ movieId: ids[at] as number, stars }));
}
