import { Duplex } from 'node:stream';
import type { Pglite } from './load-pglite.ts';

const code = (letter: string): number => letter.charCodeAt(0);
const QUERY = code('Q');
const SYNC = code('S');
const FLUSH = code('H');
const COPY_DATA = code('d');
const COPY_DONE = code('c');
const COPY_FAIL = code('f');
const TERMINATE = code('X');
const COPY_IN_RESPONSE = code('G');

const COPY_FROM_STDIN = /^\s*copy\s[\s\S]*\sfrom\s+stdin\b/i;
/** CopyInResponse: binary, without columns, which the client does not read. */
const COPY_IN_BEGINS = Buffer.from([COPY_IN_RESPONSE, 0, 0, 0, 7, 1, 0, 0]);

/**
 * A socket to a PGlite in this process. It uses PostgreSQL's wire protocol, so the same client works with the embedded
 * database and a server.
 *
 * PGlite processes one buffer at a time and fails when the buffer ends before a complete exchange. So messages are
 * collected up to the one that requires a response. A COPY from the client is collected completely: the socket itself
 * sends the CopyInResponse, and PGlite gets the COPY after its last row.
 *
 * Protocol: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export class PgliteSocket extends Duplex {
  /** postgres.js reads it before it writes. */
  readyState: 'open' | 'closed' = 'open';
  readonly #database: Pglite;
  #unread: Buffer = Buffer.alloc(0);
  #pending: Buffer[] = [];
  #started = false;
  #copying = false;

  constructor(database: Pglite) {
    super({ allowHalfOpen: false });
    this.#database = database;
    this.once('close', () => {
      this.readyState = 'closed';
    });
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#receive(chunk).then(() => done(), done);
  }

  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  async #receive(chunk: Buffer): Promise<void> {
    const bytes = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    let at = 0;
    for (;;) {
      // The first message has no type byte. The length includes itself and the following bytes.
      const lengthAt = at + (this.#started ? 1 : 0);
      if (bytes.length < lengthAt + 4) break;
      const end = lengthAt + bytes.readUInt32BE(lengthAt);
      if (bytes.length < end) break;
      // Copied, because the client reuses its buffer after the write.
      const message = Buffer.from(bytes.subarray(at, end));
      at = end;
      await this.#handle(message);
    }
    this.#unread = Buffer.from(bytes.subarray(at));
  }

  async #handle(message: Buffer): Promise<void> {
    if (!this.#started) {
      this.#started = true;
      this.#pending.push(message);
      return this.#answer();
    }
    const type = message[0];
    const ofCopy = type === COPY_DATA || type === COPY_DONE || type === COPY_FAIL;
    if (type === TERMINATE) {
      this.end();
      return;
    }
    // The rest of a cancelled COPY. A server ignores it as well.
    if (ofCopy && !this.#copying) return;
    this.#pending.push(message);
    if (type === QUERY && COPY_FROM_STDIN.test(message.toString('utf8', 5, message.length - 1))) {
      this.#copying = true;
      this.push(COPY_IN_BEGINS);
    } else if (type === COPY_DONE || type === COPY_FAIL) {
      this.#copying = false;
      await this.#answer({ copied: true });
    } else if (type === QUERY || type === SYNC || type === FLUSH) {
      await this.#answer();
    }
  }

  async #answer({ copied = false } = {}): Promise<void> {
    const request = Buffer.concat(this.#pending);
    this.#pending = [];
    let awaitingGoAhead = copied;
    const forward = (data: Uint8Array): void => {
      // Copied, because PGlite reuses the memory.
      let answer = Buffer.from(data);
      if (awaitingGoAhead && answer[0] === COPY_IN_RESPONSE)
        answer = answer.subarray(1 + answer.readUInt32BE(1));
      awaitingGoAhead = false;
      if (answer.length > 0) this.push(answer);
    };
    await this.#database.runExclusive(() =>
      this.#database.execProtocolRawStream(request, { onRawData: forward }),
    );
  }
}
