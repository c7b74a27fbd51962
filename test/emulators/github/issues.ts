import { type Actor, isAllowed } from './actors.ts';
import { repoPath } from './names.ts';
import { json, type Reply } from './origin.ts';
import type { PullRequestStore } from './pull-requests.ts';
import { type ApiCall, bodyOf, denied, invalid, page, type Route } from './routes.ts';
import type { Upstream } from './upstream.ts';

/** GitHub's own words when one is longer: "body is too long (maximum is 65536 characters)". */
const LONGEST_BODY = 65_536;
const EITHER_READ = 'issues=read; pull_requests=read';
const EITHER_WRITE = 'issues=write; pull_requests=write';

interface Written {
  readonly user: { readonly login: string };
  /** Of a comment. */
  readonly issue_url?: string;
}

interface IssueOptions {
  readonly apiUrl: string;
  readonly upstream: Upstream;
  readonly pullRequests: PullRequestStore;
}

/**
 * Issues, comments and labels: kept by the `emulate` package, with what it leaves out of
 * https://docs.github.com/en/rest/issues: pull requests are issues, people without push access set no labels
 * and change nothing of others, a job that may write to pull requests may not therefore write to issues nor the
 * other way round (the documentation says either is enough; https://github.com/gip-inclusion/les-emplois/pull/6059
 * found that it is not), and texts have a longest length.
 */
export function issueRoutes({ apiUrl, upstream, pullRequests }: IssueOptions): readonly Route[] {
  const pass = (call: ApiCall, body = call.body): Promise<Reply> =>
    upstream.forward(call.actor.token, { ...call, body });

  /** What is refused before the package is asked. */
  const refused = (call: ApiCall, number: number): Reply | null => {
    const either = call.method === 'GET' ? EITHER_READ : EITHER_WRITE;
    const needs = either.split('; ')[pullRequests.has(number) ? 1 : 0] ?? either;
    if (call.actor.kind === 'bot' && !isAllowed(call.actor, needs)) return denied(call.actor, either);
    return tooLong(call);
  };

  const issues = async (call: ApiCall): Promise<Reply> => {
    if (pullRequests.numbers().length === 0) return pass(call);
    const found: Record<string, unknown>[] = [];
    for (let at = 1; ; at++) {
      const query = new URLSearchParams(call.query);
      query.set('per_page', '100');
      query.set('page', String(at));
      const part = await upstream.forward(call.actor.token, { ...call, query });
      if (part.status !== 200) return part;
      const items = JSON.parse(part.body?.toString() ?? '[]') as Record<string, unknown>[];
      found.push(...items);
      if (items.length < 100) break;
    }
    const state = call.query.get('state') ?? 'open';
    const labels = (call.query.get('labels') ?? '').split(',').filter(Boolean);
    for (const number of pullRequests.numbers()) {
      const issue = await pullRequests.asIssue(number);
      const names = issue.labels.map(({ name }) => name);
      const matches = state === 'all' || issue.state === state;
      if (matches && labels.every((label) => names.includes(label))) found.push({ ...issue });
    }
    const up = call.query.get('direction') === 'asc' ? 1 : -1;
    found.sort((a, b) => up * (Number(a['number']) - Number(b['number'])));
    const { items, headers } = page(call, apiUrl, found);
    return json(200, items, headers);
  };

  const oneOf = (call: ApiCall): number => Number(call.params['number']);
  /** An issue or comment as far as its rights go, or null. */
  const look = (path: string): Promise<Written | null> =>
    upstream.ask<Written>(upstream.ownerToken, 'GET', repoPath(path)).catch(() => null);
  const mayEdit = (call: ApiCall, written: Written | null): boolean =>
    mayLabel(call.actor) || written?.user.login === call.actor.login;

  return [
    { route: 'GET /issues', needs: 'issues=read', answer: issues },
    {
      route: 'POST /issues',
      needs: 'issues=write',
      anyone: true,
      answer: (call) => tooLong(call) ?? pass(call, withoutLabels(call)),
    },
    {
      route: 'GET /issues/:number',
      needs: 'issues=read',
      answer: async (call) =>
        pullRequests.has(oneOf(call)) ? json(200, await pullRequests.asIssue(oneOf(call))) : pass(call),
    },
    {
      route: 'PATCH /issues/:number',
      needs: EITHER_WRITE,
      anyone: true,
      answer: async (call) => {
        const refusal = refused(call, oneOf(call));
        if (refusal !== null) return refusal;
        if (!mayEdit(call, await look(`/issues/${oneOf(call)}`))) return denied(call.actor, EITHER_WRITE);
        return pass(call, withoutLabels(call));
      },
    },
    {
      route: 'GET /issues/:number/comments',
      needs: EITHER_READ,
      answer: (call) => refused(call, oneOf(call)) ?? pass(call),
    },
    {
      route: 'POST /issues/:number/comments',
      needs: EITHER_WRITE,
      anyone: true,
      answer: (call) => refused(call, oneOf(call)) ?? pass(call),
    },
    { route: 'GET /issues/comments/:id', needs: EITHER_READ, answer: (call) => pass(call) },
    ...(['PATCH', 'DELETE'] as const).map(
      (method): Route => ({
        route: `${method} /issues/comments/:id`,
        needs: EITHER_WRITE,
        anyone: true,
        answer: async (call) => {
          const comment = await look(`/issues/comments/${call.params['id']}`);
          if (!mayEdit(call, comment)) return denied(call.actor, EITHER_WRITE);
          return refused(call, Number(/\d+$/.exec(comment?.issue_url ?? '')?.[0])) ?? pass(call);
        },
      }),
    ),
    { route: 'GET /issues/:number/labels', needs: EITHER_READ, answer: (call) => pass(call) },
    {
      route: 'POST /issues/:number/assignees',
      needs: EITHER_WRITE,
      answer: (call) => refused(call, oneOf(call)) ?? pass(call),
    },
    ...[
      'POST /issues/:number/labels',
      'PUT /issues/:number/labels',
      'DELETE /issues/:number/labels/:name',
    ].map(
      (route): Route => ({
        route,
        needs: EITHER_WRITE,
        answer: (call) => refused(call, oneOf(call)) ?? pass(call),
      }),
    ),
    { route: 'GET /labels', needs: EITHER_READ, answer: (call) => pass(call) },
    { route: 'GET /labels/:name', needs: EITHER_READ, answer: (call) => pass(call) },
    { route: 'POST /labels', needs: EITHER_WRITE, answer: (call) => createLabel(call, pass) },
    { route: 'PATCH /labels/:name', needs: EITHER_WRITE, answer: (call) => pass(call) },
    { route: 'DELETE /labels/:name', needs: EITHER_WRITE, answer: (call) => pass(call) },
  ];
}

function tooLong(call: ApiCall): Reply | null {
  const { body } = bodyOf(call);
  if (typeof body !== 'string' || body.length <= LONGEST_BODY) return null;
  const message = `body is too long (maximum is ${LONGEST_BODY} characters)`;
  return invalid({ resource: 'Issue', code: 'custom', field: 'body', message });
}

/** "Without push access to the repository, label changes are silently dropped." */
function withoutLabels(call: ApiCall): Buffer {
  if (mayLabel(call.actor)) return call.body;
  const { labels: _labels, assignees: _assignees, milestone: _milestone, ...rest } = bodyOf(call);
  return Buffer.from(JSON.stringify(rest));
}

const mayLabel = (actor: Actor): boolean => isAllowed(actor, EITHER_WRITE);

/** https://docs.github.com/en/rest/issues/labels#create-a-label */
async function createLabel(call: ApiCall, pass: (call: ApiCall) => Promise<Reply>): Promise<Reply> {
  const { name, color, description } = bodyOf(call);
  if (typeof name !== 'string' || name.length > 50) {
    return invalid({ resource: 'Label', code: 'invalid', field: 'name' });
  }
  if (color !== undefined && !/^[0-9a-f]{6}$/i.test(String(color))) {
    return invalid({ resource: 'Label', code: 'invalid', field: 'color' });
  }
  if (typeof description === 'string' && description.length > 100) {
    const message = 'description is too long (maximum is 100 characters)';
    return invalid({ resource: 'Label', code: 'custom', field: 'description', message });
  }
  const reply = await pass(call);
  if (reply.status !== 422) return reply;
  return invalid({ resource: 'Label', code: 'already_exists', field: 'name' });
}
