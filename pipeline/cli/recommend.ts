import { Command, InvalidArgumentError } from 'commander';
import { OperatorError } from '../lib/errors.ts';
import type { GivenRating, Strategy } from '../model/model.ts';
import { reasonsFor, recommend } from '../model/recommend.ts';
import { formatStars } from '../reports/numbers.ts';
import { loadReleasedModel } from '../stages/champion/champion.ts';
import { movieTitles } from '../stages/movie-titles.ts';
import { readMovies } from '../store/read-movies.ts';
import { readUserRatings } from '../store/read-user-ratings.ts';
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
  personalised: 'by what the model has learned of this user',
  'folded-in': 'by the ratings just told',
  genres: 'by genres',
  'movie-mean': 'what most people like, for nothing else is known',
  'user-mean': 'by the user alone',
  'global-mean': 'by nothing in particular',
};
/** Ratings named as the reason of a recommendation. */
const REASONS = 2;

/** `cinematch recommend`: the champion's best movies for a user or for somebody new, and why. */
export function recommendCommand(terminal: Terminal): Command {
  return new Command('recommend')
    .description('recommend movies somebody has not rated yet, with the model that serves')
    .option('--user <id>', 'user id; an unknown user gets what most people like', integer(1))
    .option('--rate <movie=stars>', 'for somebody new, by their ratings; may be repeated', collectRating, [])
    .option('-k <n>', 'how many', integer(1), 10)
    .option('--explain', 'name the ratings that say most for each movie')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async ({ user, rate, k, explain, json, config }: RecommendOptions) => {
      if ((user === undefined) === (rate.length === 0)) {
        throw new OperatorError(
          'usage',
          'recommend was not told for whom.',
          'Name a user (--user 1), or tell some ratings of somebody new (--rate 1=5 --rate 50=3.5).',
        );
      }
      await withEnvironmentPipeline(terminal, config, 'look', async ({ forge, store }) => {
        const { manifest, model } = await loadReleasedModel(forge);
        const given = user === undefined ? rate : await readUserRatings(store, user);
        const told = model.foldIn(given);
        const rated = new Set(given.map(({ movieId }) => movieId));
        const { strategy, items } = recommend(model.movies, user === undefined ? told : model.person(user), {
          k,
          exclude: rated,
        });
        const movies = new Map((await readMovies(store)).map((movie) => [movie.id, movie]));
        const recommendations = items.map(({ movieId, predicted }) => ({
          movie: movieId,
          title: movies.get(movieId)?.title ?? null,
          year: movies.get(movieId)?.year ?? null,
          genres: movies.get(movieId)?.genres ?? [],
          predicted: predicted.rating,
          deviation: predicted.deviation,
          ...(explain === true ? { because: reasonsFor(told, movieId, REASONS) } : {}),
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
        const whom = user === undefined ? 'somebody new' : `user ${user}`;
        terminal.print(
          `For ${whom}: ${MADE[strategy]} (model v${manifest.version}, ${manifest.algorithm}; ${rated.size} rated movies left out)`,
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
  if (!(rating.movieId >= 1 && rating.stars >= 0.5 && rating.stars <= 5)) {
    throw new InvalidArgumentError(
      'It must be a movie id, an equals sign and 0.5 to 5 stars by halves, such as 1=4.5.',
    );
  }
  return [...collected, rating];
}
