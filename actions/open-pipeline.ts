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
import { restoreState } from './carried-state.ts';
import type { githubInputs, mlflowInputs, pipelineInputs } from './common-inputs.ts';
import type { ActionContext } from './run-action.ts';

type PipelineContext =
  | ActionContext<typeof pipelineInputs>
  | ActionContext<typeof pipelineInputs & typeof mlflowInputs>;

/** A pipeline whose forge is GitHub, with what GitHub offers besides. */
export interface OpenedPipeline {
  readonly pipeline: Pipeline;
  readonly github: Github;
  /** For files under way: downloads, reports. Empty at the beginning of a job. */
  readonly directory: string;
  /** For summaries: which home the store is, and where. */
  readonly store: Pick<Store, 'home' | 'description'>;
}

/** GitHub as the token of the run sees it. */
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
 * Opens store and forge, brings the schema up to date, runs `work`, and closes the store whatever happens.
 *
 * @param state `keep` puts an embedded database up for the next run, also when the work failed half way,
 * as a database server would have kept it too.
 */
export async function withPipeline<T>(
  context: PipelineContext,
  state: 'keep' | 'discard',
  work: (opened: OpenedPipeline) => Promise<T>,
): Promise<T> {
  const { inputs, run, config, env, artifacts, clock, onProgress, warn } = context;
  const github = openGithubOfRun(context as ActionContext<typeof githubInputs>);
  const home = resolve(env['CINEMATCH_HOME'] || '.cinematch');
  await mkdir(home, { recursive: true });
  const databaseUrl = inputs['database-url'];
  const carried =
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
    await store.close();
    if (state === 'keep') await carried?.save();
  };
  const webhook = inputs['alert-webhook-url'];
  let result: T;
  try {
    await migrate(store);
    result = await work({
      pipeline: {
        config,
        store,
        forge: github.forge,
        modelDirectory: join(home, 'models'),
        clock,
        onProgress,
        run: { commit: run.sha, url: run.url },
        announce: webhook === null ? undefined : openWebhook({ url: webhook, onWarning: warn }),
        mirror: openMirror(context),
      },
      github,
      directory: join(home, 'work'),
      store: { home: store.home, description: store.description },
    });
  } catch (error) {
    await store.close();
    // Of a run that failed on a database that was not there yet, nothing is worth keeping.
    if (carried?.isRestored === true) await save().catch((cause: unknown) => warn(String(cause)));
    throw error;
  }
  await save();
  return result;
}

/** The MLflow server that the inputs name, if any. */
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
