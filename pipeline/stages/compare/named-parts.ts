import type { DriftCheck } from '../../drift/signal.ts';

/** What a user or a movie is called, by its number. */
type NameOf = (id: number) => string;

/** A check in which users and movies are named as in the compared files. */
export function withNames(check: DriftCheck, userName: NameOf, movieName: NameOf): DriftCheck {
  const named = (kind: string, label: string): string => {
    const nameOf = { movie: movieName, user: userName }[kind];
    return nameOf === undefined || !/^\d+$/.test(label) ? label : nameOf(Number(label));
  };
  return {
    ...check,
    findings: check.findings.map((finding) => ({
      ...finding,
      who: finding.who.map((label) => named(finding.of, label)),
    })),
    contributors: check.contributors.map((part) => ({ ...part, label: named(part.kind, part.label) })),
    explanations: check.explanations.map((explanation) => ({
      ...explanation,
      contributions: explanation.contributions.map((one) => ({
        ...one,
        parts: one.parts.map((part) => ({ ...part, label: named(one.partition, part.label) })),
      })),
      influence: explanation.influence.map((one) => ({ ...one, label: named(one.kind, one.label) })),
    })),
  };
}
