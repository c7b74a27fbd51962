/** The labels of drift issues, with their colours and descriptions. */
export const DRIFT_LABELS = [
  { name: 'automated', color: 'ededed', description: 'Updated by the pipeline' },
  { name: 'drift', color: '5319e7', description: 'New ratings differ from the training data' },
  { name: 'severity:high', color: 'b60205', description: 'Drift' },
  { name: 'severity:watch', color: 'fbca04', description: 'An early sign of drift' },
  { name: 'stage:detected', color: 'c5def5', description: 'Drift was found, training has not started' },
  { name: 'stage:training', color: 'bfd4f2', description: 'A challenger is being trained' },
  { name: 'stage:gated', color: 'bfdadc', description: 'The challenger passed the gate' },
  { name: 'stage:released', color: 'c2e0c6', description: 'The challenger is released' },
  { name: 'stage:deployed', color: '0e8a16', description: 'The challenger serves' },
  { name: 'stage:refused', color: 'f9d0c4', description: 'The gate refused the challenger' },
  { name: 'acknowledged', color: 'd4c5f9', description: 'A person has acknowledged the alert' },
  { name: 'muted', color: 'cccccc', description: 'A person has muted the checks' },
] as const;
