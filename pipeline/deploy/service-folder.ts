import { cp, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { OperatorError } from '../lib/errors.ts';
import { writeFiles } from '../model/package-folder.ts';
import type { ServingFiles } from '../serving/serving-files.ts';

/** What tells a folder of ours from any other. */
const MARK = 'server.mjs';

export interface ServiceFolder {
  readonly location: string;
  /** Of all files. */
  readonly bytes: number;
}

/**
 * Writes a self-contained service: the API and the page with one model, which `node server.mjs` runs on any host with
 * Node 24, without an installation. A Dockerfile and a `render.yaml` are beside it. The folder is replaced as a whole
 * when everything is written.
 *
 * @param checkout with the packages of the API, and rolldown.
 * @throws OperatorError `usage` when the folder has other files, `deploy-failed` when the code cannot be bundled.
 */
export async function writeServiceFolder(
  checkout: string,
  serving: ServingFiles,
  directory: string,
): Promise<ServiceFolder> {
  const present: readonly string[] = await readdir(directory).catch(() => []);
  if (present.length > 0 && !present.includes(MARK)) {
    throw new OperatorError(
      'usage',
      `${directory} has files that are not of a service: ${present.slice(0, 3).join(', ')}.`,
      'Give a new folder, or an earlier service to replace.',
    );
  }
  const unfinished = `${directory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(join(unfinished, 'code'), { recursive: true });
  await bundleCode(checkout, join(unfinished, 'code', 'service.mjs'));
  await cp(join(checkout, 'pipeline/math/kernels/kernels.wasm'), join(unfinished, 'kernels', 'kernels.wasm'));
  await cp(join(checkout, 'public'), join(unfinished, 'public'), { recursive: true });
  await writeFiles(join(unfinished, 'serving'), serving);
  for (const [name, text] of Object.entries(filesOf(serving.manifest.version)))
    await writeFile(join(unfinished, name), text);
  await rm(directory, { recursive: true, force: true });
  await rename(unfinished, directory);
  return { location: directory, bytes: await bytesBelow(directory) };
}

async function bundleCode(checkout: string, file: string): Promise<void> {
  try {
    const { build } = await import('rolldown');
    await build({
      input: join(checkout, 'api/service.ts'),
      platform: 'node',
      // Its `paths` are for types.
      tsconfig: false,
      output: { file, format: 'esm', codeSplitting: false },
      logLevel: 'silent',
    });
  } catch (cause) {
    throw new OperatorError(
      'deploy-failed',
      `The code of the service could not be bundled: ${stripVTControlCharacters((cause as Error).message)}`,
      'Run this command in a checkout, with its packages installed: npm ci.',
      { cause, details: { step: 'folder' } },
    );
  }
}

async function bytesBelow(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const entry of entries)
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return bytes;
}

const filesOf = (version: number): Readonly<Record<string, string>> => ({
  [MARK]: "// Runs the service: node server.mjs\nimport './code/service.mjs';\n",
  'package.json': `${JSON.stringify(
    {
      name: 'cinematch-service',
      version: `0.0.${version}`,
      private: true,
      type: 'module',
      engines: { node: '>=24' },
      scripts: { start: 'node server.mjs' },
    },
    null,
    2,
  )}\n`,
  Dockerfile: `FROM node:24-slim
WORKDIR /service
COPY . .
# The service writes nothing, so it runs as another user on a file system that is read-only.
USER node
ENV NODE_ENV=production PORT=3000
EXPOSE 3000
HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/api/v1/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.mjs"]
`,
  'render.yaml': `services:
  - type: web
    name: cinematch
    runtime: docker
    healthCheckPath: /api/v1/health/ready
    envVars:
      - key: ADDRESS_HEADER
        value: x-forwarded-for
      # Without a database the service takes no feedback.
      - key: DATABASE_URL
        sync: false
`,
  'README.md': `# CineMatch with model v${version}

The API and the page with one model. It needs Node 24 and no installation:

    node server.mjs

or a container:

    docker build -t cinematch . && docker run -p 3000:3000 cinematch

| Variable | Meaning | Default |
| --- | --- | --- |
| \`PORT\`, \`HOST\` | where it listens | 3000, 0.0.0.0 |
| \`DATABASE_URL\` | the Postgres of the pipeline, for feedback, keys and the current status | none |
| \`ADDRESS_HEADER\` | behind a proxy, the header with the address of the client, for example \`x-forwarded-for\`, of which the last address counts; only where every request comes through the proxy | none: the address of the connection |
`,
});
