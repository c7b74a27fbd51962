import type { ConfigInput } from './pipeline/config.ts';

/** Settings of this pipeline. What is not said here has the default documented in pipeline/config.ts. */
const config: ConfigInput = {
  dataset: 'ratings',
  drift: { preset: 'robust' },
};

export default config;
