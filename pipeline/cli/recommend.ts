import { Command, InvalidArgumentError } from 'commander';
import { OperatorError } from '../lib/errors.ts';
import type { GivenRating, Strategy } from '../model/model.ts';
import { reasonsFor, recommend } from '../model/recommend.ts';
import { MAX_ID } from '../ratings/validate.ts';
import { formatStars } from '../reports/numbers.ts';
import { loadReleasedPackage } from '../stages/champion/champion.ts';
import { movieTitles } from '../stages/movie-titles.ts';
import { readStoredMovies } from '../store/read-movies.ts';
import { readUnlearnedUsers } from '../store/unlearned-users.ts';
import { readRatingsOfUser } from '../store/user-feedback.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import { type CommonOptions, integer } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

interface RecommendOptions extends CommonOptions {
  readonly user?: number;
  readonly rate: readonly GivenRating[];
  readonly k: number;
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
    .option('--user <id>', 'user id; an unknown user gets popular movies', integer(0, MAX_ID))
    .option('--rate <movie=stars>', 'a rating of a new user; may be repeated', collectRating, [])
    .option('-k <n>', 'number of movies', integer(1), 10)
    .option('--explain', 'name the ratings that contribute most to each movie')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async ({ user, rate, k, explain, json, config }: RecommendOptions) => {
      if ((user === undefined) === (rate.length === 0)) {
        throw new OperatorError(
          'usage',
          'recommend needs either --user or --rate.',
          'Give a user (--user 1), or ratings of a new user (--rate 1=5 --rate 50=3.5).',
        );
      }
      await withEnvironmentPipeline(terminal, config, 'read', async ({ forge, store }) => {
        const { manifest, model } = await loadReleasedPackage(forge);
        const given = user === undefined ? rate : await readRatingsOfUser(store, user);
        const isLearned =
          user !== undefined &&
          !(await readUnlearnedUsers(store, [user], manifest.snapshot.batches)).has(user);
        const foldedIn = model.foldIn(given);
        const rated = new Set(given.map(({ movieId }) => movieId));
        const { strategy, items } = recommend(model.movies, isLearned ? model.person(user) : foldedIn, {
          k,
          exclude: rated,
        });
        const movies = new Map((await readStoredMovies(store)).map((movie) => [movie.id, movie]));
        const recommendations = items.map(({ movieId, predicted }) => ({
          movie: movieId,
          title: movies.get(movieId)?.title ?? null,
          year: movies.get(movieId)?.year ?? null,
          genres: movies.get(movieId)?.genres ?? [],
          predicted: predicted.rating,
          deviation: predicted.deviation,
          ...(explain === true ? { because: reasonsFor(foldedIn, movieId, REASONS) } : {}),
        }));
        if (json === true) {
          terminal.printJson({
            user: user ?? null,
            strategy,
            modelVersion: manifest.version,
            recommendations,
          });
          return;
        }
        const person = user === undefined ? 'a new user' : `user ${user}`;
        terminal.print(
          `For ${person}: ${MADE[strategy]} (model v${manifest.version}, ${manifest.algorithm}; ${rated.size} rated movies left out)`,
        );
        terminal.print();
        const titleOf = await movieTitles(store);
        terminal.printTable(
          ['Predicted', 'Movie', explain === true ? 'Because of' : 'Genres'],
          recommendations.map(({ movie, genres, predicted, because }) => [
            formatStars(predicted),
            titleOf(movie),
            because === undefined ? genres.join(', ') : because.map(titleOf).join(', ') || '–',
          ]),
        );
      });
    });
}

function collectRating(text: string, collected: readonly GivenRating[]): readonly GivenRating[] {
  const [, movie, stars] = /^(\d+)=(\d(?:\.[05])?)$/.exec(text) ?? [];
  const rating = { movieId: Number(movie), stars: Number(stars) };
  if (!(rating.movieId <= MAX_ID && rating.stars >= 0.5 && rating.stars <= 5)) {
    throw new InvalidArgumentError(
      'It must be a movie id, an equals sign and 0.5 to 5 stars in steps of 0.5, such as 1=4.5.',
    );
  }
  return [...collected, rating];
}
