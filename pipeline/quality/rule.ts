import type { QualityFinding } from './finding.ts';

/** A finding of one rule, which does not know its own name. */
export type Found = Omit<QualityFinding, 'kind'>;
