import type { Pipeline } from './pipeline.ts';

/** Where a repository is, as its workflow runs tell: `https://github.com/octo/films`, `octo/films`. */
export interface RunRepository {
  readonly url: string;
  readonly name: string;
}

/** The repository a workflow run belongs to; null on one machine. */
export function repositoryOf(run: Pipeline['run']): RunRepository | null {
  const match = /^(https?:\/\/[^/]+\/([^/]+\/[^/]+))\/actions\/runs\/\d+/.exec(run?.url ?? '');
  return match === null ? null : { url: match[1] as string, name: match[2] as string };
}

/** Where a file of a release is downloaded from, also before it is there; a relative path on one machine. */
export function assetAddress(run: Pipeline['run'], tag: string, name: string): string {
  const repository = repositoryOf(run);
  return repository === null ? `${tag}/${name}` : `${repository.url}/releases/download/${tag}/${name}`;
}
