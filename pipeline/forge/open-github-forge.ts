import type { Forge } from './forge.ts';
import { connectGithub, type GithubOptions } from './github/connect.ts';
import { githubDeployments } from './github/deployments.ts';
import { githubIssues } from './github/issues.ts';
import { githubPullRequests, type PullRequests } from './github/pull-requests.ts';
import { githubReleases } from './github/releases.ts';
import { githubRepository, type Repository } from './github/repository.ts';

export interface Github {
  readonly forge: Forge;
  readonly pullRequests: PullRequests;
  readonly repository: Repository;
}

/**
 * Opens the forge on GitHub, with pull requests and the repository. No request is sent before the first call. Idempotent
 * requests are retried, and rate limits are waited for. Other failures throw an OperatorError `forge-unavailable`,
 * `forge-denied`, `forge-missing` or `forge-conflict` that names the request.
 */
export function openGithub(options: GithubOptions): Github {
  const connection = connectGithub(options);
  const { octokit, at } = connection;
  const deployments = githubDeployments(connection);
  return {
    forge: {
      issues: githubIssues(connection),
      releases: githubReleases(connection, deployments),
      deployments,
      dispatch: async (workflow, inputs) => {
        await octokit.rest.actions.createWorkflowDispatch({
          ...at,
          workflow_id: `${workflow}.yml`,
          ref: options.defaultBranch,
          inputs,
        });
      },
    },
    pullRequests: githubPullRequests(connection),
    repository: githubRepository(connection),
  };
}
