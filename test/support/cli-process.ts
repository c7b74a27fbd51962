/**
 * A process that runs one command of the CLI after the other, for tests where the start of a process is not the
 * subject. It takes the arguments and the environment of a command as a message, and sends back what it printed.
 */
import { pathToFileURL } from 'node:url';

const [main = '', start = ''] = process.argv.slice(2);

const printed = { stdout: '', stderr: '' };
for (const stream of ['stdout', 'stderr'] as const) {
  process[stream].write = (text: string | Uint8Array): boolean => {
    printed[stream] += text;
    return true;
  };
  // Each command adds a listener.
  process[stream].setMaxListeners(0);
}

interface Command {
  readonly environment: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

let commands = 0;
process.on('message', async ({ environment, args }: Command) => {
  printed.stdout = '';
  printed.stderr = '';
  process.exitCode = undefined;
  delete process.env['DATABASE_URL'];
  Object.assign(process.env, environment);
  process.argv = [process.execPath, start, ...args];
  // A new URL is a new module: the command runs again, and its imports are already loaded.
  await import(`${pathToFileURL(main)}?command=${++commands}`);
  process.send?.({ code: process.exitCode ?? 0, ...printed });
  process.exitCode = undefined;
});
