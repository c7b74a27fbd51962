/**
 * `challenger`: passed the gate or had none, and is not promoted yet. `champion`: serves now. `retired`: served earlier.
 * `refused`: did not pass the gate.
 */
export type ModelStatus = 'challenger' | 'champion' | 'retired' | 'refused';
