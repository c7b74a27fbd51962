/** Worlds in which drift has come: an emulated GitHub and a database each, all alike, to be disturbed. */
import { join } from 'node:path';
import type { Forge } from '../../../pipeline/forge/forge.ts';
import { PRODUCTION } from '../../../pipeline/forge/forge.ts';
import { tagOf } from '../../../pipeline/lib/model-tag.ts';
import type { Announcement } from '../../../pipeline/mirrors/mirrors.ts';
import { openPackage } from '../../../pipeline/model/package.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import type { Pipeline } from '../../../pipeline/stages/pipeline.ts';
import {
  type Candidate,
  readSavedCandidate,
  saveCandidate,
} from '../../../pipeline/stages/training/candidate.ts';
import { exportTraining } from '../../../pipeline/stages/training/export-training.ts';
import { fitModel } from '../../../pipeline/stages/training/fit-model.ts';
import { judgeModel } from '../../../pipeline/stages/training/judge-model.ts';
import type { Store } from '../../../pipeline/store/store.ts';
import { type GithubHome, openFor, startHome } from '../../forge/github-home.ts';
import {
  openBootstrapped,
  openTestPipeline,
  quietWeeks,
  raised,
  removePipeline,
} from '../../support/pipeline.ts';

export interface FaultyWorld {
  readonly github: GithubHome;
  readonly store: Store;
  /** The folder the model serves from. */
  readonly serving: string;
  readonly candidate: Candidate;
  /** All that was announced, as each job does. */
  readonly announced: Announcement[];
  /** As a job opens it: nothing is shared with another but the server, the database and the folder. */
  openPipeline(): Pipeline;
  setTime(iso: string): void;
  close(): Promise<void>;
}

export interface Worlds {
  /** What the training of the drift makes. */
  readonly candidate: Candidate;
  open(): Promise<FaultyWorld>;
  close(): Promise<void>;
}

const RUN = { commit: 'a'.repeat(40), url: 'https://github.com/acme/cinematch/actions/runs/812' };

/**
 * Prepares what all worlds begin with: v1 serves, a week of ratings has come that are a star too high, and the
 * challenger that will be trained on them is judged.
 */
export async function prepareWorlds(): Promise<Worlds> {
  const first = await openBootstrapped();
  const week = raised(quietWeeks().prepared.batches[0] as Ratings, 2);
  await ingestRatings(first, await first.write('week-1.csv', week), 'buffer');
  await saveCandidate(first.modelDirectory, await challenger(first));
  const champion = await readSavedCandidate(first.modelDirectory, 1);
  const candidate = await readSavedCandidate(first.modelDirectory, 2);
  await first.close({ keep: true });

  return {
    candidate,
    open: async () => {
      const home = await openTestPipeline({}, { template: first.home });
      const github = await startHome();
      await serveFirst(github.github.forge, champion);
      const announced: Announcement[] = [];
      return {
        github,
        store: home.store,
        serving: join(home.home, 'serving'),
        candidate,
        announced,
        setTime: home.setTime,
        openPipeline: () => ({
          ...home,
          forge: openFor(github.server, github.token).forge,
          run: RUN,
          announce: async (announcement) => {
            announced.push(announcement);
          },
        }),
        close: async () => {
          await github.server.stop();
          await home.close();
        },
      };
    },
    close: () => removePipeline(first.home),
  };
}

/** Trained and judged as the jobs do it, recorded nowhere. */
async function challenger(pipeline: Pipeline): Promise<Candidate> {
  const { config, clock, stopwatch, modelDirectory } = pipeline;
  const set = await exportTraining(pipeline, 'drift');
  const fitted = await fitModel(set, config, pipeline);
  const champion = (await readSavedCandidate(modelDirectory, 1)).package;
  return judgeModel({
    set,
    fitted,
    champion: openPackage(champion.files, tagOf(1)).model,
    config,
    trainedAt: clock(),
    stopwatch,
    run: RUN,
  });
}

async function serveFirst(forge: Forge, { package: { files } }: Candidate): Promise<void> {
  const tag = tagOf(1);
  await forge.releases.draft({ tag, title: 'Model v1', body: 'The first.' });
  for (const [name, bytes] of files) await forge.releases.upload(tag, name, bytes);
  await forge.releases.publish(tag);
  await forge.releases.promote(tag);
  await forge.deployments.create({ environment: PRODUCTION, version: 1, description: 'The first.' });
}
