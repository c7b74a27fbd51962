import { Command, Option } from 'commander';
import { REQUEST_REASONS, type RequestReason } from '../lib/training-reason.ts';
import { formatCount, formatSeconds } from '../reports/numbers.ts';
import { publishModel } from '../stages/release/publish-model.ts';
import { trainModel } from '../stages/training/train-model.ts';
import { gateJson, printEvaluation, printGate } from './print/evaluation.ts';
import { EXIT } from './terminal/exit.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import { allUsersOption, type CommonOptions, withRankingUsers } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

interface TrainOptions extends CommonOptions {
  readonly reason: RequestReason;
  readonly publish: boolean;
  readonly allUsers?: boolean;
}

/** `cinematch train`: trains on all ratings, compares with the champion, releases a model that passes the gate. */
export function trainCommand(terminal: Terminal): Command {
  return new Command('train')
    .description(
      'train on all ratings, compare with the champion on held-out ones, release a model that passes',
    )
    .addOption(
      new Option('--reason <reason>', 'why to train; the gate is stricter with "manual"')
        .choices(REQUEST_REASONS)
        .default('manual'),
    )
    .option('--no-publish', 'stop after the gate; `cinematch models promote` releases the model later')
    .addOption(allUsersOption())
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExits 3 when the gate refuses the challenger.')
    .action(async (options: TrainOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'write', async (opened) => {
        const pipeline = { ...opened, config: withRankingUsers(opened.config, options) };
        const candidate = await trainModel(pipeline, options.reason);
        const { manifest, evaluation, baselines, gate } = candidate;
        const outcome = options.publish ? await publishModel(pipeline, candidate) : null;
        const status = outcome?.status ?? (gate?.outcome === 'refuse' ? 'refused' : 'candidate');
        if (status === 'refused') process.exitCode = EXIT.found;
        if (options.json === true) {
          terminal.printJson({
            version: manifest.version,
            status,
            manifest,
            evaluation,
            baselines,
            gate: gateJson(gate),
            release: outcome?.status === 'promoted' ? outcome.release.tag : null,
            closedIssue: outcome?.status === 'promoted' ? (outcome.closed?.number ?? null) : null,
          });
          return;
        }
        const { snapshot } = manifest;
        terminal.print(
          `Model v${manifest.version} (${manifest.algorithm}) trained on ${formatCount(snapshot.ratings)} ratings in ${formatSeconds(manifest.fitSeconds)}`,
        );
        terminal.print();
        printEvaluation(terminal, manifest.algorithm, evaluation, baselines);
        if (gate !== null) {
          terminal.print();
          printGate(terminal, gate);
        }
        terminal.print();
        if (outcome?.status === 'promoted') {
          terminal.print(`Released and promoted as ${outcome.release.tag}: ${outcome.release.location}`);
          if (outcome.closed !== null) terminal.print(`Issue ${outcome.closed.number} is closed`);
        } else if (status === 'refused') {
          terminal.print('The gate refused the model. The champion stays.');
        } else {
          terminal.print(`Not released. Next: cinematch models promote ${manifest.version}`);
        }
      });
    });
}
