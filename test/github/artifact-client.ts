import { DefaultArtifactClient, type FindOptions } from '@actions/artifact';

/**
 * One call of @actions/artifact in a process of its own, as in a step: the library reads its environment when it
 * is loaded. `node artifact-client.ts '{"upload":["name","file"]}'` prints what came of it as the last line.
 */
interface Task {
  /** Name, file, and the folder it is in. */
  readonly upload?: readonly [name: string, file: string, root: string];
  readonly list?: true;
  readonly download?: readonly [name: string, path: string];
  readonly remove?: string;
  readonly findBy?: FindOptions['findBy'];
}

const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const client = new DefaultArtifactClient();
const options = task.findBy === undefined ? {} : { findBy: task.findBy };

async function perform(): Promise<unknown> {
  if (task.upload !== undefined) {
    const [name, file, root] = task.upload;
    return client.uploadArtifact(name, [file], root, {});
  }
  if (task.download !== undefined) {
    const [name, path] = task.download;
    const { artifact } = await client.getArtifact(name, options);
    const expectedHash = artifact.digest ?? '';
    return client.downloadArtifact(artifact.id, { ...options, path, expectedHash });
  }
  if (task.remove !== undefined) return client.deleteArtifact(task.remove, options);
  return client.listArtifacts(options);
}

const outcome = await perform().catch((error: unknown) => ({ error: String(error) }));
process.stdout.write(`\n${JSON.stringify(outcome)}\n`);
