/** What the stub of Vercel's CLI does in a checkout. */
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const OUTPUT = '.vercel/output';
const FUNCTION = join(OUTPUT, 'functions/api/index.func');

/** Creates a function of the bundle without compiling anything. */
export async function buildStub(directory: string, fault?: string): Promise<void> {
  const at = (...path: readonly string[]): string => join(directory, FUNCTION, ...path);
  await mkdir(at(), { recursive: true });
  await cp(join(directory, 'serving'), at('serving'), { recursive: true });
  await writeFile(at('.vc-config.json'), JSON.stringify({ handler: 'api/index.js' }));
  await writeFile(at('index.js'), 'export default {};\n');
  if (fault === 'build-makes-nothing') await rm(at(), { recursive: true });
  if (fault === 'build-forgets-the-model') await rm(at('serving/model.safetensors'));
  // Sparse: it takes no room on the disk.
  if (fault === 'build-makes-it-huge') await truncate(at('index.js'), 260 * 1024 * 1024);
  if (fault === 'build-damages-the-model') await writeFile(at('serving/model.safetensors'), 'damaged');
}

interface StubDeployment {
  readonly directory: string;
  readonly apiUrl: string;
  readonly token: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly target: 'production' | 'preview';
  /** Whether the production domain stays where it is. */
  readonly isStaged: boolean;
}

/**
 * Uploads what was built, as the real CLI does.
 *
 * @returns the host of the deployment.
 * @throws Error for an answer that is not a success.
 */
export async function deployStub(deployment: StubDeployment): Promise<string> {
  const { directory, apiUrl, token, meta, target, isStaged } = deployment;
  const project = await readFile(join(directory, '.vercel/project.json'), 'utf8');
  const { projectName } = JSON.parse(project) as { projectName: string };
  const ask = async (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${apiUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...headers },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${text}`);
    return JSON.parse(text) as { url: string };
  };
  const entries = await readdir(join(directory, OUTPUT), { recursive: true, withFileTypes: true });
  const files: { file: string; sha: string; size: number }[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    const sha = createHash('sha1').update(bytes).digest('hex');
    await ask('/v2/files', new Uint8Array(bytes), { 'x-vercel-digest': sha });
    files.push({ file: relative(directory, path), sha, size: bytes.length });
  }
  const staged = isStaged ? { autoAssignCustomDomains: false } : {};
  const body = { name: projectName, target, files, meta, ...staged };
  return (await ask('/v13/deployments', JSON.stringify(body))).url;
}
