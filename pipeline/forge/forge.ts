/**
 * The label of issues that the pipeline has opened. It belongs to the labels of `open` and stays among those of
 * `update`: on GitHub only an issue that a workflow opened and that carries it is ever taken for one of ours,
 * since a stranger may write a marker into an issue but may not label it.
 */
export const OWN_LABEL = 'automated';

/**
 * Where issues, releases, deployments and dispatches live. One interface, two homes: files under
 * `.cinematch/forge` on one machine, and GitHub. Every call but `dispatch` can be repeated: a second call with
 * the same arguments finds what the first one did.
 */
export interface Forge {
  readonly issues: Issues;
  readonly releases: Releases;
  readonly deployments: Deployments;
  /**
   * Asks a workflow to run, again each time it is called. On GitHub a call whose connection was cut is repeated,
   * so a workflow may be asked twice. Locally the request is written down; nothing listens.
   *
   * @param workflow its file without `.yml`.
   */
  dispatch(workflow: string, inputs: Readonly<Record<string, string>>): Promise<Dispatch>;
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
  /** Where a person reads it: a URL, or a path on one machine. */
  readonly location: string;
}

export interface Comment {
  readonly body: string;
  readonly createdAt: Date;
}

export interface Issues {
  /** The open issue of ours whose body carries the hidden marker, the oldest of several, or null. */
  findOpen(marker: string): Promise<Issue | null>;
  /** @throws OperatorError `forge-missing`, as every call with the number of no issue. */
  get(number: number): Promise<Issue>;
  /** Ours by number, open and closed. */
  list(): Promise<readonly Issue[]>;
  /**
   * Opens an issue; when one with the same marker is already open, returns that one unchanged, also when
   * another run opens it at the same time. A body without the marker gets it as its first line.
   *
   * @param issue with `OWN_LABEL` among its labels.
   */
  open(issue: {
    readonly marker: string;
    readonly title: string;
    readonly body: string;
    readonly labels: readonly string[];
  }): Promise<Issue>;
  update(
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly labels?: readonly string[] },
  ): Promise<Issue>;
  /** Adds a comment. When the last comment already says the same, nothing is added. */
  comment(number: number, body: string): Promise<void>;
  /** Closes the issue, with a last comment. Closing a closed issue changes nothing. */
  close(number: number, comment: string): Promise<Issue>;
}

export interface Release {
  /** `model-v13`. */
  readonly tag: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** draft → prerelease (a challenger) → released (promoted at some time). */
  readonly state: 'draft' | 'prerelease' | 'released';
  /** The one model release that was promoted last: what is served. */
  readonly latest: boolean;
  readonly assets: readonly Asset[];
  /** On GitHub, when it was published. */
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
  /** Newest first, drafts included. */
  list(): Promise<readonly Release[]>;
  get(tag: string): Promise<Release | null>;
  /** The promoted release, or null before the first promotion. */
  latest(): Promise<Release | null>;
  /** Creates the draft, or returns the one that exists (title and body brought up to date). */
  draft(release: { readonly tag: string; readonly title: string; readonly body: string }): Promise<Release>;
  /**
   * Adds an asset to a draft. The same name with the same bytes is left alone; other bytes replace it.
   *
   * @throws OperatorError `forge-conflict` when the release is published, for then it is immutable.
   */
  upload(tag: string, name: string, bytes: Uint8Array): Promise<Asset>;
  /**
   * Reads every asset back, compares digests, and makes the draft a prerelease.
   *
   * @throws OperatorError `forge-conflict` when an asset is not what was uploaded; the draft stays a draft.
   */
  publish(tag: string): Promise<Release>;
  /**
   * Makes a published release the latest; the one before stays released.
   *
   * @throws OperatorError `forge-conflict` for a draft.
   */
  promote(tag: string): Promise<Release>;
  /** @throws OperatorError `forge-missing` when there is no such release or asset. */
  download(tag: string, name: string): Promise<Uint8Array>;
}

/** The environment whose newest deployment says which model serves. */
export const PRODUCTION = 'production';

export interface Deployment {
  readonly id: number;
  readonly environment: string;
  /** Model version that is serving from then on. */
  readonly version: number;
  readonly description: string;
  readonly createdAt: Date;
}

export interface Deployments {
  /** Records who serves from now on. When the newest record says the same version, returns that one. */
  create(deployment: {
    readonly environment: string;
    readonly version: number;
    readonly description: string;
    /** Where it answers, for people who look at the record. */
    readonly url?: string;
  }): Promise<Deployment>;
  /** Newest first: who was champion when. */
  list(environment: string): Promise<readonly Deployment[]>;
}

export interface Dispatch {
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly requestedAt: Date;
}
