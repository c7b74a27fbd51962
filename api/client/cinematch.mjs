// Generated from /api/openapi.json. Do not edit.

/** Method and path of each call. */
const CALLS = {
  recommendForUser: 'GET recommendations',
  recommendForRatings: 'POST recommendations',
  recommendForUsers: 'POST recommendations/users',
  recommendForGroup: 'POST recommendations/group',
  predict: 'GET predictions',
  predictMany: 'POST predictions',
  searchMovies: 'GET movies',
  getMovie: 'GET movies/{id}',
  getMovieByIMDbId: 'GET movies/by/imdb/{id}',
  getMovieByTMDBId: 'GET movies/by/tmdb/{id}',
  listSimilarMovies: 'GET movies/{id}/similar',
  listMoviesSimilarToAll: 'GET similar',
  listTopMovies: 'GET top',
  listGenres: 'GET genres',
  submitRatings: 'POST ratings',
  submitFeedback: 'POST feedback',
  withdrawFeedback: 'DELETE feedback',
};
/** Calls that store. Each request has an idempotency key. */
const STORING = ['submitRatings', 'submitFeedback'];
/** Lists that are sent as `name=a&name=b`. The others are sent as `name=a,b`, with %2C for a comma in an item. */
const REPEATED = ['genre'];

/** A request that the API refused or could not answer. */
export class CineMatchError extends Error {
  constructor(status, problem, retryAfterSeconds) {
    super(problem?.detail ?? `HTTP status ${status}`);
    const code = problem?.code ?? null;
    Object.assign(this, { name: 'CineMatchError', status, code, problem, retryAfterSeconds });
  }
}

export class CineMatch {
  #settings;

  constructor({ url = '', key, timeoutMs = 10_000, fetch = globalThis.fetch } = {}) {
    this.#settings = { url: url.replace(/\/+$/, ''), key, timeoutMs, fetch };
    for (const name of Object.keys(CALLS)) {
      this[name] = (request, options) => this.#call(name, request, options);
    }
  }

  async #call(name, request, options = {}) {
    const [method, path] = CALLS[name].split(' ');
    const { url, key, fetch, timeoutMs } = { ...this.#settings, ...options };
    const rest = { ...request };
    const filled = path.replace(/{(\w+)}/g, (_, field) => {
      const value = rest[field];
      delete rest[field];
      return encodeURIComponent(value);
    });
    const limit = AbortSignal.timeout(timeoutMs);
    const init = {
      method,
      headers: key ? { authorization: `Bearer ${key}` } : {},
      signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
    };
    if (method === 'POST') {
      init.headers['content-type'] = 'application/json';
      init.body = JSON.stringify(rest);
    }
    if (STORING.includes(name)) {
      init.headers['idempotency-key'] = options.idempotencyKey ?? crypto.randomUUID();
    }
    const address = `${url}/api/v1/${filled}${method === 'POST' ? '' : queryOf(rest)}`;
    const end = Date.now() + timeoutMs;
    for (;;) {
      const response = await fetch(address, init);
      if (response.ok) return response.status === 204 ? undefined : response.json();
      const error = await errorOf(response);
      // Without Retry-After the same request would fail again.
      const waitMs = 1000 * (error.retryAfterSeconds ?? Infinity);
      if (!(Date.now() + waitMs < end)) throw error;
      await pause(waitMs, init.signal);
    }
  }
}

function queryOf(parameters) {
  const query = new URLSearchParams();
  for (const [field, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    const name = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (!Array.isArray(value)) query.append(name, value);
    else if (REPEATED.includes(name)) value.forEach((item) => query.append(name, item));
    else query.append(name, value.map((item) => String(item).replaceAll(',', '%2C')));
  }
  return query.size === 0 ? '' : `?${query}`;
}

async function errorOf(response) {
  const { status, headers } = response;
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json');
  const after = headers.get('retry-after');
  return new CineMatchError(status, isProblem ? await response.json() : null, after && Number(after));
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
