import type { Config } from '../config.ts';

/**
 * Who may ask the API about a user, and whether that suits where the ratings come from. `keyed`: who has a key. `open`:
 * everyone, and all batches are a simulation. `exposed`: everyone, and a source may have ratings of people.
 */
export type UserRoutes = 'keyed' | 'open' | 'exposed';

/** Feedback beside a simulation is of those who try the API out. Alone, or beside files, it is of the users of an app. */
export function userRoutesOf({
  serve,
  batches,
}: {
  readonly serve: Pick<Config['serve'], 'userRoutes'>;
  readonly batches: Config['batches'];
}): UserRoutes {
  if (serve.userRoutes === 'keyed') return 'keyed';
  const kinds = batches.map(({ kind }) => kind);
  const isSimulation =
    kinds.includes('simulation') && kinds.every((kind) => kind === 'simulation' || kind === 'feedback');
  return isSimulation ? 'open' : 'exposed';
}

/** What to do about `exposed` routes. */
export const EXPOSED_ROUTES = {
  problem:
    '`serve.userRoutes` is `open`, and the batches are not a simulation: whoever reaches the API may ask for predictions and a short list of every user',
  remedy:
    'unless these ratings are published, take `serve.userRoutes` out of cinematch.config.ts, create keys (`cinematch keys create`) and deploy',
} as const;
