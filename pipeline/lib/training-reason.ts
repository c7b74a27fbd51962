/**
 * Why a training was started: the measured gain of retraining, drift, the age of the champion, an erased user whom it has
 * learned, or a person.
 */
export const REQUEST_REASONS = ['gain', 'drift', 'age', 'erasure', 'manual'] as const;
export type RequestReason = (typeof REQUEST_REASONS)[number];

/** The reason of any training. The first model has none of the others. */
export const TRAINING_REASONS = ['first-model', ...REQUEST_REASONS] as const;
export type TrainingReason = (typeof TRAINING_REASONS)[number];
