import type { GateDecision } from '../../evaluate/evaluation.ts';
import type { Release } from '../../forge/forge.ts';
import { sha256 } from '../../lib/digest.ts';
import { OperatorError } from '../../lib/errors.ts';
import { tagOf } from '../../lib/model-tag.ts';
import { ATTESTATION_FILE, MANIFEST_FILE, MODEL_FILE } from '../../model/package.ts';
import { runParts } from '../../reports/run-links.ts';
import { withDriftLock } from '../../store/drift-lock.ts';
import { openDriftIssue } from '../drift/episode.ts';
import { markDriftIssue } from '../drift/follow-issue.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Candidate } from '../training/candidate.ts';
import { noteGains } from './note-gains.ts';
import { releaseNotes, releaseTitle } from './release-notes.ts';

/** The workflow that attests models. Another one of the repository could attest any file. */
const ATTESTING = '.github/workflows/train.yml';

export interface RefusedModel {
  readonly status: 'refused';
  readonly version: number;
  readonly gate: GateDecision;
}

export type ReleaseOutcome =
  | { readonly status: 'released'; readonly version: number; readonly release: Release }
  | RefusedModel;

/**
 * Releases a candidate that passed the gate: draft, assets, digests verified, prerelease. The deployment promotes
 * it. A refused candidate is not released; the open drift issue has the reasons. Every step can be
 * repeated, so an interrupted call is completed by the next one.
 *
 * @param proof.attestation a signed statement of the model file's origin, kept with the package.
 * @throws OperatorError `forge-conflict` when the version was released with another model.
 */
export async function releaseModel(
  pipeline: Pipeline,
  candidate: Candidate,
  { attestation }: { readonly attestation?: Uint8Array | undefined } = {},
): Promise<ReleaseOutcome> {
  const { forge } = pipeline;
  const { manifest, gate, evaluation, baselines } = candidate;
  const { version } = manifest;
  const mark = (stage: Parameters<typeof markDriftIssue>[2]): Promise<void> =>
    withDriftLock(pipeline.store, (lock) => markDriftIssue(lock, pipeline, stage, version));
  if (gate?.outcome === 'refuse') {
    await mark('refused');
    return { status: 'refused', version, gate };
  }
  await noteGains(pipeline);
  await mark('gated');
  const tag = tagOf(version);
  const existing = await forge.releases.get(tag);
  if (existing !== null && existing.state !== 'draft') {
    requireSame(existing, candidate);
    await mark('released');
    return { status: 'released', version, release: existing };
  }
  const issue = candidate.issue ?? (await openDriftIssue(pipeline))?.number ?? null;
  await forge.releases.draft({
    tag,
    title: releaseTitle({ manifest, gate }),
    body: releaseNotes({
      manifest,
      gate,
      evaluation,
      baselines,
      issue,
      ...commands(pipeline, candidate, attestation !== undefined),
    }),
  });
  for (const [name, bytes] of candidate.package.files) await forge.releases.upload(tag, name, bytes);
  if (attestation !== undefined) await forge.releases.upload(tag, ATTESTATION_FILE, attestation);
  const release = await forge.releases.publish(tag);
  await mark('released');
  return { status: 'released', version, release };
}

/** A published release cannot change, so it must be the candidate's. */
function requireSame({ tag, assets, location }: Release, candidate: Candidate): void {
  const manifest = candidate.package.files.get(MANIFEST_FILE);
  const released = assets.find(({ name }) => name === MANIFEST_FILE)?.sha256;
  if (manifest !== undefined && released === sha256(manifest)) return;
  throw new OperatorError(
    'forge-conflict',
    `${tag} was released with another model: ${location}.`,
    'Train again; that model gets the next version.',
  );
}

/** The commands that verify a release and roll back, on GitHub or on one machine. */
function commands(
  { run }: Pipeline,
  { manifest: { version, parent } }: Candidate,
  attested: boolean,
): { readonly verifyCommand: string; readonly rollbackCommand: string } {
  const repository = runParts(run)?.repositoryName;
  const tag = tagOf(version);
  if (repository === undefined) {
    return {
      verifyCommand: `cinematch models show ${version}`,
      rollbackCommand: 'cinematch models rollback',
    };
  }
  return {
    verifyCommand: [
      `gh release download ${tag} --repo ${repository} --dir ${tag}`,
      ...(attested
        ? [
            `gh attestation verify ${tag}/${MODEL_FILE} --repo ${repository} --signer-workflow ${repository}/${ATTESTING}`,
          ]
        : []),
      `npm run -s cinematch -- models verify ${tag}`,
    ].join('\n'),
    rollbackCommand: `gh workflow run rollback.yml --repo ${repository} -f version=${parent ?? ''}`,
  };
}
