import { randomBytes } from 'node:crypto';
import { tokenOf } from './actors.ts';
import { type ArtifactStore, signedZip } from './artifacts.ts';
import { type Call, json, type Origin, openOrigin, type Reply, type Traffic } from './origin.ts';
import { digestOf } from './release-assets.ts';
import { bodyOf } from './routes.ts';
import type { Storage } from './storage.ts';

const SERVICE = '/twirp/github.actions.results.api.v1.ArtifactService/';

export interface ResultsService {
  readonly origin: Origin;
  /** What a job's steps get to reach it, for artifacts of this run. */
  environment(runId: number, jobId: string): Readonly<Record<string, string>>;
}

interface Job {
  readonly runId: number;
  readonly backendId: string;
  readonly jobBackendId: string;
}

interface Pending {
  bytes: Buffer | null;
}

/**
 * The runner's artifact service, which GitHub does not document: Twirp over JSON, as @actions/artifact speaks
 * it (its generated client names the calls and fields).
 */
export async function openResults(options: {
  readonly traffic: Traffic;
  readonly artifacts: ArtifactStore;
  readonly storage: Storage;
}): Promise<ResultsService> {
  const { traffic, artifacts, storage } = options;
  const jobs = new Map<string, Job>();
  const pending = new Map<string, Pending>();
  const jobOf = (call: Call): Job | undefined => jobs.get(tokenOf(call) ?? '');

  const show = (runId: number, job: Job) =>
    artifacts.all
      .filter((artifact) => artifact.runId === runId)
      .map((artifact) => ({
        workflow_run_backend_id: job.backendId,
        workflow_job_run_backend_id: job.jobBackendId,
        database_id: String(artifact.id),
        name: artifact.name,
        size: String(artifact.bytes.length),
        created_at: artifact.createdAt.toISOString(),
        digest: digestOf(artifact.bytes),
      }));

  const answer = (call: Call): Reply => {
    const job = jobOf(call);
    if (job === undefined) return twirp(401, 'unauthenticated', 'the token is not of a job');
    if (!call.path.startsWith(SERVICE)) return twirp(404, 'bad_route', call.path);
    const input = bodyOf(call);
    const of = (name: string): string => String(input[name] ?? '');
    if (of('workflow_run_backend_id') !== job.backendId) {
      return twirp(403, 'permission_denied', 'the token is of another run');
    }
    const { runId } = job;
    const name = of('name');
    const key = `${runId}/${name}`;
    const found = artifacts.find(runId, name);
    switch (call.path.slice(SERVICE.length)) {
      case 'CreateArtifact': {
        if (found !== undefined) {
          return twirp(
            409,
            'already_exists',
            'an artifact with this name already exists on the workflow run',
          );
        }
        const upload: Pending = { bytes: null };
        pending.set(key, upload);
        const url = storage.receive(`/uploads/${encodeURIComponent(key)}`, (bytes) => {
          upload.bytes = bytes;
        });
        return json(200, { ok: true, signed_upload_url: url });
      }
      case 'FinalizeArtifact': {
        const bytes = pending.get(key)?.bytes;
        if (bytes === null || bytes === undefined) return twirp(404, 'not_found', 'nothing was uploaded');
        const hash = of('hash');
        if (of('size') !== String(bytes.length) || (hash !== '' && hash !== digestOf(bytes))) {
          return twirp(400, 'invalid_argument', 'size or hash is not of what was uploaded');
        }
        pending.delete(key);
        const artifact = artifacts.add({ runId, name, bytes });
        if (artifact === null) return twirp(409, 'already_exists', name);
        return json(200, { ok: true, artifact_id: String(artifact.id) });
      }
      case 'ListArtifacts': {
        const [byName, byId] = [of('name_filter'), of('id_filter')];
        return json(200, {
          artifacts: show(runId, job)
            .filter((each) => byName === '' || each.name === byName)
            .filter((each) => byId === '' || each.database_id === byId),
        });
      }
      case 'GetSignedArtifactURL':
        if (found === undefined) return twirp(404, 'not_found', name);
        return json(200, { name, signed_url: signedZip(storage, found) });
      case 'DeleteArtifact':
        if (found === undefined) return twirp(404, 'not_found', name);
        artifacts.remove(found);
        return json(200, { ok: true, artifact_id: String(found.id) });
      default:
        return twirp(404, 'bad_route', call.path);
    }
  };

  const origin = await openOrigin({
    name: 'results',
    traffic,
    who: (call) => (jobOf(call) === undefined ? 'unknown' : `run ${jobOf(call)?.runId}`),
    answer,
  });
  return {
    origin,
    environment: (runId, jobId) => {
      const job: Job = { runId, backendId: `run-${runId}`, jobBackendId: `job-${runId}-${jobId}` };
      const token = jobToken(job);
      jobs.set(token, job);
      return { ACTIONS_RUNTIME_TOKEN: token, ACTIONS_RESULTS_URL: `${origin.url}/` };
    },
  };
}

function twirp(status: number, code: string, msg: string): Reply {
  return json(status, { code, msg });
}

/** The client reads run and job from the token's scope, and cannot check the signature. */
function jobToken({ backendId, jobBackendId }: Job): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const scope = `Actions.Results:${backendId}:${jobBackendId}`;
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ scp: scope })}.${randomBytes(16).toString('base64url')}`;
}
