/** The mirror against a real MLflow server, where Python is on the machine. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MirroredRun } from '../../pipeline/mirrors/mirrors.ts';
import { openMlflow } from '../../pipeline/mirrors/mlflow.ts';
import { type MlflowProcess, mlflowMissing, startMlflow } from '../support/mlflow-server.ts';
import { challenger, gate, manifest } from '../support/report-samples.ts';

let missing: string | null;
let server: MlflowProcess | null = null;
const warnings: string[] = [];

beforeAll(async () => {
  missing = await mlflowMissing();
  if (missing === null) server = await startMlflow();
}, 15 * 60_000);
afterAll(() => server?.close());
beforeEach(({ skip }) => {
  skip(missing !== null, missing ?? '');
  warnings.length = 0;
});

const RUN_URL = 'https://github.com/octo/films/actions/runs/77';

function training(version: number, change: Partial<MirroredRun> = {}): MirroredRun {
  const files = { ...manifest.files, 'model.safetensors': { bytes: 10, sha256: digestOf(version) } };
  const commit = '3'.repeat(40);
  return {
    manifest: { ...manifest, version, files, run: { commit, url: RUN_URL } },
    evaluation: challenger,
    gate,
    source: `https://github.com/octo/films/releases/download/model-v${version}/model.safetensors`,
    runUrl: RUN_URL,
    ...change,
  };
}

const digestOf = (version: number): string => String(version % 10).repeat(64);

function mirror(registeredModel: string) {
  return openMlflow({
    uri: server?.uri ?? '',
    experiment: `${registeredModel}-trainings`,
    registeredModel,
    onWarning: (message) => warnings.push(message),
  });
}

async function ask(path: string, body?: object): Promise<Record<string, never>> {
  const response = await fetch(`${server?.uri}/api/2.0/mlflow/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, never>;
}

interface Keyed {
  readonly key: string;
  readonly value: string | number;
}
const byKey = (pairs: readonly Keyed[]) => Object.fromEntries(pairs.map(({ key, value }) => [key, value]));

interface Run {
  readonly info: { readonly run_id: string; readonly status: string };
  readonly data: {
    readonly params: readonly Keyed[];
    readonly metrics: readonly Keyed[];
    readonly tags: readonly Keyed[];
  };
  readonly inputs: { readonly dataset_inputs: readonly { readonly dataset: Record<string, string> }[] };
}

async function runsOf(model: string): Promise<readonly Run[]> {
  const { experiment } = await ask(`experiments/get-by-name?experiment_name=${model}-trainings`);
  const { experiment_id } = experiment as unknown as { experiment_id: string };
  const { runs } = await ask('runs/search', { experiment_ids: [experiment_id] });
  return runs ?? [];
}

interface Version {
  readonly version: string;
  readonly source: string;
  readonly run_id: string;
  readonly tags: readonly Keyed[];
}

async function versionsOf(model: string): Promise<readonly Version[]> {
  const { model_versions } = await ask(
    `model-versions/search?filter=${encodeURIComponent(`name='${model}'`)}`,
  );
  return model_versions ?? [];
}

async function championOf(model: string): Promise<string | undefined> {
  const { model_version } = await ask(`registered-models/alias?name=${model}&alias=champion`);
  const named = (model_version as Version | undefined)?.version;
  return (await versionsOf(model))
    .find(({ version }) => version === named)
    ?.tags.find(({ key }) => key === 'cinematch.version')?.value as string | undefined;
}

test('a training that passed the gate is a finished run, and a registered version whose source is the release', async () => {
  await mirror('passed').recordRun(training(13));

  const [run, ...others] = (await runsOf('passed')) as [Run];
  expect(others).toEqual([]);
  expect(run.info.status).toBe('FINISHED');
  expect(byKey(run.data.params)).toEqual({ algorithm: 'vb-mf', seed: '1', factors: '16', sweeps: '20' });
  expect(byKey(run.data.metrics)).toMatchObject({
    rmse: 0.858,
    precisionAt10: 0.0814,
    'warm.rmse': 0.8412,
    'cold.rmse': 0.9277,
    'cold.ratings': 1_500,
    'predictions.personalised': 6_400,
    'champion.rmse': 0.871,
    fitSeconds: 1.84,
  });
  expect(byKey(run.data.tags)).toMatchObject({
    'cinematch.version': '13',
    'cinematch.parent': '12',
    'cinematch.reason': 'drift',
    'cinematch.gate': 'promote',
    'cinematch.snapshot': 'a'.repeat(64),
    'mlflow.source.name': RUN_URL,
    'mlflow.source.git.commit': '3'.repeat(40),
  });
  expect(run.inputs.dataset_inputs.map(({ dataset }) => dataset)).toMatchObject([
    { name: 'ratings', digest: 'a'.repeat(36), source: expect.stringContaining('a'.repeat(64)) },
  ]);
  expect(await versionsOf('passed')).toMatchObject([
    {
      source: 'https://github.com/octo/films/releases/download/model-v13/model.safetensors',
      run_id: run.info.run_id,
    },
  ]);
  expect(warnings).toEqual([]);
});

test('mirroring the same training again adds neither run nor version', async () => {
  await mirror('repeated').recordRun(training(13));
  const before = [await runsOf('repeated'), await versionsOf('repeated')];
  await mirror('repeated').recordRun(training(13));
  expect([await runsOf('repeated'), await versionsOf('repeated')]).toEqual(before);
  expect(warnings).toEqual([]);
});

test('the alias champion follows promotions and rollbacks', async () => {
  const { recordRun, promote } = mirror('promoted');
  await recordRun(training(13));
  await recordRun(training(14));
  await promote(13);
  expect(await championOf('promoted')).toBe('13');
  await promote(14);
  await promote(14);
  expect(await championOf('promoted')).toBe('14');
  await promote(13);
  expect(await championOf('promoted')).toBe('13');
  expect(warnings).toEqual([]);
});

test('a refused challenger is a run and no version, and cannot be promoted', async () => {
  const { recordRun, promote } = mirror('refused');
  await recordRun(training(13, { gate: { ...gate, outcome: 'refuse' } }));
  expect((await runsOf('refused')).map(({ data }) => byKey(data.tags)['cinematch.gate'])).toEqual(['refuse']);
  expect(await versionsOf('refused')).toEqual([]);
  await promote(13);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^MLflow at 127\.0\.0\.1:\d+ did not record the promotion of model v13: it has no version/,
    ),
  ]);
});

test('when the server refuses a URL as the source, the version is registered and its tag has the URL', async () => {
  const source = 'http://ghe.example/octo/films/releases/download/model-v13/model.safetensors';
  await mirror('elsewhere').recordRun(training(13, { source }));
  const [version] = (await versionsOf('elsewhere')) as [Version];
  expect(version.source).toBe(`runs:/${version.run_id}/model`);
  expect(byKey(version.tags)['cinematch.source']).toBe(source);
  expect(warnings).toEqual([expect.stringContaining('accepts no URL as the source of a model')]);
});
