/** Which permission of a workflow job opens a route, for answers in which GitHub does not say it. */
const PERMISSIONS: readonly (readonly [route: RegExp, permission: string])[] = [
  [/\/(issues|labels)(\/|$)/, 'issues'],
  [/\/releases(\/|$)/, 'contents'],
  [/\/deployments(\/|$)/, 'deployments'],
  [/\/actions\//, 'actions'],
  [/\/check-runs(\/|$)/, 'checks'],
  [/\/pulls(\/|$)/, 'pull-requests'],
];

/**
 * The permission a request needs, as it stands in a workflow file: `issues: write`.
 *
 * @param accepted what GitHub's answer says, the header `x-accepted-github-permissions`:
 * `issues=write; pull_requests=write` when one of two is enough, with commas when several are needed at once.
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
