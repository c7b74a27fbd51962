import { Command } from 'commander';
import { formatStars } from '../reports/numbers.ts';
import { loadReleasedPackage } from '../stages/champion/released-package.ts';
import { openSiteIds } from '../stages/site-ids.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import type { CommonOptions } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

interface PredictOptions extends CommonOptions {
  readonly user: string;
  readonly movie: string;
}

/** `cinematch predict`: the champion's prediction of a user's rating of a movie. */
export function predictCommand(terminal: Terminal): Command {
  return new Command('predict')
    .description('predict how a user would rate a movie, with the champion')
    .requiredOption('--user <id>', 'user id')
    .requiredOption('--movie <id>', 'movie id')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async ({ user, movie, json, config }: PredictOptions) => {
      await withEnvironmentPipeline(terminal, config, 'read', async (pipeline) => {
        const { idsOf } = await openSiteIds(pipeline.store);
        const [userId = -1] = await idsOf('user', [user]);
        const [movieId = -1] = await idsOf('movie', [movie]);
        const { manifest, model } = await loadReleasedPackage(pipeline);
        const { rating, deviation, strategy } = model.predict(userId, movieId);
        if (json === true) {
          terminal.printJson({
            user: asWritten(user, userId),
            movie: asWritten(movie, movieId),
            rating,
            deviation,
            strategy,
            modelVersion: manifest.version,
          });
          return;
        }
        const spread = deviation === null ? '' : ` ± ${formatStars(deviation)}`;
        terminal.print(`${formatStars(rating)}${spread} (${strategy}, model v${manifest.version})`);
      });
    });
}

/** An id for JSON: a number where it is one. */
const asWritten = (text: string, id: number): string | number => (String(id) === text ? id : text);
