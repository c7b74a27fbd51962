/** Exit codes of the commands. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** The check found something: drift found, gate refused. */
  found: 3,
} as const;
