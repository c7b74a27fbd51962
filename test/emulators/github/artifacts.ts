import { repoPath, timestamp } from './names.ts';
import { json, type Reply } from './origin.ts';
import { digestOf } from './release-assets.ts';
import { type ApiCall, notFound, page, type Route } from './routes.ts';
import type { Storage } from './storage.ts';
import { headRepositoryId, type Run } from './workflows.ts';

const DAY_MS = 86_400_000;

export interface Artifact {
  readonly id: number;
  readonly runId: number;
  readonly name: string;
  readonly bytes: Buffer;
  readonly createdAt: Date;
  expired: boolean;
}

export interface ArtifactStore {
  readonly all: Artifact[];
  /** @returns null where the run has one of that name. */
  add(artifact: { readonly runId: number; readonly name: string; readonly bytes: Buffer }): Artifact | null;
  find(runId: number, name: string): Artifact | undefined;
  remove(artifact: Artifact): void;
}

export function openArtifacts(): ArtifactStore {
  const all: Artifact[] = [];
  let ids = 0;
  const find: ArtifactStore['find'] = (runId, name) =>
    all.find((artifact) => artifact.runId === runId && artifact.name === name);
  return {
    all,
    find,
    add: ({ runId, name, bytes }) => {
      if (find(runId, name) !== undefined) return null;
      const artifact = { id: ++ids, runId, name, bytes, createdAt: new Date(), expired: false };
      all.push(artifact);
      return artifact;
    },
    remove: (artifact) => void all.splice(all.indexOf(artifact), 1),
  };
}

interface ArtifactOptions {
  readonly apiUrl: string;
  readonly repositoryId: number;
  readonly artifacts: ArtifactStore;
  readonly runs: readonly Run[];
  readonly storage: Storage;
}

/** Artifacts as https://docs.github.com/en/rest/actions/artifacts has them. */
export function artifactRoutes(options: ArtifactOptions): readonly Route[] {
  const { apiUrl, repositoryId, artifacts, runs, storage } = options;

  const show = (artifact: Artifact): Record<string, unknown> => {
    const run = runs.find(({ id }) => id === artifact.runId);
    const url = `${apiUrl}${repoPath(`/actions/artifacts/${artifact.id}`)}`;
    return {
      id: artifact.id,
      name: artifact.name,
      size_in_bytes: artifact.bytes.length,
      url,
      archive_download_url: `${url}/zip`,
      expired: artifact.expired,
      digest: digestOf(artifact.bytes),
      created_at: timestamp(artifact.createdAt),
      updated_at: timestamp(artifact.createdAt),
      expires_at: timestamp(new Date(artifact.createdAt.getTime() + 90 * DAY_MS)),
      workflow_run:
        run === undefined
          ? null
          : {
              id: run.id,
              repository_id: repositoryId,
              head_repository_id: headRepositoryId(run, repositoryId),
              head_branch: run.headBranch,
              head_sha: run.headSha,
            },
    };
  };
  const listed = (call: ApiCall, of: readonly Artifact[]): Reply => {
    const name = call.query.get('name');
    const matching = of.filter((artifact) => name === null || artifact.name === name).reverse();
    const { items, headers } = page(call, apiUrl, matching);
    return json(200, { total_count: matching.length, artifacts: items.map(show) }, headers);
  };
  const wanted = (call: ApiCall): Artifact | undefined =>
    artifacts.all.find(({ id }) => String(id) === call.params['id']);

  return [
    { route: 'GET /actions/artifacts', needs: 'actions=read', answer: (call) => listed(call, artifacts.all) },
    {
      route: 'GET /actions/runs/:id/artifacts',
      needs: 'actions=read',
      answer: (call) => {
        if (!runs.some(({ id }) => String(id) === call.params['id'])) return notFound();
        return listed(
          call,
          artifacts.all.filter(({ runId }) => String(runId) === call.params['id']),
        );
      },
    },
    {
      route: 'GET /actions/artifacts/:id',
      needs: 'actions=read',
      answer: (call) => {
        const artifact = wanted(call);
        return artifact === undefined ? notFound() : json(200, show(artifact));
      },
    },
    {
      route: 'GET /actions/artifacts/:id/zip',
      needs: 'actions=read',
      answer: (call) => {
        const artifact = wanted(call);
        if (artifact === undefined) return notFound();
        if (artifact.expired) return json(410, { message: 'Artifact has expired' });
        return { status: 302, headers: { location: signedZip(storage, artifact) } };
      },
    },
    {
      route: 'DELETE /actions/artifacts/:id',
      needs: 'actions=write',
      answer: (call) => {
        const artifact = wanted(call);
        if (artifact === undefined) return notFound();
        artifacts.remove(artifact);
        return { status: 204 };
      },
    },
  ];
}

export function signedZip(storage: Storage, { id, name, bytes }: Artifact): string {
  return storage.sign(`/artifacts/${id}`, bytes, {
    'content-type': 'application/zip',
    'content-disposition': `attachment; filename="${name}.zip"; filename*=UTF-8''${encodeURIComponent(name)}.zip`,
  });
}
