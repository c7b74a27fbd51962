import { InvalidArgumentError } from 'commander';

/** An option that takes a whole number from `least` on. */
export function integer(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
    }
    return value;
  };
}

/** An option that takes a number between two bounds, both allowed. */
export function numberBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** What every command that opens the pipeline accepts. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly config?: string;
}
