import type { Announcement } from '../../pipeline/mirrors/mirrors.ts';
import type { Pipeline } from '../../pipeline/stages/pipeline.ts';

export interface Observed<P extends Pipeline> {
  /** The same pipeline; its dispatches and announcements are recorded. */
  readonly pipeline: P;
  /** The inputs of each training that was dispatched. */
  readonly trainings: Readonly<Record<string, string>>[];
  /** Every workflow that was dispatched. */
  readonly dispatched: string[];
  readonly announced: Announcement[];
}

/** Records the dispatches and announcements of a pipeline. */
export function observed<P extends Pipeline>(pipeline: P): Observed<P> {
  const trainings: Readonly<Record<string, string>>[] = [];
  const dispatched: string[] = [];
  const announced: Announcement[] = [];
  const { forge } = pipeline;
  return {
    trainings,
    dispatched,
    announced,
    pipeline: {
      ...pipeline,
      forge: {
        ...forge,
        dispatch: (workflow, inputs) => {
          dispatched.push(workflow);
          if (workflow === 'train') trainings.push(inputs);
          return forge.dispatch(workflow, inputs);
        },
      },
      announce: async (announcement) => {
        announced.push(announcement);
      },
    },
  };
}
