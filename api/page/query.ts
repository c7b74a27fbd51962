/** The query parameters of a view. */
export interface PageQuery {
  /** The text of a parameter; null where it is missing or empty. */
  text(name: string): string | null;
  /** A whole number from 0; null where it is missing or no such number. */
  whole(name: string): number | null;
  /** One of some texts, or null. */
  oneOf<T extends string>(name: string, known: readonly T[]): T | null;
  /** A day, `2026-03-01`, or null. */
  day(name: string): string | null;
}

/** @param read the value of a parameter as it was sent. */
export function queryOf(read: (name: string) => string | undefined): PageQuery {
  const text = (name: string): string | null => read(name) || null;
  return {
    text,
    whole: (name) => (/^\d{1,9}$/.test(text(name) ?? '') ? Number(text(name)) : null),
    oneOf: (name, known) => known.find((one) => one === text(name)) ?? null,
    day: (name) => {
      const sent = text(name);
      return sent !== null && /^\d{4}-\d\d-\d\d$/.test(sent) && !Number.isNaN(Date.parse(sent)) ? sent : null;
    },
  };
}

/** Parameters as text, without those that are null: `signal=rating_mean&from=2026-01-01`. */
export function queryText(parameters: Readonly<Record<string, string | number | null>>): string {
  const set = Object.entries(parameters).flatMap(([name, value]) =>
    value === null ? [] : [[name, String(value)]],
  );
  return new URLSearchParams(set as [string, string][]).toString();
}
