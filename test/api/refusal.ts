import { expect } from 'vitest';

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly at: string; readonly message: string }[];
}
/** The problem that an answer is; it is told as one, with the id of the request. */
export async function refusal(answer: Response | Promise<Response>): Promise<Problem> {
  const response = await answer;
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await response.json()) as Problem;
  expect(problem.status).toBe(response.status);
  expect(problem.requestId).toBe(response.headers.get('x-request-id'));
  expect(problem.title).not.toBe('');
  return problem;
}
/** The parts of a request that do not hold. */
export const errorsOf = async (answer: Promise<Response>) => {
  const { status, errors } = await refusal(answer);
  expect(status).toBe(422);
  return errors;
};
