import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';

/** Named pipes that know whether a process opened them for reading, by whatever library. */
export interface ReadTraps {
  /** Those that were opened so far. */
  readonly sprung: ReadonlySet<string>;
  close(): void;
}

/**
 * Makes a named pipe at each path and watches it. Who opens a pipe for reading waits until somebody opens it
 * for writing, and that succeeds without waiting only while a reader is there: so no reader is overlooked,
 * and none waits for long.
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
        // ENXIO: nobody has it open.
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
