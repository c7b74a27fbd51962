import type { BOT } from './names.ts';
import type { Call } from './origin.ts';

export type Level = 'read' | 'write';
export type Role = 'admin' | 'write' | 'read' | 'none';

/** Who asks: a job's token, or a person's. */
export type Actor =
  | {
      readonly kind: 'bot';
      readonly login: typeof BOT;
      readonly token: string;
      /** By the name headers use: `pull_requests`. */
      readonly permissions: Readonly<Record<string, Level>>;
    }
  | { readonly kind: 'person'; readonly login: string; readonly token: string; readonly role: Role };

/**
 * What a workflow may ask for its jobs' tokens under `permissions:`.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
 */
const GRANTABLE = [
  'actions',
  'artifact-metadata',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'models',
  'packages',
  'pages',
  'pull-requests',
  'security-events',
  'statuses',
] as const;

const asHeader = (name: string): string => name.replaceAll('-', '_');
export const GRANTABLE_IN_HEADERS: readonly string[] = GRANTABLE.map(asHeader);

/** @throws Error on a name GitHub does not know. */
export function jobPermissions(permissions: Readonly<Record<string, Level>>): Record<string, Level> {
  for (const name of Object.keys(permissions)) {
    if (!(GRANTABLE as readonly string[]).includes(name)) throw new Error(`No permission is called ${name}.`);
  }
  return Object.fromEntries(Object.entries(permissions).map(([name, level]) => [asHeader(name), level]));
}

/** The token of a request, or undefined without one. */
export function tokenOf(call: Pick<Call, 'headers'>): string | undefined {
  return /^(?:bearer|token)\s+(\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
}

/**
 * Whether an actor may: `needs` is worded as GitHub's header x-accepted-github-permissions, sets divided by
 * semicolons of which one is enough.
 */
export function isAllowed(actor: Actor, needs: string): boolean {
  return needs.split('; ').some((set) => {
    const [name = '', level] = set.split('=');
    if (actor.kind === 'person') return level === 'read' || actor.role === 'admin' || actor.role === 'write';
    const granted = actor.permissions[name];
    // Every token may read what a repository is.
    return name === 'metadata' || granted === 'write' || (granted === 'read' && level === 'read');
  });
}

export function mayPush(actor: Actor): boolean {
  return isAllowed(actor, 'contents=write');
}
