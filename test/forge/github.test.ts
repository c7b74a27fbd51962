import { afterEach } from 'vitest';
import { forgeContract } from './contract.ts';
import { type GithubHome, startHome } from './github-home.ts';

let home: GithubHome | null = null;
afterEach(async () => {
  await home?.server.stop();
  home = null;
});

forgeContract('GitHub', async () => {
  home = await startHome();
  return home.github.forge;
});
