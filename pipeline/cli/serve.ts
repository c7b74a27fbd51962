import { Command } from 'commander';
import { type CommonOptions, integer } from './options.ts';
import type { Terminal } from './terminal.ts';

export interface ServeOptions extends CommonOptions {
  readonly port: number;
  readonly host: string;
  readonly bundle?: string;
}

/** `cinematch serve`: the API on this machine, with the model that was promoted last. */
export function serveCommand(terminal: Terminal): Command {
  return new Command('serve')
    .description('serve the API on this machine, with the model that was promoted last')
    .option('--port <number>', 'where to listen; 0 takes any that is free', integer(0), 3000)
    .option('--host <address>', 'who may ask: 0.0.0.0 lets other machines', '127.0.0.1')
    .option('--bundle <folder>', 'serve a bundle that was made before')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print one JSON line when it listens, and one for each request')
    .action(async (options: ServeOptions) => {
      // What other commands do without is loaded when it is needed: it takes a while.
      const { serveApi } = await import('./serve-api.ts');
      await serveApi(terminal, options);
    });
}
