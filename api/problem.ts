import { z } from '@hono/zod-openapi';

/** Status and title of every kind of failure, by its code. */
export const PROBLEMS = {
  'bad-json': { status: 400, title: 'The body is not valid JSON' },
  unauthorised: { status: 401, title: 'The API key is missing or invalid' },
  forbidden: { status: 403, title: 'The API key may not do this' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed' },
  'too-slow': { status: 408, title: 'The body arrives too slowly' },
  'idempotency-conflict': { status: 409, title: 'The idempotency key was used for another request' },
  'user-erased': { status: 410, title: 'The user was erased' },
  'too-large': { status: 413, title: 'The body is too large' },
  'not-json': { status: 415, title: 'The content type is not JSON' },
  'invalid-request': { status: 422, title: 'The request is invalid' },
  'rate-limited': { status: 429, title: 'Too many requests, ratings or wrong keys' },
  internal: { status: 500, title: 'Internal error' },
  'database-unavailable': { status: 503, title: 'The database does not respond' },
  'not-ready': { status: 503, title: 'No model is loaded' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_TYPE = 'application/problem+json';

export const problemSchema = z
  .object({
    type: z.string().openapi({ description: 'URL of the description of this kind of failure.' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string().openapi({ description: 'What is wrong, and what to do.' }),
    requestId: z.string(),
    errors: z
      .array(z.object({ at: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'Each invalid part of the request.' }),
  })
  .openapi('Problem', { description: 'A failure, as defined by RFC 9457.' });

type Problem = z.infer<typeof problemSchema>;

/** A failure that the client is told about. RFC 9457, Problem Details for HTTP APIs. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  readonly errors: Problem['errors'];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    {
      errors,
      headers = {},
      cause,
    }: {
      readonly errors?: Problem['errors'];
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause });
    this.name = 'ApiProblem';
    this.code = code;
    this.errors = errors;
    this.headers = headers;
  }

  toResponse(requestId: string): Response {
    const { status, title } = PROBLEMS[this.code];
    const body: Problem = {
      type: `/api/docs#${this.code}`,
      title,
      status,
      code: this.code,
      detail: this.message,
      requestId,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    };
    return new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store', ...this.headers },
    });
  }
}

/** The failures of a route, for its OpenAPI responses. Every limited route may refuse a client that asked too much. */
export const problems = (...codes: readonly ProblemCode[]) =>
  problemsWithoutLimit(...new Set<ProblemCode>([...codes, 'rate-limited']));

/** The same of a route that no limit counts. */
export function problemsWithoutLimit(
  ...codes: readonly ProblemCode[]
): Record<number, { description: string; content: { [PROBLEM_TYPE]: { schema: typeof problemSchema } } }> {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      status,
      {
        description: of.map((code) => `${PROBLEMS[code].title} (\`${code}\`)`).join('; '),
        content: { [PROBLEM_TYPE]: { schema: problemSchema } },
      },
    ]),
  );
}
