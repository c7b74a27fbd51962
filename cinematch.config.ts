import type { ConfigInput } from './pipeline/config.ts';

/** Settings of this pipeline. docs/configuration.md lists all settings and their defaults. */
const config: ConfigInput = {
  dataset: 'ratings',
  // Everyone may ask about a user, because the ratings are invented or published: the demo, the simulation, MovieLens. For
  // the ratings of your own users, leave this line out: then such requests need an API key.
  serve: { userRoutes: 'open' },
  drift: { preset: 'robust' },
};

export default config;
