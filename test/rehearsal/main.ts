import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { closingText, dispatchLine, issueText, releaseText, runLine } from './print.ts';
import { type Rehearsed, rehearse } from './rehearse.ts';
import { verdict } from './verdict.ts';

/**
 * `npm run rehearse`: the workflows of this checkout on this machine, from bootstrap to the closed drift issue.
 *
 * `--quiet` prints only what it came to; `--keep FOLDER` leaves issue, releases and job summaries there, as
 * Markdown, and the issues as JSON for `npm run picture`. Ends 0 when everything holds.
 */
const { values } = parseArgs({
  options: { quiet: { type: 'boolean', default: false }, keep: { type: 'string' } },
});
const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const narrate = values.quiet ? () => {} : print;

const rehearsed = await rehearse({
  onChapter: (title) => narrate(`\n${title}`),
  onDispatch: (workflow, inputs) => narrate(dispatchLine(workflow, inputs)),
  onRun: (run) => narrate(runLine(run)),
});
const { seen } = rehearsed;
for (const issue of seen.issues) narrate(issueText(issue));
for (const release of seen.releases) narrate(releaseText(release, seen.latest));
const findings = verdict(rehearsed);
print(closingText(rehearsed, findings));
if (values.keep !== undefined) print(`Kept in ${keep(resolve(values.keep), rehearsed)}`);
process.exitCode = findings.every(({ holds }) => holds) ? 0 : 1;

function keep(folder: string, { runs, seen: { issues, releases, latest } }: Rehearsed): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'issues.json'), JSON.stringify(issues));
  for (const issue of issues) writeFileSync(join(folder, `issue-${issue.number}.md`), issueText(issue));
  for (const release of releases)
    writeFileSync(join(folder, `${release.tag}.md`), releaseText(release, latest));
  for (const [index, run] of runs.entries()) {
    const name = `run-${String(index + 1).padStart(2, '0')}-${run.workflow}`;
    writeFileSync(join(folder, `${name}-summary.md`), run.summary);
    const logs = Object.entries(run.jobs).flatMap(([id, job]) =>
      job.steps.map((step) => `== ${id}: ${step.title} (${step.outcome})\n${step.log}`),
    );
    writeFileSync(join(folder, `${name}.log`), logs.join('\n'));
  }
  return folder;
}
