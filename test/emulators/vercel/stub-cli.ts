/**
 * Stands in for Vercel's command line where many deployments are tried: `build` makes a function of the bundle
 * without compiling anything, `deploy` uploads it as the real one does. `--fault=NAME` before the command makes it
 * fail. That the real one does the same is what real-cli.test.ts is for.
 */
import { buildStub, deployStub } from './stub-steps.ts';

const args = process.argv.slice(2);
const fault = args[0]?.startsWith('--fault=') ? args.shift()?.slice('--fault='.length) : undefined;
const [command] = args;
const valuesOf = (option: string): string[] =>
  args.flatMap((arg, at) => (arg === option ? [args[at + 1] ?? ''] : []));
const token = process.env['VERCEL_TOKEN'] ?? '';

function fail(message: string): never {
  console.error(`Error: ${message}`);
  process.exit(1);
}

if (fault === `${command}-fails`) fail(`${command} does not work, says ${token || 'nobody'}`);
if (fault === `${command}-is-killed`) process.kill(process.pid, 'SIGKILL');

if (command === 'build') await buildStub('.', fault);
if (command === 'deploy') {
  const host = await deployStub({
    directory: '.',
    apiUrl: valuesOf('--api')[0] ?? '',
    token,
    meta: Object.fromEntries(valuesOf('--meta').map((pair) => pair.split('='))),
    target: args.includes('--prod') ? 'production' : 'preview',
    isStaged: args.includes('--skip-domain'),
  }).catch((error: Error) => fail(error.message));
  console.log(fault === 'deploy-names-no-address' ? 'Done' : `https://${host}`);
}
