import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import type { Config } from '../config.ts';
import { OperatorError } from '../lib/errors.ts';
import { formatBytes, formatCount, formatSeconds } from '../reports/numbers.ts';
import { readingOf } from '../source/read-rated-source.ts';
import { loadConfig } from '../stages/load-config.ts';
import { checkData } from '../stages/model-check/check-data.ts';
import { compareScores } from '../stages/model-check/compare-scores.ts';
import { type ModelCheck, modelCheckJson } from '../stages/model-check/model-check.ts';
import { scoreBase } from '../stages/model-check/score-base.ts';
import { scoreCheckout } from '../stages/model-check/score-checkout.ts';
import type { Scores } from '../stages/model-check/scores.ts';
import { readBaseScores, readScores, writeScores } from '../stages/model-check/scores-file.ts';
import { printModelCheck } from './print/model-check.ts';
import { EXIT } from './terminal/exit.ts';
import { clock, homeDirectory, stopwatch } from './terminal/open-pipeline.ts';
import { type CommonOptions, integer } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

interface DataOptions extends CommonOptions {
  readonly data?: string;
  readonly seed?: number;
}

/** `cinematch model-check`: compares the models of this code and of another commit. */
export function modelCheckCommand(terminal: Terminal): Command {
  const command = new Command('model-check')
    .description(
      'train with this code and with another commit on the same fixed data, and compare the models',
    )
    .enablePositionalOptions()
    .option('--base <ref>', 'the commit to compare this working tree with, such as main')
    .option('--out <file>', 'write the comparison as JSON to a file');
  return withDataOptions(command)
    .addHelpText('after', '\nExits 3 when the gate refuses this code. Needs no database.')
    .addCommand(scoreCommand(terminal))
    .addCommand(compareCommand(terminal))
    .action(async (options: DataOptions & { readonly base?: string; readonly out?: string }) => {
      if (options.base === undefined) {
        throw new OperatorError(
          'usage',
          'The commit to compare with is missing.',
          'Name a commit: cinematch model-check --base main.',
        );
      }
      const config = await loadConfig(options.config);
      const data = dataOf(config, options);
      terminal.note(`scoring ${options.base}`);
      const environment = { ...process.env, CINEMATCH_HOME: homeDirectory() };
      const base = await scoreBase({ directory: process.cwd(), environment }, options.base, data);
      const sha = base.sha.slice(0, 7);
      if (base.failure !== null) terminal.note(`${sha} cannot be measured: ${base.failure}`);
      terminal.note('scoring this working tree');
      const head = await score(terminal, config, data);
      if (options.json !== true) terminal.print(`This working tree against ${sha}`);
      await conclude(terminal, compare(config, base.scores, head), options);
    });
}

function scoreCommand(terminal: Terminal): Command {
  return withDataOptions(
    new Command('score')
      .description('train with this checkout on fixed data and write the scores of the model')
      .requiredOption('--out <dir>', 'folder to write to'),
  ).action(async (options: DataOptions & { readonly out: string }) => {
    const config = await loadConfig(options.config);
    const scores = await score(terminal, config, dataOf(config, options));
    await writeScores(resolve(options.out), scores);
    const { data, model, fitSeconds, modelBytes } = scores;
    if (options.json === true) {
      terminal.printJson({ folder: resolve(options.out), data, model, fitSeconds, modelBytes });
      return;
    }
    terminal.print(
      `${model.algorithm} on ${data.name}: trained on ${formatCount(data.training.ratings)} ratings in ${formatSeconds(fitSeconds)} (${formatBytes(modelBytes)}), scored on ${formatCount(data.holdout.ratings)}; written to ${resolve(options.out)}`,
    );
  });
}

function compareCommand(terminal: Terminal): Command {
  return new Command('compare')
    .description('compare the scores of two checkouts')
    .requiredOption('--base <dir>', 'folder with the scores of the base; missing when it cannot be measured')
    .requiredOption('--head <dir>', 'folder with the scores of the head')
    .option('--out <file>', 'write the comparison as JSON to a file')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExits 3 when the gate refuses the head.')
    .action(async (options: CompareOptions) => {
      const config = await loadConfig(options.config);
      const base = await readBaseScores(options.base);
      const head = await readScores(options.head);
      await conclude(terminal, compare(config, base, head), options);
    });
}

interface CompareOptions extends CommonOptions {
  readonly base: string;
  readonly head: string;
  readonly out?: string;
}

function withDataOptions(command: Command): Command {
  return command
    .option(
      '--data <source>',
      'synthetic, ml-latest-small, or a file or folder of ratings (default: as configured)',
    )
    .option('--seed <n>', 'seed of the synthetic ratings (default: as configured)', integer(0))
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON');
}

interface DataSource {
  readonly source: string;
  readonly seed: number;
}

/** The data to score on. Paths are absolute, because base and head have different working directories. */
function dataOf({ modelCheck }: Config, options: DataOptions): DataSource {
  const source = options.data ?? modelCheck.dataset;
  const isNamed = source === 'synthetic' || source === 'ml-latest-small';
  return { source: isNamed ? source : resolve(source), seed: options.seed ?? modelCheck.seed };
}

async function score(terminal: Terminal, config: Config, { source, seed }: DataSource): Promise<Scores> {
  const { onProgress } = terminal;
  const data = await checkData(source, {
    seed,
    dataDirectory: join(homeDirectory(), 'data'),
    now: clock(),
    reading: readingOf(config),
    onProgress,
  });
  return scoreCheckout({ config, data, stopwatch, onProgress });
}

const compare = ({ gate, modelCheck }: Config, base: Scores | null, head: Scores): ModelCheck =>
  compareScores(base, head, { gate, seed: modelCheck.seed });

async function conclude(
  terminal: Terminal,
  check: ModelCheck,
  { json, out }: { readonly json?: boolean; readonly out?: string },
): Promise<void> {
  if (out !== undefined) {
    await mkdir(dirname(resolve(out)), { recursive: true });
    await writeFile(out, modelCheckJson(check));
  }
  if (json === true) terminal.printJson(JSON.parse(modelCheckJson(check)));
  else printModelCheck(terminal, check);
  if (check.conclusion === 'fail') process.exitCode = EXIT.found;
}
