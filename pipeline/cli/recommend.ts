import { Command } from 'commander';
import { loadReleasedModel } from '../flows/champion.ts';
import { recommend } from '../model/recommend.ts';
import { formatStars } from '../reports/numbers.ts';
import { readMovies } from '../store/read-movies.ts';
import { readRatedMovies } from '../store/read-rated-movies.ts';
import { withEnvironmentPipeline } from './open-pipeline.ts';
import { type CommonOptions, integer } from './options.ts';
import type { Terminal } from './terminal.ts';

interface RecommendOptions extends CommonOptions {
  readonly user: number;
  readonly k: number;
}

/** `cinematch recommend`: the champion's best movies for a user, without those the user has rated. */
export function recommendCommand(terminal: Terminal): Command {
  return new Command('recommend')
    .description('recommend movies a user has not rated yet, with the model that serves')
    .requiredOption('--user <id>', 'user id; an unknown user gets what most people like', integer(1))
    .option('-k <n>', 'how many', integer(1), 10)
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async ({ user, k, json, config }: RecommendOptions) => {
      await withEnvironmentPipeline(terminal, config, async ({ forge, store }) => {
        const { manifest, model } = await loadReleasedModel(forge);
        const rated = await readRatedMovies(store, user);
        const { strategy, items } = recommend(model, user, { k, exclude: (movieId) => rated.has(movieId) });
        const movies = new Map((await readMovies(store)).map((movie) => [movie.id, movie]));
        const lines = items.map(({ movieId, predicted }) => ({
          movie: movieId,
          title: movies.get(movieId)?.title ?? null,
          year: movies.get(movieId)?.year ?? null,
          genres: movies.get(movieId)?.genres ?? [],
          predicted: predicted.rating,
        }));
        if (json === true) {
          terminal.printJson({ user, strategy, modelVersion: manifest.version, recommendations: lines });
          return;
        }
        terminal.print(
          `For user ${user} (${strategy}, model v${manifest.version}, ${rated.size} rated movies left out), best first by prediction and popularity`,
        );
        terminal.print();
        terminal.printTable(
          ['Predicted', 'Movie', 'Genres'],
          lines.map(({ movie, title, year, genres, predicted }) => [
            formatStars(predicted),
            `${title ?? `movie ${movie}`}${year === null ? '' : ` (${year})`}`,
            genres.join(', '),
          ]),
        );
      });
    });
}
