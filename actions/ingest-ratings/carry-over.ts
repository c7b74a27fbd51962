import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { connectStore } from '../../pipeline/store/connect.ts';
import { connectServer } from '../../pipeline/store/connect-server.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { type MoveOutcome, moveDatabase } from '../../pipeline/store/move/move-database.ts';
import { openGithubOfRun } from '../open-pipeline.ts';
import type { ActionContext } from '../run-action.ts';
import { fetchState } from '../state-artifact.ts';
import type { ingestRatingsAction } from './action.ts';

/**
 * Moves the newest embedded database that a run has left into the database of `database-url`. The artifact stays.
 *
 * @throws OperatorError `input-invalid` without a URL, `artifact-invalid` when no run has left a database, and as
 * `moveDatabase`.
 */
export async function carryOver(
  context: ActionContext<typeof ingestRatingsAction.inputs>,
): Promise<MoveOutcome> {
  const { inputs, run, env, onProgress } = context;
  const databaseUrl = inputs['database-url'];
  if (databaseUrl === null) {
    throw new OperatorError(
      'input-invalid',
      'The action ingest-ratings cannot start: input "carry-over" is true, but DATABASE_URL is not set, so there is no database to carry over into.',
      'Set the secret DATABASE_URL to the URL of an empty database, and run this workflow again.',
    );
  }
  const { repository } = openGithubOfRun(context);
  const home = resolve(env['CINEMATCH_HOME'] || '.cinematch');
  await mkdir(home, { recursive: true });
  const directory = join(home, 'carried-over');
  const fetched = await fetchState({ repository, run, token: inputs['github-token'], home }, directory);
  if (fetched === null) {
    throw new OperatorError(
      'artifact-invalid',
      'There is no embedded database to carry over: no run on the default branch has left the artifact cinematch-state, or it is older than 90 days.',
      'To begin with a data set, run this workflow without carry-over. If a model was released before, see "Begin anew" in docs/operations.md.',
    );
  }
  const source = await connectStore({ directory });
  try {
    await migrate(source);
    const target = await connectServer(databaseUrl);
    try {
      return await moveDatabase({ source, target, onProgress });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
