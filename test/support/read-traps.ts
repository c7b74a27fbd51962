import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';

/** Named pipes that record whether a process opened them for reading, with any library. */
export interface ReadTraps {
  /** Paths that were opened so far. */
  readonly sprung: ReadonlySet<string>;
  close(): void;
}

/**
 * Makes a named pipe at each path and watches it. A process that opens a pipe for reading blocks until another opens it
 * for writing. A non-blocking open for writing succeeds only while there is a reader. So every reader is found and
 * soon released.
 */
export function setReadTraps(paths: readonly string[]): ReadTraps {
  execFileSync('mkfifo', paths);
  const sprung = new Set<string>();
  const look = (): void => {
    for (const path of paths) {
      try {
        closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
        sprung.add(path);
      } catch (error) {
        // ENXIO: no process has it open.
        if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
      }
    }
  };
  const timer = setInterval(look, 5);
  return {
    sprung,
    close: () => {
      clearInterval(timer);
      look();
    },
  };
}
