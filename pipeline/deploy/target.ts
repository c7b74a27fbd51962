import type { ModelPackage } from '../model/package.ts';

/** Where a model is brought to serve: a folder on this machine, or a hosting service. */
export interface DeployTarget {
  /** For reports: `folder .cinematch/serving`. */
  readonly name: string;
  /**
   * Brings a verified model there. Returns when it answers; the model before it keeps serving until then, and
   * when this fails. Repeating it for the model that serves changes nothing.
   *
   * @throws OperatorError `deploy-failed`.
   */
  deploy(model: ModelPackage): Promise<{ readonly location: string }>;
}
