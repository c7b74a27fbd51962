import { createServer } from 'node:http';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A proxy between forge and GitHub that changes responses, as older or faulty servers do. */
export async function startAltering(
  target: string,
  alter: (answer: { readonly path: string; readonly status: number }, body: string) => Answer,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '/';
    const { method = 'GET', headers } = request;
    const answer = await fetch(`${target}${path}`, {
      method,
      redirect: 'manual',
      headers: { authorization: headers.authorization ?? '', accept: headers.accept ?? '' },
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    const { status, body } = alter({ path, status: answer.status }, await answer.text());
    const kept = ['content-type', 'location', 'link'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    response.writeHead(status, Object.fromEntries(kept)).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
