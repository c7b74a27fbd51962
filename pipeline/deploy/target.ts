import type { ServingFiles } from '../serving/serving-files.ts';

/** Where a model is brought to serve: a folder on this machine, or a hosting service. */
export interface DeployTarget {
  /** For reports: `folder .cinematch/serving`. */
  readonly name: string;
  /**
   * Brings a bundle there. Returns when it answers; the model before it keeps serving until then, and when this
   * fails. Repeating it for the bundle that serves changes nothing.
   *
   * @throws OperatorError `deploy-failed` whose details name the step that failed, or `model-invalid` for a bundle
   * that is invalid.
   */
  deploy(serving: ServingFiles): Promise<{ readonly location: string }>;
}
