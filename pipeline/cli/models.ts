import { Command } from 'commander';
import { OperatorError } from '../lib/errors.ts';
import { tagOf } from '../lib/model-tag.ts';
import type { Manifest } from '../model/manifest.ts';
import { readPackage } from '../model/package-folder.ts';
import { formatMeasured, formatMetric } from '../reports/metric-text.ts';
import { formatBytes, formatCount } from '../reports/numbers.ts';
import { readModels } from '../stages/champion/champion.ts';
import { loadReleasedPackage } from '../stages/champion/released-package.ts';
import { deployModel } from '../stages/release/deploy-model.ts';
import { publishModel } from '../stages/release/publish-model.ts';
import { rollBack } from '../stages/release/roll-back.ts';
import { readSavedCandidate } from '../stages/training/candidate.ts';
import { readGate } from '../store/gate.ts';
import { readModel } from '../store/models.ts';
import { gateJson, printGate } from './print/evaluation.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import { type CommonOptions, integer, subcommand } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

/** `cinematch models`: lists, shows, verifies, promotes and rolls back models. */
export function modelsCommand(terminal: Terminal): Command {
  return new Command('models')
    .description('list, show, verify, promote and roll back models')
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(verifyCommand(terminal))
    .addCommand(promoteCommand(terminal))
    .addCommand(rollbackCommand(terminal));
}

function listCommand(terminal: Terminal): Command {
  return subcommand('list', 'list all trained models, newest first').action(
    async (options: CommonOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'read', async (pipeline) => {
        const models = [...(await readModels(pipeline))].sort((a, b) => b.version - a.version);
        if (options.json === true) {
          terminal.printJson(models.map(({ status, manifest }) => ({ ...manifest, status })));
          return;
        }
        if (models.length === 0) {
          terminal.print('No model has been trained yet. Next: cinematch train');
          return;
        }
        terminal.printTable(
          ['Version', 'Status', 'Trained', 'Reason', 'Ratings', 'RMSE', 'MAE', 'Precision@10'],
          models.map(({ version, status, manifest }) => [
            `v${version}`,
            status,
            manifest.trainedAt.slice(0, 16).replace('T', ' '),
            manifest.reason,
            formatCount(manifest.snapshot.ratings),
            formatMetric('rmse', manifest.metrics.rmse),
            formatMetric('mae', manifest.metrics.mae),
            formatMeasured('precisionAt10', manifest.metrics),
          ]),
        );
        terminal.print();
        terminal.print(
          'Each model was measured on its own holdout. `cinematch models show` compares two models on the same one.',
        );
      });
    },
  );
}

function showCommand(terminal: Terminal): Command {
  return subcommand('show', 'show a released model and verify the digests of its files')
    .argument('<version>', 'model version', integer(1))
    .action(async (version: number, options: CommonOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'read', async (pipeline) => {
        const { manifest } = await loadReleasedPackage(pipeline, version);
        const gate = await readGate(pipeline.store, version);
        if (options.json === true) {
          terminal.printJson({ ...manifest, gate: gateJson(gate), verified: true });
          return;
        }
        const { snapshot, metrics } = manifest;
        terminal.print(
          `${tagOf(version)}: ${manifest.algorithm}, trained ${manifest.trainedAt}, ${manifest.reason}`,
        );
        terminal.print(
          `data: ${formatCount(snapshot.ratings)} ratings of ${formatCount(snapshot.movies)} movies by ${formatCount(snapshot.users)} users, snapshot ${snapshot.sha256.slice(0, 12)}`,
        );
        terminal.print(`held out: ${snapshot.split}`);
        terminal.print(
          `RMSE ${formatMetric('rmse', metrics.rmse)}, MAE ${formatMetric('mae', metrics.mae)}, Precision@10 ${formatMetric('precisionAt10', metrics.precisionAt10)} on ${formatCount(metrics.ratings)} ratings`,
        );
        terminal.print();
        if (gate !== null) {
          printGate(terminal, gate);
          terminal.print();
        }
        printFiles(terminal, manifest);
      });
    });
}

function printFiles(terminal: Terminal, { files }: Manifest): void {
  terminal.printTable(
    ['File', 'Size', 'SHA-256 (verified)'],
    Object.entries(files).map(([name, { bytes, sha256 }]) => [name, formatBytes(bytes), sha256]),
  );
}

function promoteCommand(terminal: Terminal): Command {
  return subcommand('promote', 'make a model that passed the gate the champion')
    .argument('<version>', 'model version', integer(1))
    .action(async (version: number, options: CommonOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'write', async (pipeline) => {
        const { forge, store } = pipeline;
        const model = await readModel(store, version);
        if (model.status === 'refused') {
          throw new OperatorError(
            'usage',
            `Model v${version} was refused by the gate.`,
            'Train another model when there are more ratings. metrics.json of this model has the numbers.',
          );
        }
        const release = await forge.releases.get(tagOf(version));
        if (release === null || release.state === 'draft') {
          await publishModel(pipeline, await readSavedCandidate(pipeline.modelDirectory, version));
        } else {
          await deployModel(pipeline, version, null);
        }
        if (options.json === true) terminal.printJson({ champion: version });
        else terminal.print(`Model v${version} is the champion`);
      });
    });
}

function rollbackCommand(terminal: Terminal): Command {
  return subcommand('rollback', 'promote the previous champion again, or an earlier one')
    .option('--to <version>', 'model version (default: the previous champion)', integer(1))
    .action(async (options: CommonOptions & { readonly to?: number }) => {
      await withEnvironmentPipeline(terminal, options.config, 'write', async (pipeline) => {
        const { from, to } = await rollBack(pipeline, options.to);
        if (options.json === true) terminal.printJson({ from, champion: to });
        else terminal.print(`Model v${to} is the champion again, in place of v${from}`);
      });
    });
}

/** `cinematch models verify`: checks a downloaded release. Needs no database and no network. */
function verifyCommand(terminal: Terminal): Command {
  return new Command('verify')
    .description('check a downloaded release: digests of all files, shapes of the model')
    .argument('<folder>', 'folder with the files of the release')
    .option('--json', 'print JSON')
    .action(async (folder: string, options: { readonly json?: boolean }) => {
      const { manifest, model } = await readPackage(folder);
      if (options.json === true) {
        terminal.printJson({ ...manifest, verified: true });
        return;
      }
      printFiles(terminal, manifest);
      terminal.print();
      terminal.print(
        `Model v${manifest.version} (${model.algorithm}) of ${formatCount(model.users.size)} users and ${formatCount(model.movies.size)} movies matches its manifest`,
      );
      terminal.print(
        'The manifest is not proof of itself. Who made it: gh attestation verify, or cinematch models show where its database is.',
      );
    });
}
