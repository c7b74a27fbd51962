/**
 * The label of issues that the pipeline opened. It must be among the labels of `open`, and `update` keeps it. On GitHub
 * an issue counts as ours only if a workflow opened it and it has this label: strangers can write a marker into an issue
 * but cannot label it.
 */
export const OWN_LABEL = 'automated';

/**
 * Issues, releases, deployments and dispatches. There are two implementations: local files under `.cinematch/forge`, and
 * GitHub. All calls except `dispatch` are idempotent.
 */
export interface Forge {
  readonly issues: Issues;
  readonly releases: Releases;
  readonly deployments: Deployments;
  /**
   * Starts a workflow run with each call. On GitHub a call with a lost connection is repeated, so a workflow may run
   * twice. Locally the request is only recorded.
   *
   * @param workflow name of its file without `.yml`.
   */
  dispatch(workflow: string, inputs: Readonly<Record<string, string>>): Promise<void>;
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly labels: readonly string[];
  readonly state: 'open' | 'closed';
  readonly comments: readonly Comment[];
  readonly createdAt: Date;
  readonly closedAt: Date | null;
  /** A URL, or a path for local files. */
  readonly location: string;
}

/** The body of a new issue: without the marker it gets it as its first line. */
export const withMarker = (marker: string, body: string): string =>
  body.includes(marker) ? body : `${marker}\n\n${body}`;

export interface Comment {
  readonly body: string;
  readonly createdAt: Date;
}

export interface Issues {
  /** Our oldest open issue with the hidden marker in its body, or null. */
  findOpen(marker: string): Promise<Issue | null>;
  /** @throws OperatorError `forge-missing`, like every call with an unknown number. */
  get(number: number): Promise<Issue>;
  /** Our issues by number, open and closed. */
  list(): Promise<readonly Issue[]>;
  /**
   * Opens an issue. If one with the same marker is already open, or another run opens it at the same time, returns that
   * one unchanged. A body without the marker gets it as its first line.
   *
   * @param issue its labels include `OWN_LABEL`. `assignees` are logins; those who may not be assigned are left out, and
   * all of them for local files.
   */
  open(issue: {
    readonly marker: string;
    readonly title: string;
    readonly body: string;
    readonly labels: readonly string[];
    readonly assignees?: readonly string[];
  }): Promise<Issue>;
  update(
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly labels?: readonly string[] },
  ): Promise<Issue>;
  /** Adds a comment, unless the last comment is equal. */
  comment(number: number, body: string): Promise<void>;
  /** Closes the issue with a final comment. Closing a closed issue changes nothing. */
  close(number: number, comment: string): Promise<Issue>;
}

export interface Release {
  /** `model-v13`. */
  readonly tag: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** draft → prerelease (a challenger) → released (promoted at least once). */
  readonly state: 'draft' | 'prerelease' | 'released';
  /** Whether it is the model release that was promoted last. */
  readonly latest: boolean;
  readonly assets: readonly Asset[];
  /** On GitHub, the time of publication. */
  readonly createdAt: Date;
  readonly location: string;
}

export interface Asset {
  readonly name: string;
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

export interface Releases {
  /** Newest first, including drafts. */
  list(): Promise<readonly Release[]>;
  get(tag: string): Promise<Release | null>;
  /** The promoted release, or null before the first promotion. */
  latest(): Promise<Release | null>;
  /** Creates the draft, or updates title and body of the existing one. */
  draft(release: { readonly tag: string; readonly title: string; readonly body: string }): Promise<Release>;
  /**
   * Adds an asset to a draft. An existing asset with other bytes is replaced.
   *
   * @throws OperatorError `forge-conflict` when the release is published and therefore immutable.
   */
  upload(tag: string, name: string, bytes: Uint8Array): Promise<Asset>;
  /**
   * Downloads every asset, compares digests, and makes the draft a prerelease.
   *
   * @throws OperatorError `forge-conflict` when an asset differs from the upload. The draft stays a draft.
   */
  publish(tag: string): Promise<Release>;
  /**
   * Makes a published release the latest. The previous one stays released.
   *
   * @throws OperatorError `forge-conflict` for a draft.
   */
  promote(tag: string): Promise<Release>;
  /** @throws OperatorError `forge-missing` when the release or asset does not exist. */
  download(tag: string, name: string): Promise<Uint8Array>;
}

/** The environment whose newest deployment is the model that serves. */
export const PRODUCTION = 'production';

export interface Deployment {
  readonly id: number;
  readonly environment: string;
  /** Version of the deployed model. */
  readonly version: number;
  readonly description: string;
  readonly createdAt: Date;
}

export interface Deployments {
  /** Records a deployment. If the newest record has the same version, returns that one. */
  create(deployment: {
    readonly environment: string;
    readonly version: number;
    readonly description: string;
    /** URL of the deployment, for readers of the record. */
    readonly url?: string;
  }): Promise<Deployment>;
  /** Newest first. */
  list(environment: string): Promise<readonly Deployment[]>;
}
