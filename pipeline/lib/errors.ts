/**
 * The stable codes an operator can look up in docs/operations.md.
 * `usage` ends the terminal with exit code 2, everything else with 1.
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
  | 'key-exists'
  | 'key-unknown';

/**
 * A failure that the person who runs the pipeline can act on. Anything that is not an
 * `OperatorError` is a bug and keeps its stack.
 *
 * `message` says what happened with the values seen and the place; `remedy` says what to do next.
 * Neither ever carries a password, a token or a connection string.
 */
export class OperatorError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, remedy: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'OperatorError';
    this.code = code;
    this.remedy = remedy;
  }
}
