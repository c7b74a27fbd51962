/** An artifact of workflow runs that has something of users. */
export interface RunArtifact {
  readonly name: string;
  /** How long GitHub keeps each. */
  readonly retentionDays: number;
}

/** Long enough to run a job again; ratings are not kept longer than needed. */
const WEEK = 7;
/** The longest time that a repository allows by default. */
const LONGEST = 90;

/** The artifacts with ratings, ids or vectors of users. Each run uploads some of them. */
export const RUN_ARTIFACTS = {
  /** The embedded database. Every daily check renews it. */
  state: { name: 'cinematch-state', retentionDays: LONGEST },
  /** Ratings for the jobs of a training. */
  trainingSet: { name: 'training-set', retentionDays: WEEK },
  fittedModel: { name: 'fitted-model', retentionDays: WEEK },
  candidate: { name: 'candidate', retentionDays: WEEK },
  /** The bundle of the API. */
  serving: { name: 'serving', retentionDays: WEEK },
  /** Rejected rows of batches. */
  rejects: { name: 'rejects', retentionDays: LONGEST },
  /** It may name users who contribute much to what a check found. */
  driftReport: { name: 'drift-report', retentionDays: LONGEST },
} as const satisfies Readonly<Record<string, RunArtifact>>;
