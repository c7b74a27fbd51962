import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a third-party action is told, and what it says. */
export interface KnownActionStep {
  readonly with: Readonly<Record<string, string>>;
  readonly workspace: string;
  readonly temp: string;
}

export interface KnownActionResult {
  readonly outcome: 'success' | 'failure';
  readonly outputs: Readonly<Record<string, string>>;
}

export type KnownAction = (step: KnownActionStep) => KnownActionResult;

const nothing: KnownAction = () => ({ outcome: 'success', outputs: {} });

/** Actions of others that the rehearsal stands in for, by `owner/name`. Any other is an error. */
export function knownActions(options: {
  /** Where a commit or branch is checked out from; empty for the commit of the run. */
  readonly checkout: (ref: string) => string;
  /** `refused` as on a plan without attestations. */
  readonly attestations: 'given' | 'refused';
}): Readonly<Record<string, KnownAction>> {
  return {
    'actions/checkout': ({ with: given, workspace }) => {
      if (given['repository'] || given['submodules'] || given['lfs'])
        throw new Error('actions/checkout: the rehearsal knows ref, path and persist-credentials');
      const ref = given['ref'] ?? '';
      cpSync(options.checkout(ref), join(workspace, given['path'] ?? ''), { recursive: true });
      return { outcome: 'success', outputs: { ref } };
    },
    'actions/setup-node': nothing,
    'actions/cache': () => ({ outcome: 'success', outputs: { 'cache-hit': '' } }),
    'actions/attest': ({ with: given, temp }) => {
      if (options.attestations === 'refused') return { outcome: 'failure', outputs: {} };
      const folder = join(temp, 'attestation');
      mkdirSync(folder, { recursive: true });
      const bundle = join(folder, 'attestation.json');
      writeFileSync(bundle, JSON.stringify({ rehearsed: true, subject: given['subject-path'] ?? '' }));
      return { outcome: 'success', outputs: { 'bundle-path': bundle } };
    },
  };
}
