import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  /**
   * @param path the bundle of the app, or the answer of the bare route. What it logs goes nowhere.
   * @param databaseUrl of the app. @default none
   */
  static async start(kind: 'app' | 'bare', path: string, databaseUrl = ''): Promise<ServerProcess> {
    const child = fork(fileURLToPath(new URL('./server.ts', import.meta.url)), [kind, path], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, DATABASE_URL: databaseUrl },
    });
    const { port } = await nextMessage<{ port: number }>(child);
    return new ServerProcess(child, port);
  }

  /** How long its threads have worked so far, microseconds. */
  async worked(): Promise<number> {
    const answer = nextMessage<{ microseconds: number }>(this.#child);
    this.#child.send('worked');
    return (await answer).microseconds;
  }

  stop(): void {
    this.#child.disconnect();
  }
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const arrived = new AbortController();
  const ended = once(child, 'exit', { signal: arrived.signal }).then(([code]) => {
    throw new Error(`the server ended with ${code}`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: arrived.signal }), ended]);
    return message as T;
  } finally {
    ended.catch(() => {});
    arrived.abort();
  }
}
