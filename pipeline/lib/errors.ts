import { inspect } from 'node:util';

/**
 * The stable error codes, documented in docs/operations.md.
 * `usage` ends a command with exit code 2, every other code with 1.
 */
export type ErrorCode =
  | 'usage'
  | 'config-invalid'
  | 'source-unreadable'
  | 'source-unknown-layout'
  | 'download-failed'
  | 'batch-rejected'
  | 'store-unavailable'
  | 'store-busy'
  | 'store-schema'
  | 'store-damaged'
  | 'store-full'
  | 'store-denied'
  | 'store-read-only'
  | 'store-timeout'
  | 'disk-full'
  | 'file-denied'
  | 'file-failed'
  | 'no-training-data'
  | 'training-too-large'
  | 'no-champion'
  | 'model-invalid'
  | 'model-unknown'
  | 'performance-check-failed'
  | 'forge-conflict'
  | 'forge-missing'
  | 'forge-unavailable'
  | 'forge-denied'
  | 'input-invalid'
  | 'setup-missing'
  | 'state-conflict'
  | 'artifact-invalid'
  | 'deploy-failed'
  | 'quarantine-unknown'
  | 'key-exists'
  | 'key-unknown'
  | 'internal';

/** The steps of a deployment that can fail, in their order. */
export type DeployStep =
  | 'folder'
  | 'project'
  | 'build'
  | 'size'
  | 'production'
  | 'upload'
  | 'smoke-test'
  | 'promotion'
  | 'watch';

/** Details of a failure for programs, which never parse the message. */
export interface ErrorDetails {
  /** The step of a deployment that failed. */
  readonly step?: DeployStep;
  /** Whether a source exceeds a limit of what it may cost. */
  readonly exceedsLimit?: true;
}

/**
 * A failure that the operator can act on. Any other error is a bug and keeps its stack.
 *
 * `message` says what happened, where, and with which values; `remedy` says what to do next.
 * Neither contains a password, a token or a connection string.
 */
export class OperatorError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly details: ErrorDetails;

  constructor(
    code: ErrorCode,
    message: string,
    remedy: string,
    { details = {}, ...options }: { readonly cause?: unknown; readonly details?: ErrorDetails } = {},
  ) {
    super(message, options);
    this.name = 'OperatorError';
    this.code = code;
    this.remedy = remedy;
    this.details = details;
  }
}

/** What a person is told about any error that is not an `OperatorError`. */
export const A_BUG =
  'This is a bug of CineMatch. Please report it with these lines: see internal in docs/operations.md.';

/** The stack of anything that was thrown, with its causes. */
export const stackOf = (thrown: unknown): string => inspect(thrown);
