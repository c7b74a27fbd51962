import { z } from '@hono/zod-openapi';

/** The kinds of failure, by the code that programs tell them apart by. */
export const PROBLEMS = {
  'bad-json': { status: 400, title: 'The body is not JSON' },
  unauthorised: { status: 401, title: 'No valid API key' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'idempotency-conflict': { status: 409, title: 'The idempotency key belongs to another request' },
  'too-large': { status: 413, title: 'The body is too large' },
  'not-json': { status: 415, title: 'The body is of another type than JSON' },
  'invalid-request': { status: 422, title: 'The request does not hold' },
  'rate-limited': { status: 429, title: 'Too many ratings' },
  internal: { status: 500, title: 'A fault of the service' },
  'database-unavailable': { status: 503, title: 'The database does not answer' },
  'not-ready': { status: 503, title: 'No model can be served' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_TYPE = 'application/problem+json';

export const problemSchema = z
  .object({
    type: z.string().openapi({ description: 'Where the kind of failure is described.' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string().openapi({ description: 'What was seen, where, and what to do.' }),
    requestId: z.string(),
    errors: z
      .array(z.object({ at: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'Each part of the request that does not hold.' }),
  })
  .openapi('Problem', { description: 'A failure, as RFC 9457 describes them.' });

type Problem = z.infer<typeof problemSchema>;

/**
 * A failure that is told to whoever asked.
 *
 * RFC 9457, Problem Details for HTTP APIs.
 */
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

/** The failures of a route, for its description. */
export function problems(
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
