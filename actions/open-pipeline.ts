import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Github, openGithub } from '../pipeline/forge/open-github-forge.ts';
import type { ModelMirror } from '../pipeline/mirrors/mirrors.ts';
import { openMlflow } from '../pipeline/mirrors/mlflow.ts';
import { openWebhook } from '../pipeline/mirrors/webhook.ts';
import type { Pipeline } from '../pipeline/stages/pipeline.ts';
import { connectStore } from '../pipeline/store/connect.ts';
import { migrate } from '../pipeline/store/migrate.ts';
import type { Store } from '../pipeline/store/store.ts';
import { trimLog } from '../pipeline/store/trim-log.ts';
import { withStoreErrors } from '../pipeline/store/with-store-errors.ts';
import type { githubInputs, mlflowInputs, pipelineInputs } from './common-inputs.ts';
import type { ActionContext } from './run-action.ts';
import { restoreState } from './state-artifact.ts';

type PipelineContext =
  | ActionContext<typeof pipelineInputs>
  | ActionContext<typeof pipelineInputs & typeof mlflowInputs>;

/** A pipeline whose forge is GitHub, with GitHub's other APIs. */
export interface OpenedPipeline {
  readonly pipeline: Pipeline;
  readonly github: Github;
  /** Folder for downloads and reports. Empty at the start of a job. */
  readonly directory: string;
  /** Kind and description of the store, for summaries. */
  readonly store: Pick<Store, 'home' | 'description'>;
}

/** GitHub with the token of the run. */
export function openGithubOfRun({ inputs, run, clock, warn }: ActionContext<typeof githubInputs>): Github {
  return openGithub({
    token: inputs['github-token'],
    repository: run.repository,
    apiUrl: run.apiUrl,
    ref: run.sha,
    defaultBranch: run.defaultBranch,
    clock,
    onWait: warn,
  });
}

/**
 * Opens store and forge, migrates the schema, runs `work`, and always closes the store.
 *
 * @param state `keep` uploads an embedded database for the next run, also after a failure, because a database
 * server would keep the changes too.
 */
export async function withPipeline<T>(
  context: PipelineContext,
  state: 'keep' | 'discard',
  work: (opened: OpenedPipeline) => Promise<T>,
): Promise<T> {
  const { inputs, run, config, env, artifacts, clock, stopwatch, onProgress, warn } = context;
  const github = openGithubOfRun(context as ActionContext<typeof githubInputs>);
  const home = resolve(env['CINEMATCH_HOME'] || '.cinematch');
  await mkdir(home, { recursive: true });
  const databaseUrl = inputs['database-url'];
  const stateArtifact =
    databaseUrl === null
      ? await restoreState({
          repository: github.repository,
          artifacts,
          run,
          token: inputs['github-token'],
          home,
        })
      : null;
  const store = await connectStore({
    directory: join(home, 'pg'),
    ...(databaseUrl === null ? {} : { databaseUrl }),
  });
  const save = async (): Promise<void> => {
    const kept = state === 'keep' ? stateArtifact : null;
    if (kept !== null) await trimLog(store);
    await store.close();
    await kept?.save();
  };
  const webhook = inputs['alert-webhook-url'];
  let result: T;
  try {
    result = await withStoreErrors(store, async () => {
      await migrate(store);
      return work({
        pipeline: {
          config,
          store,
          forge: github.forge,
          modelDirectory: join(home, 'models'),
          clock,
          stopwatch,
          onProgress,
          run: { commit: run.sha, url: run.url },
          announce: webhook === null ? undefined : openWebhook({ url: webhook, onWarning: warn }),
          mirror: openMirror(context),
        },
        github,
        directory: join(home, 'work'),
        store: { home: store.home, description: store.description },
      });
    });
  } catch (error) {
    await store.close();
    // A new database of a failed run is not saved.
    if (state === 'keep' && stateArtifact?.isRestored === true) {
      await stateArtifact.save().catch((cause: unknown) => warn(String(cause)));
    }
    throw error;
  }
  await save();
  return result;
}

/** The MLflow server in the inputs, if any. */
function openMirror({ inputs, config, warn }: PipelineContext): ModelMirror | undefined {
  if (!('mlflow-tracking-uri' in inputs) || inputs['mlflow-tracking-uri'] === null) return undefined;
  return openMlflow({
    uri: inputs['mlflow-tracking-uri'],
    username: inputs['mlflow-tracking-username'],
    password: inputs['mlflow-tracking-password'],
    token: inputs['mlflow-tracking-token'],
    ...config.mlflow,
    onWarning: warn,
  });
}
