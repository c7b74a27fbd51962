import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { freePort } from './postgres.ts';

export const hasPgbouncer = spawnSync('pgbouncer', ['--version']).status === 0;

/**
 * Starts PgBouncer in transaction mode before a server.
 *
 * @param connections to the server.
 */
export async function startPgbouncer(
  serverUrl: string,
  connections: number,
): Promise<{ readonly url: string; stop(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'cinematch-pgbouncer-'));
  const server = new URL(serverUrl);
  const port = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  const target = `host=127.0.0.1 port=${server.port} user=${server.username}`;
  writeFileSync(
    file,
    `[databases]\n* = ${target}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = ${connections}\nmax_client_conn = 200\n`,
    { mode: 0o644 },
  );
  // It refuses to run as root, and then takes the account that it is given.
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const bouncer = spawn('pgbouncer', [...account, file], { stdio: 'ignore' });
  const url = new URL(serverUrl);
  url.port = String(port);
  await untilReady(url.href);
  return {
    url: url.href,
    stop: () => {
      bouncer.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    },
  };
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const sql = postgres(url, { max: 1, prepare: false });
    try {
      await sql`select 1`;
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await sql.end({ timeout: 0 });
    }
  }
}
