import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Compiler } from './compiler.ts';

/** A reference in C. It reads one command a line, and prints a number for each. */
export class CProgram {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  /**
   * Compiles a file of `reference/` and starts it.
   *
   * @param binary path of the program.
   * @throws Error when it does not compile.
   */
  constructor(
    compiler: Compiler,
    source: string,
    flags: readonly string[],
    binary: string,
    args: readonly string[],
  ) {
    const path = fileURLToPath(new URL(`./reference/${source}`, import.meta.url));
    execFileSync(compiler.command, [...flags, '-o', binary, path, '-lm'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#child = spawn(binary, args);
    this.#child.stderr.pipe(process.stderr);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error when the program has ended. */
  async ask(order: string): Promise<number> {
    this.#child.stdin.write(`${order}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the reference in C ended at: ${order}`);
    return Number(value);
  }

  close(): void {
    this.#child.stdin.end();
  }
}
