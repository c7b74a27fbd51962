import type { PipelineHistory, Reign } from './pipeline-history.ts';

/**
 * When each model served, oldest first. Deployments say it best. What they do not reach back to is taken from the times of
 * promotion, of which the database keeps the last of each model, and from drift checks, which name the champion of their
 * time: a model that came back after a rollback has two reigns.
 */
export function reignsOf({
  facts,
  models,
  checks,
}: Pick<PipelineHistory, 'facts' | 'models' | 'checks'>): readonly Reign[] {
  const seen = [
    ...facts.deployments,
    ...models.flatMap(({ version, promotedAt }) =>
      promotedAt === null ? [] : [{ version, at: promotedAt }],
    ),
    ...checks.map(({ modelVersion, at }) => ({ version: modelVersion, at })),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const begins = seen.filter(({ version }, index) => seen[index - 1]?.version !== version);
  return begins.map(({ version, at }, index) => ({
    version,
    from: at,
    until: begins[index + 1]?.at ?? null,
  }));
}

/**
 * A history in which a model serves from a time on: its model is the champion, and the one before it retired. Nothing
 * changes for the champion.
 */
export function asServed(history: PipelineHistory, version: number, at: Date): PipelineHistory {
  const { models, facts } = history;
  const isChampion = models.some((model) => model.version === version && model.status === 'champion');
  if (isChampion || !models.some((model) => model.version === version)) return history;
  const from = at.toISOString();
  return {
    ...history,
    models: models.map((model) => {
      if (model.version === version) return { ...model, status: 'champion', promotedAt: from };
      return model.status === 'champion' ? { ...model, status: 'retired' } : model;
    }),
    facts: { ...facts, deployments: [...facts.deployments, { version, at: from }] },
  };
}
