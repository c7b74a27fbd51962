import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tagOf } from '../../lib/model-tag.ts';
import {
  type ErasureOutcome,
  type ErasureRequest,
  eraseUser,
  giveBackErased,
  planErasure,
} from '../../store/erase-user.ts';
import { type HeldElsewhere, readHeldElsewhere } from '../../store/held-elsewhere.ts';
import type { Pipeline } from '../pipeline.ts';

/** An erasure, and what still has something of the user. */
export interface PersonErasure extends ErasureOutcome {
  readonly held: HeldElsewhere & {
    /** Releases of these models, which stay until someone deletes them. */
    readonly releases: readonly { readonly tag: string; readonly location: string }[];
    /** Trained models of this machine. */
    readonly folders: readonly string[];
    /** Drift issues whose text names the user. */
    readonly issues: readonly { readonly number: number; readonly location: string }[];
  };
}

/**
 * Erases a user from the database and its files, and lists what it cannot reach.
 *
 * @param options.isDryRun changes nothing.
 */
export async function erasePerson(
  pipeline: Pick<Pipeline, 'store' | 'forge' | 'modelDirectory'>,
  request: ErasureRequest,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<PersonErasure> {
  const { store, forge, modelDirectory } = pipeline;
  const outcome = await (isDryRun ? planErasure : eraseUser)(store, request);
  if (!isDryRun) await giveBackErased(store);
  const held = await readHeldElsewhere(store, outcome);
  const tags = held.models.map(({ version }) => tagOf(version));
  const releases = (await forge.releases.list()).filter(({ tag }) => tags.includes(tag));
  const issues = await issuesNaming(forge, request.userId, outcome.userId);
  return {
    ...outcome,
    held: {
      ...held,
      releases: releases.map(({ tag, location }) => ({ tag, location })),
      folders: tags.map((tag) => join(modelDirectory, tag)).filter((folder) => existsSync(folder)),
      issues: issues.map(({ number, location }) => ({ number, location })),
    },
  };
}

/** Our issues that name a user as influential, by the number in the database or by the name. */
async function issuesNaming({ issues }: Pipeline['forge'], sent: number | string, userId: number | null) {
  const names = new Set([String(sent), ...(userId === null ? [] : [String(userId)])]);
  const mentions = (text: string): boolean => {
    const found = text.matchAll(/\b[Uu]ser \W{0,2}([^\s,.;:*`]+)/g);
    return Array.from(found, ([, named = '']) => named).some((named) => names.has(named));
  };
  return (await issues.list()).filter(({ body, comments }) =>
    [body, ...comments.map((comment) => comment.body)].some(mentions),
  );
}
