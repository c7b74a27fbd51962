import { join } from 'node:path';
import { Command } from 'commander';
import { openLocalForge } from '../forge/open-local-forge.ts';
import { MAX_ID } from '../ratings/validate.ts';
import { formatStars } from '../reports/numbers.ts';
import { loadReleasedPackage } from '../stages/champion/champion.ts';
import { clock, homeDirectory } from './terminal/open-pipeline.ts';
import { integer } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

interface PredictOptions {
  readonly user: number;
  readonly movie: number;
  readonly json?: boolean;
}

/** `cinematch predict`: the champion's prediction of a user's rating of a movie. Needs no database. */
export function predictCommand(terminal: Terminal): Command {
  return new Command('predict')
    .description('predict how a user would rate a movie, with the champion')
    .requiredOption('--user <id>', 'user id', integer(0, MAX_ID))
    .requiredOption('--movie <id>', 'movie id', integer(0, MAX_ID))
    .option('--json', 'print JSON')
    .action(async ({ user, movie, json }: PredictOptions) => {
      const forge = openLocalForge(join(homeDirectory(), 'forge'), clock);
      const { manifest, model } = await loadReleasedPackage(forge);
      const { rating, deviation, strategy } = model.predict(user, movie);
      if (json === true) {
        terminal.printJson({ user, movie, rating, deviation, strategy, modelVersion: manifest.version });
        return;
      }
      const spread = deviation === null ? '' : ` ± ${formatStars(deviation)}`;
      terminal.print(`${formatStars(rating)}${spread} (${strategy}, model v${manifest.version})`);
    });
}
