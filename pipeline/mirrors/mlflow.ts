import { tagOf } from '../lib/model-tag.ts';
import type { MirroredRun, ModelMirror } from './mirrors.ts';
import { type MlflowClient, MlflowFailure, type MlflowServer, openMlflowClient } from './mlflow/client.ts';
import {
  datasetOf,
  MODEL_TAG,
  mlflowMetrics,
  modelDigest,
  paramsOf,
  tagsOf,
  VERSION_TAG,
} from './mlflow/run-content.ts';

export interface MlflowOptions extends MlflowServer {
  readonly experiment: string;
  readonly registeredModel: string;
  /** Called with one sentence about what failed and why, without credentials. */
  readonly onWarning: (message: string) => void;
}

/** Alias of the version that serves. */
const CHAMPION = 'champion';

/**
 * Mirrors trainings to an MLflow server, or a DagsHub repository, with MLflow's REST API: every training is a run with
 * parameters, metrics and the digest of its ratings, every model that passed the gate is a version of the registered
 * model, and the alias `champion` is the model that serves. A failure is only a warning.
 */
export function openMlflow(options: MlflowOptions): ModelMirror {
  const { experiment, registeredModel, onWarning } = options;
  const attempt = async (what: string, work: (client: MlflowClient) => Promise<void>): Promise<void> => {
    let host = 'the given URL';
    try {
      const client = openMlflowClient(options);
      host = client.host;
      await work(client);
    } catch (error) {
      const reason =
        error instanceof MlflowFailure ? error.message : 'its responses do not have the format of MLflow';
      onWarning(`MLflow at ${host} did not record ${what}: ${reason}.`);
    }
  };
  return {
    recordRun: (run) =>
      attempt(`the training of model v${run.manifest.version}`, async (client) => {
        const runId = await mirrorRun(client, experiment, run);
        if (run.gate?.outcome === 'refuse') return;
        if ((await findVersion(client, registeredModel, run.manifest.version, modelDigest(run))) !== null)
          return;
        await registerVersion(client, registeredModel, run, runId, onWarning);
      }),
    promote: (version) =>
      attempt(`the promotion of model v${version}`, async (client) => {
        const registered = await findVersion(client, registeredModel, version);
        if (registered === null) {
          throw new MlflowFailure(
            `it has no version of ${registeredModel} with the tag ${VERSION_TAG} = ${version}`,
          );
        }
        await client.post('registered-models/alias', {
          name: registeredModel,
          alias: CHAMPION,
          version: registered,
        });
      }),
  };
}

/** Finds or creates the run of this model, and completes it. @returns its id. */
async function mirrorRun(client: MlflowClient, experiment: string, run: MirroredRun): Promise<string> {
  const { version, trainedAt, fitSeconds } = run.manifest;
  const experimentId = await experimentNamed(client, experiment);
  const end = Date.parse(trainedAt);
  const found = await client.post<{ runs?: readonly { info: RunInfo }[] }>('runs/search', {
    experiment_ids: [experimentId],
    filter: `tags.\`${VERSION_TAG}\` = '${version}' and tags.\`${MODEL_TAG}\` = '${modelDigest(run)}'`,
    max_results: 1,
  });
  const existing = found.runs?.[0]?.info;
  if (existing?.status === 'FINISHED') return existing.run_id;
  const { run_id } =
    existing ??
    (
      await client.post<{ run: { info: RunInfo } }>('runs/create', {
        experiment_id: experimentId,
        run_name: tagOf(version),
        start_time: Math.round(end - 1000 * fitSeconds),
        tags: tagsOf(run),
      })
    ).run.info;
  await client.post('runs/log-batch', {
    run_id,
    params: paramsOf(run),
    metrics: mlflowMetrics(run),
    tags: [],
  });
  await client.post('runs/log-inputs', { run_id, datasets: [datasetOf(run)] });
  await client.post('runs/update', { run_id, status: 'FINISHED', end_time: end });
  return run_id;
}

interface RunInfo {
  readonly run_id: string;
  readonly status: string;
}

async function experimentNamed(client: MlflowClient, name: string): Promise<string> {
  const byName = async (): Promise<string> =>
    (
      await client.get<{ experiment: { experiment_id: string } }>('experiments/get-by-name', {
        experiment_name: name,
      })
    ).experiment.experiment_id;
  try {
    return await byName();
  } catch (error) {
    if (!hasCode(error, 'RESOURCE_DOES_NOT_EXIST')) throw error;
  }
  try {
    return (await client.post<{ experiment_id: string }>('experiments/create', { name })).experiment_id;
  } catch (error) {
    // It was created in the meantime.
    if (!hasCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
    return byName();
  }
}

async function registerVersion(
  client: MlflowClient,
  name: string,
  run: MirroredRun,
  runId: string,
  onWarning: (message: string) => void,
): Promise<void> {
  await client.post('registered-models/create', { name }).catch((error: unknown) => {
    if (!hasCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
  });
  const create = (source: string) =>
    client.post('model-versions/create', {
      name,
      source,
      run_id: runId,
      ...(run.runUrl === null ? {} : { run_link: run.runUrl }),
      tags: tagsOf(run),
    });
  try {
    await create(run.source);
  } catch (error) {
    if (!hasCode(error, 'INVALID_PARAMETER_VALUE')) throw error;
    await create(`runs:/${runId}/model`);
    onWarning(
      `MLflow at ${client.host} accepts no URL as the source of a model; the URL of model v${run.manifest.version} is in the tag cinematch.source. Set MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES=https on the server to allow it.`,
    );
  }
}

/**
 * The registry's version number of a model, or null. Tags are compared here, because not every server can search by
 * tags.
 */
async function findVersion(
  client: MlflowClient,
  name: string,
  version: number,
  digest?: string,
): Promise<string | null> {
  let pageToken: string | undefined;
  do {
    const page = await client.get<VersionPage>('model-versions/search', {
      filter: `name='${name.replaceAll("'", "''")}'`,
      ...(pageToken === undefined ? {} : { page_token: pageToken }),
    });
    for (const { version: registered, tags = [] } of page.model_versions ?? []) {
      const hasTag = (key: string, value: string): boolean =>
        tags.some((tag) => tag.key === key && tag.value === value);
      if (hasTag(VERSION_TAG, String(version)) && (digest === undefined || hasTag(MODEL_TAG, digest))) {
        return registered;
      }
    }
    pageToken = page.next_page_token || undefined;
  } while (pageToken !== undefined);
  return null;
}

interface VersionPage {
  readonly model_versions?: readonly {
    readonly version: string;
    readonly tags?: readonly { readonly key: string; readonly value: string }[];
  }[];
  readonly next_page_token?: string;
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof MlflowFailure && error.code === code;
