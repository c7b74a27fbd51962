import { connect, isIP, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

/** "May we speak TLS?": length 8, code 80877103. The server answers S or N. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
/** Long enough for a transaction that was cut off to try its rollback. */
const FAREWELL_MS = 50;
/** "Ready for a query, in no transaction": what a server says last before a connection idles. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

export interface ServerEndpoint {
  readonly host: string;
  readonly port: number;
  /** Encrypted, with the server's certificate verified. */
  readonly encrypted: boolean;
}

/**
 * The connection to a PostgreSQL server as postgres.js needs it, for two reasons.
 *
 * When a connection is lost, postgres.js drops its socket before it rejects the query; a transaction then
 * writes its rollback to nothing, and the process ends with an exception nobody can catch
 * (https://github.com/porsager/postgres/issues/1208). So a loss is told here as an error first, what is
 * written after it goes nowhere, and the close follows a moment later, at once where nothing was asked.
 *
 * And small messages go out at once. Without that, every COPY to a server nearby waits 40 ms.
 */
export class ServerSocket extends Duplex {
  /** What postgres.js looks at to see whether it may still write. */
  readyState: 'open' | 'closed' = 'open';
  readonly #endpoint: ServerEndpoint;
  readonly #silenceSeconds: number | null;
  #connection: Socket | undefined;
  /** Connected, and encrypted where it has to be. */
  #isMade = false;
  #isLost = false;
  #isIdle = false;

  /** @param silenceSeconds how long nothing may be said before the connection is taken as lost; without it, for ever. */
  constructor(endpoint: ServerEndpoint, silenceSeconds: number | null = null) {
    super({ allowHalfOpen: false });
    this.#endpoint = endpoint;
    this.#silenceSeconds = silenceSeconds;
    this.once('close', () => {
      this.readyState = 'closed';
    });
  }

  /** Connects; what is written meanwhile waits. */
  override _construct(done: (error?: Error) => void): void {
    const { host, port, encrypted } = this.#endpoint;
    const plain = connect({ host, port, noDelay: true, keepAlive: true });
    this.#connection = plain;
    // postgres.js collects what it writes until the next turn. A socket that is closed before makes it wait for ever,
    // and it writes to no other either; so no end is told before that turn.
    const fail = (error: Error): void => void setImmediate(done, error);
    plain.once('error', fail);
    plain.once('connect', () => {
      const ready = (connection: Socket): void => {
        connection.off('error', fail);
        this.#isMade = true;
        this.#adopt(connection);
        done();
      };
      if (encrypted) this.#encrypt(plain, ready, fail);
      else ready(plain);
    });
  }

  #encrypt(plain: Socket, ready: (connection: Socket) => void, fail: (error: Error) => void): void {
    const { host, port } = this.#endpoint;
    plain.once('data', (answer) => {
      if (answer.toString('latin1') !== 'S') {
        const refused = new Error(`the server at ${host}:${port} does not speak TLS`);
        fail(Object.assign(refused, { code: 'ERR_TLS_REFUSED' }));
        return;
      }
      plain.off('error', fail);
      const secure = connectTls({ socket: plain, host, ...(isIP(host) ? {} : { servername: host }) });
      this.#connection = secure;
      secure.once('error', fail);
      secure.once('secureConnect', () => ready(secure));
    });
    plain.write(SSL_REQUEST);
  }

  #adopt(connection: Socket): void {
    let cause: Error | undefined;
    connection.on('data', (bytes) => {
      this.#isIdle = bytes.subarray(-READY.length).equals(READY);
      if (!this.push(bytes)) connection.pause();
    });
    connection.on('error', (error) => {
      cause = error;
    });
    connection.once('close', () => this.#lose(cause));
    const seconds = this.#silenceSeconds;
    if (seconds === null) return;
    // Whoever froze this process and woke it later may have ended the connection without a word.
    connection.setTimeout(1000 * seconds, () => connection.destroy(new Error(`silent for ${seconds} s`)));
  }

  #lose(cause: Error | undefined): void {
    this.#isLost = true;
    // Given up by postgres.js, which listens no more.
    if (this.destroyed) return;
    if (this.writableEnded) {
      this.destroy();
      return;
    }
    const { host, port } = this.#endpoint;
    const lost = new Error(`the connection to ${host}:${port} was lost`, { cause });
    this.emit('error', Object.assign(lost, { code: 'CONNECTION_CLOSED' }));
    if (this.#isIdle) setImmediate(() => this.destroy());
    else setTimeout(() => this.destroy(), FAREWELL_MS);
  }

  /** A stream that is still being made is not destroyed before it is, which may be never: a server can fall silent. */
  override destroy(error?: Error): this {
    if (!this.#isMade) this.#connection?.destroy(new Error('it was given up'));
    return super.destroy(error);
  }

  override _read(): void {
    this.#connection?.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#isIdle = false;
    // A failed write is told by the connection's own events.
    if (this.#isLost) done();
    else this.#connection?.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#connection?.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#connection?.destroy();
    done(error);
  }
}
