/** The job permission that each route needs, for responses without this information. */
const PERMISSIONS: readonly (readonly [route: RegExp, permission: string])[] = [
  [/\/(issues|labels)(\/|$)/, 'issues'],
  [/\/releases(\/|$)/, 'contents'],
  [/\/deployments(\/|$)/, 'deployments'],
  [/\/actions\//, 'actions'],
  [/\/check-runs(\/|$)/, 'checks'],
  [/\/pulls(\/|$)/, 'pull-requests'],
];

/**
 * The permission that a request needs, in the format of a workflow file: `issues: write`.
 *
 * @param accepted the response header `x-accepted-github-permissions`. Semicolons separate alternatives, as in
 * `issues=write; pull_requests=write`; commas separate permissions that are needed together.
 */
export function neededPermission(method: string, path: string, accepted: string | undefined): string {
  const choices = (accepted ?? '')
    .split(';')
    .map((choice) => choice.trim())
    .filter((choice) => choice !== '');
  if (choices.length > 0) {
    const single = choices.filter((choice) => !choice.includes(','));
    return (single.length > 0 ? single : choices.slice(0, 1))
      .map((choice) => choice.replaceAll(',', ', ').replaceAll('=', ': ').replaceAll('_', '-'))
      .join(' or ');
  }
  const permission = PERMISSIONS.find(([route]) => route.test(path))?.[1] ?? 'contents';
  return `${permission}: ${method === 'GET' ? 'read' : 'write'}`;
}
