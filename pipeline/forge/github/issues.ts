import { type Comment, type Issue, type Issues, OWN_LABEL, withMarker } from '../forge.ts';
import type { Connection, Octokit } from './connect.ts';

type RawIssue = Awaited<ReturnType<Octokit['rest']['issues']['get']>>['data'];
type RawComment = Awaited<ReturnType<Octokit['rest']['issues']['getComment']>>['data'];

/**
 * Issues of the repository that a workflow opened and that have our label. Issues of users never count as ours, even with
 * the label.
 */
export function githubIssues({ octokit, at, once, inTurn, createOnce }: Connection): Issues {
  const { issues } = octokit.rest;

  const rawComments = (number: number): Promise<readonly RawComment[]> =>
    octokit.paginate(issues.listComments, { ...at, issue_number: number, per_page: 100 });

  const complete = async (raw: RawIssue): Promise<Issue> =>
    issueOf(raw, (await rawComments(raw.number)).map(commentOf));

  const ours = async (state: 'open' | 'all'): Promise<readonly RawIssue[]> => {
    const found = await octokit.paginate(issues.listForRepo, {
      ...at,
      labels: OWN_LABEL,
      state,
      sort: 'created',
      direction: 'asc',
      per_page: 100,
    });
    return found
      .filter(({ pull_request, user }) => pull_request === undefined && user?.type === 'Bot')
      .sort((a, b) => a.number - b.number) as readonly RawIssue[];
  };

  const openWith = async (marker: string): Promise<readonly RawIssue[]> =>
    (await ours('open')).filter(({ body }) => textOf(body).includes(marker));

  const get = async (number: number): Promise<Issue> =>
    complete((await issues.get({ ...at, issue_number: number })).data);

  /**
   * Two runs may each open an issue with the same marker. Both keep the one with the lowest number and close the others.
   *
   * @param created issues that GitHub's list may not show yet.
   */
  const keepOldest = async (marker: string, created: readonly RawIssue[]): Promise<RawIssue | null> => {
    const listed = await openWith(marker);
    const numbers = new Set(listed.map(({ number }) => number));
    const [oldest, ...later] = [...listed, ...created.filter(({ number }) => !numbers.has(number))].sort(
      (a, b) => a.number - b.number,
    );
    for (const { number } of later) {
      await issues.update({
        ...at,
        issue_number: number,
        state: 'closed',
        state_reason: 'not_planned',
        body: `Duplicate of #${oldest?.number}: two runs opened it at the same time.`,
        labels: [],
      });
    }
    return oldest ?? null;
  };

  const open: Issues['open'] = async ({ marker, title, body, labels, assignees = [] }) => {
    const created: RawIssue[] = [];
    const opened = await createOnce(
      () => keepOldest(marker, created),
      async () => {
        const { data } = await issues.create({
          ...at,
          title,
          body: withMarker(marker, body),
          labels: withOwnLabel(labels),
          ...once,
        });
        created.push(data as RawIssue);
        return data as RawIssue;
      },
    );
    const kept = (created.length === 0 ? opened : await keepOldest(marker, created)) ?? opened;
    // A name that may not be assigned would make GitHub refuse a new issue. Here it is ignored.
    if (assignees.length > 0)
      await issues.addAssignees({ ...at, issue_number: kept.number, assignees: [...assignees] });
    return complete(kept);
  };

  const comment = async (number: number, body: string): Promise<void> => {
    const text = body.trim();
    let newestBefore: number | null = null;
    await createOnce(
      async () => {
        const comments = await rawComments(number);
        const last = comments.at(-1);
        // First only the last comment counts; after an attempt with an unknown result, all newer ones.
        const candidates =
          newestBefore === null ? comments.slice(-1) : comments.filter(({ id }) => id > (newestBefore ?? 0));
        newestBefore ??= last?.id ?? 0;
        return candidates.find((other) => textOf(other.body) === text) ?? null;
      },
      async () => (await issues.createComment({ ...at, issue_number: number, body: text, ...once })).data,
    );
  };

  const update: Issues['update'] = async (number, { labels, ...change }) => {
    const { data } = await issues.update({
      ...at,
      issue_number: number,
      ...change,
      ...(labels === undefined ? {} : { labels: withOwnLabel(labels) }),
    });
    return complete(data);
  };

  return {
    findOpen: async (marker) => {
      const [oldest] = await openWith(marker);
      return oldest === undefined ? null : complete(oldest);
    },
    get,
    list: async () =>
      Promise.all((await ours('all')).map((raw) => (raw.comments === 0 ? issueOf(raw, []) : complete(raw)))),
    open: (issue) => inTurn(() => open(issue)),
    update: (number, change) => inTurn(() => update(number, change)),
    comment: (number, body) => inTurn(() => comment(number, body)),
    close: (number, text) =>
      inTurn(async () => {
        const issue = await get(number);
        if (issue.state === 'closed') return issue;
        await comment(number, text);
        const { data } = await issues.update({
          ...at,
          issue_number: number,
          state: 'closed',
          state_reason: 'completed',
        });
        return complete(data);
      }),
  };
}

/** Adds our label, because issues without it are not found. */
const withOwnLabel = (labels: readonly string[]): string[] => [...new Set([...labels, OWN_LABEL])];

/** A body with normalised line endings, which differ after edits on the web page. */
export const textOf = (body: string | null | undefined): string =>
  (body ?? '').replaceAll('\r\n', '\n').trim();

const commentOf = (raw: RawComment): Comment => ({
  body: textOf(raw.body),
  createdAt: new Date(raw.created_at),
});

function issueOf(raw: RawIssue, comments: readonly Comment[]): Issue {
  return {
    number: raw.number,
    title: raw.title,
    body: textOf(raw.body),
    labels: raw.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
    state: raw.state === 'closed' ? 'closed' : 'open',
    comments,
    createdAt: new Date(raw.created_at),
    closedAt: raw.closed_at === null ? null : new Date(raw.closed_at),
    location: raw.html_url,
  };
}
