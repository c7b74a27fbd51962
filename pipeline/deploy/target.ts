import type { ServingFiles } from '../serving/serving-files.ts';

/** A place to deploy models to: a folder on this machine, or a hosting service. */
export interface DeployTarget {
  /** For reports: `folder .cinematch/serving`. */
  readonly name: string;
  /**
   * Deploys a bundle and returns when it serves. Until then, and after a failure, the previous model serves. Deploying
   * the bundle that already serves changes nothing.
   *
   * @throws OperatorError `deploy-failed` with the failed step in its details, or `model-invalid` for an invalid bundle.
   */
  deploy(serving: ServingFiles): Promise<{ readonly location: string }>;
}
