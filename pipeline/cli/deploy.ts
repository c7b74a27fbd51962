import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Command, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { writeServiceFolder } from '../deploy/service-folder.ts';
import { buildFunction } from '../deploy/vercel/build-function.ts';
import { type FunctionSize, formatSize, requireFit } from '../deploy/vercel/bundle-size.ts';
import { maskSecrets } from '../deploy/vercel/secret-mask.ts';
import { teamOf } from '../deploy/vercel/vercel-api.ts';
import { CliError, openVercelCli } from '../deploy/vercel/vercel-cli.ts';
import { type VercelOptions, vercelTarget } from '../deploy/vercel/vercel-target.ts';
import { OperatorError } from '../lib/errors.ts';
import { readChampion } from '../stages/champion/champion.ts';
import { loadReleasedPackage } from '../stages/champion/released-package.ts';
import type { Pipeline } from '../stages/pipeline.ts';
import { assembleServing } from '../stages/release/assemble-serving.ts';
import { deployModel } from '../stages/release/deploy-model.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import { type CommonOptions, integer } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

/** The root of the code. */
const CHECKOUT = join(import.meta.dirname, '../..');

interface DeployOptions extends CommonOptions {
  readonly target: 'vercel' | 'folder';
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly version?: number;
  readonly project?: string;
}

/** `cinematch deploy`: deploys a model to Vercel, or only shows the size of the function. */
export function deployCommand(terminal: Terminal): Command {
  return new Command('deploy')
    .description(
      'deploy a model to Vercel: build, stage, test, promote, watch; or write a service for any host',
    )
    .addOption(
      new Option('--target <target>', 'where to: Vercel, or a folder that runs on any host with Node 24')
        .choices(['vercel', 'folder'])
        .default('vercel'),
    )
    .option('--out <folder>', 'folder to write, with --target folder', 'service')
    .option('--dry-run', 'build the function and show the size of each part; needs no token')
    .option('--version <version>', 'model version (default: the champion)', integer(1))
    .option('--project <name>', 'name or id of the Vercel project')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async (options: DeployOptions) => {
      const { config, json = false } = options;
      if (options.target === 'folder') {
        await writeService(terminal, options);
        return;
      }
      // A missing token is reported before the database is opened.
      const target = options.dryRun === true ? null : vercelTarget(readEnvironment(options.project));
      await withEnvironmentPipeline(
        terminal,
        config,
        target === null ? 'read' : 'write',
        async (pipeline) => {
          const version = options.version ?? (await championVersion(pipeline));
          if (target === null) {
            await planDeployment(terminal, pipeline, version, json);
            return;
          }
          const { location } = await deployModel(pipeline, version, target);
          if (json) terminal.printJson({ version, location });
          else terminal.print(`Model v${version} is deployed: ${location}`);
        },
      );
    });
}

/** Writes the self-contained service with a model. Who is champion does not change. */
async function writeService(terminal: Terminal, options: DeployOptions): Promise<void> {
  const { config, json = false, out = 'service' } = options;
  await withEnvironmentPipeline(terminal, config, 'read', async (pipeline) => {
    const version = options.version ?? (await championVersion(pipeline));
    const serving = await assembleServing(pipeline, await loadReleasedPackage(pipeline, version));
    const { location, bytes } = await writeServiceFolder(CHECKOUT, serving, resolve(out));
    if (json) {
      terminal.printJson({ version, location, bytes });
      return;
    }
    terminal.print(`Model v${version} as a service, ${formatSize(bytes)}: ${location}`);
    terminal.print(`Run it: node ${join(out, 'server.mjs')}`);
  });
}

async function championVersion(pipeline: Pipeline): Promise<number> {
  const champion = await readChampion(pipeline);
  if (champion !== null) return champion.version;
  throw new OperatorError(
    'no-champion',
    'No model has been promoted yet, so there is no model to deploy.',
    'Ingest ratings and train the first model: cinematch ingest FILE, then cinematch train. With synthetic ratings: cinematch demo.',
  );
}

function readEnvironment(project: string | undefined): VercelOptions {
  const { env } = process;
  const token = env['VERCEL_TOKEN'];
  if (!token) {
    throw new OperatorError(
      'usage',
      'VERCEL_TOKEN is not set, so nothing can be deployed.',
      'Create a token at https://vercel.com/account/settings/tokens and set it in the environment. To see the size of the function without a token: cinematch deploy --dry-run.',
    );
  }
  return {
    token,
    teamId: teamOf(env['VERCEL_ORG_ID'] || env['VERCEL_TEAM_ID'] || null),
    project: project ?? (env['VERCEL_PROJECT_ID'] || packageJson.name),
    directory: process.cwd(),
    environment: env,
    time: { now: () => performance.now(), sleep: (milliseconds) => setTimeout(milliseconds) },
    onSecret: () => {},
    apiUrl: env['VERCEL_API'] || undefined,
  };
}

/**
 * Builds the function for a model as a deployment does, and prints the size of each part.
 *
 * @throws OperatorError `deploy-failed` when the build fails, or, after the sizes are printed, when the function is
 * too large.
 */
async function planDeployment(
  terminal: Terminal,
  pipeline: Pipeline,
  version: number,
  asJson: boolean,
): Promise<void> {
  const serving = await assembleServing(pipeline, await loadReleasedPackage(pipeline, version));
  const cli = openVercelCli({
    directory: process.cwd(),
    environment: process.env,
    masked: maskSecrets(() => {}),
  });
  const { size } = await buildFunction(cli, process.cwd(), serving, null).catch((cause: unknown) => {
    if (!(cause instanceof CliError)) throw cause;
    throw new OperatorError(
      'deploy-failed',
      `The function for model v${version} could not be built: ${cause.message}`,
      'Run this command in a checkout, with its packages installed: npm ci.',
      { cause },
    );
  });
  if (asJson) terminal.printJson({ version, ...size });
  else printSize(terminal, version, size);
  requireFit(size, `Model v${version}`);
}

function printSize(terminal: Terminal, version: number, { parts, bytes, limit }: FunctionSize): void {
  const share = (part: number): string => `${((100 * part) / limit).toFixed(1)}%`;
  terminal.print(`Vercel function of model v${version}`);
  terminal.printTable(
    ['Part', 'Size', 'Of the limit'],
    [
      ...parts.map((part) => [part.name, formatSize(part.bytes), share(part.bytes)]),
      ['total', formatSize(bytes), share(bytes)],
      ['limit', formatSize(limit), share(limit)],
    ],
  );
}
