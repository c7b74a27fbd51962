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
/** CopyInResponse: binary, and no word about columns, which the client does not read. */
const COPY_IN_BEGINS = Buffer.from([COPY_IN_RESPONSE, 0, 0, 0, 7, 1, 0, 0]);

/**
 * A socket whose other end is a PGlite in this process. It speaks PostgreSQL's wire protocol, so the same
 * client code serves the embedded database and a server.
 *
 * PGlite answers one buffer at a time and ends when that buffer stops in the middle of a conversation. So
 * messages are gathered up to the one that asks for an answer, and a COPY from the client is gathered whole:
 * the client is told to go ahead, and PGlite hears of the COPY when its last row is here.
 *
 * Protocol: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export class PgliteSocket extends Duplex {
  /** What postgres.js looks at to see whether it may still write. */
  readyState: 'open' | 'closed' = 'open';
  readonly #database: Pglite;
  #unread: Buffer = Buffer.alloc(0);
  #gathered: Buffer[] = [];
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
      // The first message has no type byte; every length counts itself and what follows.
      const lengthAt = at + (this.#started ? 1 : 0);
      if (bytes.length < lengthAt + 4) break;
      const end = lengthAt + bytes.readUInt32BE(lengthAt);
      if (bytes.length < end) break;
      // Copied, because the client reuses its buffer once a write is done.
      const message = Buffer.from(bytes.subarray(at, end));
      at = end;
      await this.#handle(message);
    }
    this.#unread = Buffer.from(bytes.subarray(at));
  }

  async #handle(message: Buffer): Promise<void> {
    if (!this.#started) {
      this.#started = true;
      this.#gathered.push(message);
      return this.#answer();
    }
    const type = message[0];
    const ofCopy = type === COPY_DATA || type === COPY_DONE || type === COPY_FAIL;
    if (type === TERMINATE) {
      this.end();
      return;
    }
    // Left over from a COPY that was given up; a server would ignore them as well.
    if (ofCopy && !this.#copying) return;
    this.#gathered.push(message);
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
    const request = Buffer.concat(this.#gathered);
    this.#gathered = [];
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
