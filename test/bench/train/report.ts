import { median } from 'simple-statistics';
import { type Outcome, timesAsFast } from './race.ts';

export type Print = (line: string) => void;

export interface Column {
  /** Title of the column, with the unit. */
  readonly title: string;
  readonly format: (seconds: number) => string;
}

export const milliseconds: Column = { title: 'ms', format: (seconds) => (1e3 * seconds).toFixed(1) };
export const microseconds: Column = { title: 'µs', format: (seconds) => (1e6 * seconds).toFixed(1) };

const NAME_WIDTH = 34;
const LEAST_WIDTH = 10;

/** A line for each contestant: its median, and its speed relative to each reference. */
export function printRace(
  print: Print,
  outcomes: readonly Outcome[],
  references: readonly string[],
  { title, format }: Column = milliseconds,
): void {
  const against = references.flatMap((name) => outcomes.find((outcome) => outcome.name === name) ?? []);
  const titles = [title, ...against.map(({ name }) => `vs ${name}`)];
  const row = (name: string, cells: readonly string[]): string => {
    const padded = cells.map((cell, at) => cell.padStart(Math.max(LEAST_WIDTH, titles[at]?.length ?? 0)));
    return `  ${name.padEnd(NAME_WIDTH)}${padded.join('   ')}`;
  };
  print(row('', titles));
  for (const outcome of outcomes) {
    const ratios = against.map((reference) => times(timesAsFast(outcome, reference)));
    print(row(outcome.name, [format(median([...outcome.seconds])), ...ratios]));
  }
}

/** Three significant digits. */
export function times(ratio: number): string {
  return `${ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)} ×`;
}

export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly unit: string;
}

export function printGoal(print: Print, { what, value, atLeast, atMost, unit }: Goal): void {
  const met = value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
  const goal = atLeast !== undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  print(`  goal ${met ? 'met' : 'missed'}: ${what}: ${value.toPrecision(3)} ${unit} (${goal} ${unit})`);
}

/** Prints the ratio of two contestants as a goal, or that one of them is missing. */
export function printRatioGoal(
  print: Print,
  outcomes: readonly Outcome[],
  {
    ours,
    reference,
    atLeast,
  }: { readonly ours: string; readonly reference: string; readonly atLeast: number },
): void {
  const [one, other] = [ours, reference].map((name) => outcomes.find((outcome) => outcome.name === name));
  if (one === undefined || other === undefined) {
    print(`  goal not measured: ${ours} / ${reference} (at least ${atLeast} ×)`);
    return;
  }
  printGoal(print, { what: `${ours} / ${reference}`, value: timesAsFast(one, other), atLeast, unit: '×' });
}
