import type { Pipeline } from './pipeline.ts';

/** A repository, from the URL of its workflow run: `https://github.com/octo/films`, `octo/films`. */
export interface RunRepository {
  readonly url: string;
  readonly name: string;
}

/** The repository a workflow run belongs to; null on one machine. */
export function repositoryOf(run: Pipeline['run']): RunRepository | null {
  const match = /^(https?:\/\/[^/]+\/([^/]+\/[^/]+))\/actions\/runs\/\d+/.exec(run?.url ?? '');
  return match === null ? null : { url: match[1] as string, name: match[2] as string };
}

/** The download URL of a release asset, also before it exists; a relative path on one machine. */
export function assetUrl(run: Pipeline['run'], tag: string, name: string): string {
  const repository = repositoryOf(run);
  return repository === null ? `${tag}/${name}` : `${repository.url}/releases/download/${tag}/${name}`;
}
