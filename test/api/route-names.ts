/** The name of a route whatever address it is asked at: `/recommend` is `/api/v1/recommendations`. */
export const nameOfRoute = (method: string, path: string): string =>
  `${method} ${path.replace('/api/v1', '')}`
    .replace(/\/recommend$/, '/recommendations')
    .replace(/\/predict(_batch)?$/, '/predictions');
