import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeAtomically } from '../../lib/write-atomically.ts';
import type { Deployment, Deployments, Forge } from '../forge.ts';
import type { Exclusive } from './exclusive.ts';
import { decodeDocument, encodeDocument, instant } from './front-matter.ts';
import { nextNumber, numberedPath, numbersIn } from './numbered-files.ts';

const deploymentSchema = z.strictObject({
  environment: z.string(),
  version: z.int().positive(),
  createdAt: instant,
  url: z.string().optional(),
});

/** Deployments as files `1.md`, `2.md`, …. */
export function localDeployments(directory: string, clock: () => Date, exclusively: Exclusive): Deployments {
  const list = async (environment: string): Promise<readonly Deployment[]> => {
    const ids = await numbersIn(directory);
    const deployments = await Promise.all(
      ids.map(async (id): Promise<Deployment> => {
        const path = numberedPath(directory, id);
        const { fields, body } = decodeDocument(await readFile(path, 'utf8'), deploymentSchema, path);
        const { url: _, ...known } = fields;
        return { id, ...known, description: body };
      }),
    );
    return deployments.filter((deployment) => deployment.environment === environment).reverse();
  };

  return {
    list,
    create: ({ environment, version, description, url }) =>
      exclusively(async () => {
        const [newest] = await list(environment);
        if (newest?.version === version) return newest;
        const id = await nextNumber(directory);
        const createdAt = clock();
        await writeAtomically(
          numberedPath(directory, id),
          encodeDocument({
            fields: { environment, version, createdAt, ...(url === undefined ? {} : { url }) },
            body: description,
          }),
        );
        return { id, environment, version, description: description.trim(), createdAt };
      }),
  };
}

/** Records a workflow dispatch as the next file `1.md`, `2.md`, …. */
export function recordDispatch(
  directory: string,
  clock: () => Date,
  exclusively: Exclusive,
  [workflow, inputs]: Parameters<Forge['dispatch']>,
): Promise<void> {
  return exclusively(async () =>
    writeAtomically(
      numberedPath(directory, await nextNumber(directory)),
      encodeDocument({
        fields: { workflow, inputs, requestedAt: clock() },
        body: `The workflow ${workflow} was requested. No workflow runs locally: run the stage manually.`,
      }),
    ),
  );
}
