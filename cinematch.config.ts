import type { ConfigInput } from './pipeline/config.ts';

/** Settings of this pipeline. docs/configuration.md lists all settings and their defaults. */
const config: ConfigInput = {
  dataset: 'ratings',
  drift: { preset: 'robust' },
};

export default config;
