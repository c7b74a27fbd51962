import type { Announcement } from '../../pipeline/mirrors/mirrors.ts';
import type { Pipeline } from '../../pipeline/stages/pipeline.ts';

export interface Observed<P extends Pipeline> {
  /** Works as the pipeline it was made from; what leaves it is written down. */
  readonly pipeline: P;
  /** The inputs of each training that was dispatched. */
  readonly trainings: Readonly<Record<string, string>>[];
  readonly announced: Announcement[];
}

/** A pipeline whose dispatches and announcements a test can look at. */
export function observed<P extends Pipeline>(pipeline: P): Observed<P> {
  const trainings: Readonly<Record<string, string>>[] = [];
  const announced: Announcement[] = [];
  const { forge } = pipeline;
  return {
    trainings,
    announced,
    pipeline: {
      ...pipeline,
      forge: {
        ...forge,
        dispatch: (workflow, inputs) => {
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
