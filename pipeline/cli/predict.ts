import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { openLocalForge } from '../forge/open-local-forge.ts';
import { formatStars } from '../reports/numbers.ts';
import { loadReleasedPackage } from '../stages/champion/champion.ts';
import { NUMBERS, openSiteIds, type SiteIds } from '../stages/site-ids.ts';
import { clock, homeDirectory, withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import type { CommonOptions } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

interface PredictOptions extends CommonOptions {
  readonly user: string;
  readonly movie: string;
}

/** `cinematch predict`: the champion's prediction of a user's rating of a movie. Numbers need no database. */
export function predictCommand(terminal: Terminal): Command {
  return new Command('predict')
    .description('predict how a user would rate a movie, with the champion')
    .requiredOption('--user <id>', 'user id')
    .requiredOption('--movie <id>', 'movie id')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async ({ user, movie, json, config }: PredictOptions) => {
      const [userId, movieId] = await modelIds(terminal, config, user, movie);
      const forge = openLocalForge(join(homeDirectory(), 'forge'), clock);
      const { manifest, model } = await loadReleasedPackage(forge);
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
}

/** The model's ids of a user and a movie. A database says whether ids are names; without one they are numbers. */
async function modelIds(
  terminal: Terminal,
  config: string | undefined,
  user: string,
  movie: string,
): Promise<readonly [user: number, movie: number]> {
  const hasDatabase = Boolean(process.env['DATABASE_URL']) || existsSync(join(homeDirectory(), 'pg'));
  const read = async ({ idsOf }: SiteIds): Promise<readonly [number, number]> => {
    const [userId = -1] = await idsOf('user', [user]);
    const [movieId = -1] = await idsOf('movie', [movie]);
    return [userId, movieId];
  };
  if (!hasDatabase) return read(NUMBERS);
  return withEnvironmentPipeline(terminal, config, 'read', async ({ store }) =>
    read(await openSiteIds(store)),
  );
}

/** An id for JSON: a number where it is one. */
const asWritten = (text: string, id: number): string | number => (String(id) === text ? id : text);
