/**
 * Stands in for Vercel's command line where many deployments are tried: `build` makes a function of the bundle
 * without compiling anything, `deploy` uploads it as the real one does. `--fault=NAME` before the command makes it
 * fail. That the real one does the same is what real-cli.test.ts is for.
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const args = process.argv.slice(2);
const fault = args[0]?.startsWith('--fault=') ? args.shift()?.slice('--fault='.length) : undefined;
const [command] = args;
const valuesOf = (option: string): string[] =>
  args.flatMap((arg, at) => (arg === option ? [args[at + 1] ?? ''] : []));
const OUTPUT = '.vercel/output';
const FUNCTION = join(OUTPUT, 'functions/api/index.func');
const token = process.env['VERCEL_TOKEN'] ?? '';

if (fault === `${command}-fails`) {
  console.error(`Error: ${command} does not work, says ${token || 'nobody'}`);
  process.exit(1);
}
if (fault === `${command}-is-killed`) process.kill(process.pid, 'SIGKILL');

if (command === 'build') {
  await mkdir(FUNCTION, { recursive: true });
  await cp('serving', join(FUNCTION, 'serving'), { recursive: true });
  await writeFile(join(FUNCTION, '.vc-config.json'), JSON.stringify({ handler: 'api/index.js' }));
  await writeFile(join(FUNCTION, 'index.js'), 'export default {};\n');
  if (fault === 'build-makes-nothing') await rm(FUNCTION, { recursive: true });
  if (fault === 'build-forgets-the-model') await rm(join(FUNCTION, 'serving/model.safetensors'));
  // Sparse: it takes no room on the disk.
  if (fault === 'build-makes-it-huge') await truncate(join(FUNCTION, 'index.js'), 260 * 1024 * 1024);
  if (fault === 'build-damages-the-model') {
    await writeFile(join(FUNCTION, 'serving/model.safetensors'), 'damaged');
  }
}

if (command === 'deploy') {
  const [api] = valuesOf('--api');
  const meta = Object.fromEntries(valuesOf('--meta').map((pair) => pair.split('=')));
  const { projectName } = JSON.parse(await readFile('.vercel/project.json', 'utf8')) as {
    projectName: string;
  };
  const ask = async (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${api}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...headers },
      body,
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as { url: string };
    console.error(`Error: ${path} was answered with ${response.status}: ${text}`);
    return process.exit(1);
  };
  const entries = await readdir(OUTPUT, { recursive: true, withFileTypes: true });
  const files: { file: string; sha: string; size: number }[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    const sha = createHash('sha1').update(bytes).digest('hex');
    await ask('/v2/files', new Uint8Array(bytes), { 'x-vercel-digest': sha });
    files.push({ file: path, sha, size: bytes.length });
  }
  const staged = args.includes('--skip-domain') ? { autoAssignCustomDomains: false } : {};
  const target = args.includes('--prod') ? 'production' : 'preview';
  const { url } = await ask(
    '/v13/deployments',
    JSON.stringify({ name: projectName, target, files, meta, ...staged }),
  );
  console.log(fault === 'deploy-names-no-address' ? 'Done' : `https://${url}`);
}
