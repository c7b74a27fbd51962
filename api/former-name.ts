import type { RouteConfig } from '@hono/zod-openapi';

/** A route as it answers at another address that it had before. @param path undefined for its own address. */
export function atFormerName<R extends RouteConfig>(route: R, path: string | undefined): R {
  if (path === undefined) return route;
  const operationId = `${route.method}${path.replaceAll('/', '_')}`;
  return { ...route, path, operationId, deprecated: true };
}
