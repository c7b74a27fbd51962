import { buildFunction } from '../deploy/vercel/build-function.ts';
import { type FunctionSize, formatSize, requireFit } from '../deploy/vercel/bundle-size.ts';
import { maskSecrets } from '../deploy/vercel/masked.ts';
import { CliError, openVercelCli } from '../deploy/vercel/vercel-cli.ts';
import { OperatorError } from '../lib/errors.ts';
import { loadReleasedPackage } from '../stages/champion/champion.ts';
import type { Pipeline } from '../stages/pipeline.ts';
import { assembleServing } from '../stages/release/assemble-serving.ts';
import type { Terminal } from './terminal.ts';

/**
 * Builds the function for a model as a deployment would, and shows how much room each part takes.
 *
 * @throws OperatorError `deploy-failed` when the build fails, or the function is too large; what it takes has been
 * printed by then.
 */
export async function planDeployment(
  terminal: Terminal,
  pipeline: Pipeline,
  version: number,
  asJson: boolean,
): Promise<void> {
  const serving = await assembleServing(pipeline, await loadReleasedPackage(pipeline.forge, version));
  const cli = openVercelCli({
    directory: process.cwd(),
    environment: process.env,
    masked: maskSecrets(() => {}),
  });
  const { size } = await buildFunction(cli, process.cwd(), serving, null).catch((cause: unknown) => {
    if (!(cause instanceof CliError)) throw cause;
    throw new OperatorError(
      'deploy-failed',
      `The function for model v${version} was not built: ${cause.message}`,
      'It is built in the working directory, which has to be a checkout with its packages installed.',
      { cause },
    );
  });
  if (asJson) terminal.printJson({ version, ...size });
  else printSize(terminal, version, size);
  requireFit(size, `Model v${version}`);
}

function printSize(terminal: Terminal, version: number, { parts, bytes, limit }: FunctionSize): void {
  const share = (part: number): string => `${((100 * part) / limit).toFixed(1)}%`;
  terminal.print(`Model v${version} as a function at Vercel`);
  terminal.printTable(
    ['Part', 'Size', 'Of the limit'],
    [
      ...parts.map((part) => [part.name, formatSize(part.bytes), share(part.bytes)]),
      ['the whole', formatSize(bytes), share(bytes)],
      ['limit', formatSize(limit), share(limit)],
    ],
  );
}
