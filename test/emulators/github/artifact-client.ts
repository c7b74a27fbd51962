import { DefaultArtifactClient, type FindOptions } from '@actions/artifact';

/*
 * Calls of @actions/artifact in a process of its own, as in a step, for the library reads its environment when it
 * is loaded: `node artifact-client.ts '[{"upload":["name","/tmp/file","/tmp"]},{"list":true}]'`. The last line it
 * prints is what came of the last call.
 */

interface Task {
  /** Name, file, and the folder it is in. */
  readonly upload?: readonly [name: string, file: string, root: string];
  readonly list?: true;
  readonly download?: readonly [name: string, path: string];
  readonly remove?: string;
  readonly findBy?: FindOptions['findBy'];
}

const client = new DefaultArtifactClient();

async function perform(task: Task): Promise<unknown> {
  const options = task.findBy === undefined ? {} : { findBy: task.findBy };
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

let outcome: unknown;
for (const task of JSON.parse(process.argv[2] ?? '[]') as Task[]) {
  outcome = await perform(task).catch((error: unknown) => ({ error: String(error) }));
}
process.stdout.write(`\n${JSON.stringify(outcome)}\n`);
