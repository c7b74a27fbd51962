import { connect, isIP, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

/** SSLRequest: length 8, code 80877103. The server answers S or N. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
/** Time for an interrupted transaction to try its rollback, also on a busy machine. */
const CLOSE_DELAY_MS = 500;
/** ReadyForQuery outside of a transaction: the last message before a connection is idle. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

export interface ServerEndpoint {
  readonly host: string;
  readonly port: number;
  /** Encrypted, with the server's certificate verified. */
  readonly encrypted: boolean;
}

/**
 * A socket to a PostgreSQL server for postgres.js. It is needed for two reasons.
 *
 * When a connection is lost, postgres.js drops its socket before it rejects the query. The rollback of a transaction then
 * throws an exception that cannot be caught, and the process ends (https://github.com/porsager/postgres/issues/1208). So
 * this socket first emits an error, ignores later writes, and closes after the rollback or a short delay, or immediately
 * when it was idle.
 *
 * Small messages are sent immediately (no delay). Otherwise every COPY to a nearby server waits 40 ms.
 */
export class ServerSocket extends Duplex {
  /** postgres.js reads it before it writes. */
  readyState: 'open' | 'closed' = 'open';
  readonly #endpoint: ServerEndpoint;
  readonly #inactivitySeconds: number | null;
  #connection: Socket | undefined;
  /** Connected, and encrypted if required. */
  #isReady = false;
  #isLost = false;
  #isIdle = false;

  /** @param inactivitySeconds time without traffic after which the connection counts as lost; null for no limit. */
  constructor(endpoint: ServerEndpoint, inactivitySeconds: number | null = null) {
    super({ allowHalfOpen: false });
    this.#endpoint = endpoint;
    this.#inactivitySeconds = inactivitySeconds;
    this.once('close', () => {
      this.readyState = 'closed';
    });
  }

  /** Connects. Earlier writes wait. */
  override _construct(done: (error?: Error) => void): void {
    const { host, port, encrypted } = this.#endpoint;
    const plain = connect({ host, port, noDelay: true, keepAlive: true });
    this.#connection = plain;
    // postgres.js buffers its writes until the next turn of the event loop. If the socket closes before that, it waits
    // for ever, so failures are reported after that turn.
    const fail = (error: Error): void => void setImmediate(done, error);
    plain.once('error', fail);
    plain.once('connect', () => {
      const ready = (connection: Socket): void => {
        connection.off('error', fail);
        this.#isReady = true;
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
    const seconds = this.#inactivitySeconds;
    if (seconds === null) return;
    // While this process was suspended, the connection may have ended without a notification.
    connection.setTimeout(1000 * seconds, () => connection.destroy(new Error(`silent for ${seconds} s`)));
  }

  #lose(cause: Error | undefined): void {
    this.#isLost = true;
    // postgres.js has destroyed the socket and does not listen any more.
    if (this.destroyed) return;
    if (this.writableEnded) {
      this.destroy();
      return;
    }
    const { host, port } = this.#endpoint;
    const lost = new Error(`the connection to ${host}:${port} was lost`, { cause });
    this.emit('error', Object.assign(lost, { code: 'CONNECTION_CLOSED' }));
    if (this.#isIdle) setImmediate(() => this.destroy());
    else setTimeout(() => this.destroy(), CLOSE_DELAY_MS);
  }

  /** Node destroys a stream only after its construction, which never ends if the server does not answer. */
  override destroy(error?: Error): this {
    if (!this.#isReady) this.#connection?.destroy(new Error('the connection attempt was cancelled'));
    return super.destroy(error);
  }

  override _read(): void {
    this.#connection?.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#isIdle = false;
    // The events of the connection report a failed write.
    if (this.#isLost) {
      done();
      setImmediate(() => this.destroy());
    } else this.#connection?.write(chunk, () => done());
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
