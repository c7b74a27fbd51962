/**
 * Asks a running service what its OpenAPI document allows and what it does not, with Schemathesis, and calls it with a
 * client that openapi-python-client generates: `npm run fuzz -- --url http://127.0.0.1:3000 --key cm_…`. Needs Python 3.11
 * with venv; both tools are installed once, outside the repository. The service stores what it is sent.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { WRONG_KEYS_MS } from '../../api/keys.ts';

const SCHEMATHESIS = '4.32.5';
const PYTHON_CLIENT = '0.29.1';
const VENV = join(homedir(), '.cache', `cinematch-fuzz-${SCHEMATHESIS}-${PYTHON_CLIENT}`);
/** Cases for each operation and run, besides those that Schemathesis always has. */
const EXAMPLES = 100;

/** Searches a movie, recommends by it, sends a rating and takes it back. */
const PYTHON_APP = `
import os, random, uuid
from client import AuthenticatedClient
from client.api.feedback import submit_ratings, withdraw_feedback
from client.api.movies import search_movies
from client.api.recommendations import recommend_for_ratings
from client.models import RecommendForRatingsBody, SubmitRatingsBody

api = AuthenticatedClient(base_url=os.environ["CINEMATCH"], token=os.environ["CINEMATCH_KEY"], raise_on_unexpected_status=True)
page = search_movies.sync(client=api, query="the", limit=1)
movie = page.movies[0].movie
body = RecommendForRatingsBody.from_dict({"ratings": [{"movie": movie, "stars": 4.5}], "k": 3})
films = recommend_for_ratings.sync(client=api, body=body).recommendations
assert len(films) == 3, films
user = random.randrange(10**9)
rating = SubmitRatingsBody.from_dict({"ratings": [{"user": user, "movie": movie, "stars": 4.5}]})
stored = submit_ratings.sync(client=api, body=rating, idempotency_key=str(uuid.uuid4()))
assert stored.recorded == 1, stored
assert withdraw_feedback.sync(client=api, user=user, movie=movie).withdrawn == 1
print(f"{page.movies[0].display_title}, then {', '.join(film.display_title for film in films)}")
`;

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    key: { type: 'string' },
    cases: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});
const { url, key } = values;
if (url === undefined || key === undefined) {
  throw new Error('Name a service and a key of it: npm run fuzz -- --url http://127.0.0.1:3000 --key cm_…');
}

const folder = mkdtempSync(join(tmpdir(), 'cinematch-fuzz-'));
try {
  installTools();
  tryPythonClient(url, key);
  await fuzz(url, key, Number(values.cases), Number(values.seed));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function installTools(): void {
  const ready = join(VENV, 'ready');
  if (existsSync(ready)) return;
  rmSync(VENV, { recursive: true, force: true });
  must(run('python3', ['-m', 'venv', VENV]));
  const packages = [`schemathesis==${SCHEMATHESIS}`, `openapi-python-client==${PYTHON_CLIENT}`];
  must(run(join(VENV, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages]));
  writeFileSync(ready, '');
}

/** Runs Schemathesis with one seed after the other until there were so many cases. */
async function fuzz(service: string, apiKey: string, cases: number, firstSeed: number): Promise<void> {
  let done = 0;
  for (let seed = firstSeed; done < cases; seed++) {
    // Each run tries wrong keys too, and after ten of them from one address the service says 429 for a while.
    if (seed > firstSeed) await setTimeout(WRONG_KEYS_MS);
    const ended = run(join(VENV, 'bin/schemathesis'), [
      ...['--config-file', join(import.meta.dirname, 'schemathesis.toml')],
      'run',
      `${service}/api/openapi.json`,
      ...['--header', `Authorization: Bearer ${apiKey}`, '--seed', String(seed)],
      ...['--max-examples', String(EXAMPLES), '--continue-on-failure'],
    ]);
    if (ended.status !== 0) process.stdout.write(ended.stdout);
    must(ended);
    const [, generated = '0'] = /^ *(\d+) generated/m.exec(ended.stdout) ?? [];
    if (generated === '0') throw new Error(`Schemathesis made no case:\n${ended.stdout}`);
    done += Number(generated);
    process.stdout.write(`seed ${seed}: ${done.toLocaleString('en')} cases, no findings\n`);
  }
}

/** Generates a Python client, searches a movie with it, recommends by it, and sends a rating and takes it back. */
function tryPythonClient(service: string, apiKey: string): void {
  const generate = [
    'generate',
    '--url',
    `${service}/api/openapi.json`,
    '--output-path',
    'client',
    '--meta',
    'none',
  ];
  const generated = run(join(VENV, 'bin/openapi-python-client'), generate);
  must(generated);
  // What it does not understand it leaves out, and ends well.
  if (/WARNING parsing|Unable to process/.test(generated.stdout)) throw new Error(generated.stdout);
  writeFileSync(join(folder, 'app.py'), PYTHON_APP);
  const app = run(join(VENV, 'bin/python'), ['app.py'], { CINEMATCH: service, CINEMATCH_KEY: apiKey });
  must(app);
  process.stdout.write(`openapi-python-client: ${app.stdout}`);
}

function run(
  command: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv = {},
): SpawnSyncReturns<string> {
  return spawnSync(command, parameters, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 28,
  });
}

/** @throws Error with what a command printed, when it failed. */
function must({ status, error, stdout, stderr }: SpawnSyncReturns<string>): void {
  if (status !== 0) throw error ?? new Error(`${stdout}${stderr}`.trim().split('\n').slice(-20).join('\n'));
}
