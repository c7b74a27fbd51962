/**
 * A process that runs one command of the CLI after the other, for tests where the start of a process is not the
 * subject. It takes the arguments and the home of a command as a message, and sends back what it printed.
 */
import { pathToFileURL } from 'node:url';
import { MAIN, START } from './cli.ts';

const printed = { stdout: '', stderr: '' };
for (const stream of ['stdout', 'stderr'] as const) {
  process[stream].write = (text: string | Uint8Array): boolean => {
    printed[stream] += text;
    return true;
  };
  // Each command adds a listener.
  process[stream].setMaxListeners(0);
}

let commands = 0;
process.on('message', async ({ home, args }: { readonly home: string; readonly args: readonly string[] }) => {
  printed.stdout = '';
  printed.stderr = '';
  process.exitCode = undefined;
  process.env['CINEMATCH_HOME'] = home;
  process.argv = [process.execPath, START, ...args];
  // A new URL is a new module: the command runs again, and its imports are already loaded.
  await import(`${pathToFileURL(MAIN)}?command=${++commands}`);
  process.send?.({ code: process.exitCode ?? 0, ...printed });
  process.exitCode = undefined;
});
