import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { failureSummary } from '../../pipeline/reports/failure-summary.ts';
import { type JobSummary, jobSummary } from '../../pipeline/reports/job-summary.ts';
import { messageToCell, messageToMarkdown } from '../../pipeline/reports/message-markdown.ts';
import { publishSummary } from '../../pipeline/stages/release/publish-summary.ts';
import { gateSummary } from '../../pipeline/stages/training/training-summary.ts';
import { gate, manifest } from '../support/report-samples.ts';
import { run, sampleSummaries } from '../support/summary-samples.ts';

const golden = (name: string): string => join(import.meta.dirname, '../golden/summaries', `${name}.md`);

const PLAIN = sampleSummaries('spring/week 09.csv');
const HOSTILE = sampleSummaries(
  '</details><img src=x> @octocat #1 [x](javascript:alert) | a `b\n\n# c\r\n```mermaid\n*d* https://evil.example\u202e',
);

/** Without what stands between fences, which shows as it is. */
const outsideFences = (markdown: string): string => markdown.replace(/^(`{3,})[\s\S]*?^\1$/gm, '');

/** Without what stands between backticks as well. */
const outsideCode = (markdown: string): string =>
  outsideFences(markdown).replace(/(?<!\\)`[^`\n]*`/g, 'code');

describe('the summary of', () => {
  it.each(Object.entries(PLAIN))('%s is what a person would want to receive', async (name, text) => {
    await expect(text).toMatchFileSnapshot(golden(name));
  });

  it.each(Object.entries(PLAIN))('%s begins with a verdict and holds no broken value', (_, text) => {
    expect(text).toMatch(/^> \[!(NOTE|WARNING|CAUTION)\]\n> \*\*\S.*\S\*\*\n/);
    expect(text).not.toMatch(/\b(NaN|null|undefined|Infinity)\b|\[object/);
  });

  it.each(Object.entries(HOSTILE))('%s lets words from outside do nothing', (_, text) => {
    const shown = outsideCode(text);
    expect(shown).not.toMatch(/<(?!\/?(details|summary)>)/);
    expect(shown.split('<details>')).toHaveLength(shown.split('</details>').length);
    expect(shown).not.toMatch(/(?<!\w)[@#](?!\u200b)\w/);
    expect(shown).not.toMatch(/^\s*(#|```)/m);
    expect(shown).not.toMatch(/(?<!\\)\]\((?!https:\/\/(github\.com\/octo\/films|films\.vercel\.app))/);
    expect(shown).not.toContain('://evil.example');
    expect(shown).not.toContain('\u202e');
  });

  it.each(Object.entries(HOSTILE))('%s keeps its tables whole', (_, text) => {
    const lines = outsideFences(text).split('\n');
    const bars = (line: string): number => (line.match(/(?<!\\)\|/g) ?? []).length;
    const tables = lines.flatMap((line, index) =>
      line.startsWith('| ') && !lines[index - 1]?.startsWith('| ') ? [index] : [],
    );
    for (const first of tables) {
      for (let row = first; lines[row]?.startsWith('| '); row++) {
        expect(lines[row]).toSatisfy((line: string) => bars(line) === bars(lines[first] as string));
      }
    }
  });
});

describe('a summary', () => {
  const summary: JobSummary = {
    verdict: { tone: 'good', text: 'Done.' },
    sections: ['first '.repeat(20), 'second '.repeat(20)],
    rejects: { header: ['Row'], rows: [['1'.repeat(100)]], total: 1, url: null },
    next: [{ text: 'Read on', url: 'https://github.com/octo/films' }],
  };
  const bytes = Buffer.byteLength(jobSummary(summary));

  it('says with the embedded database where the ratings are and how to change that, and nothing with a server', () => {
    const embedded = { home: 'embedded', description: 'PGlite in .cinematch/pg' } as const;
    const text = jobSummary({ ...summary, store: embedded });
    expect(text).toContain(
      '`DATABASE_URL` is not set: the ratings are in an embedded Postgres. Its data directory passes from run to run as the artifact `cinematch-state`.',
    );
    expect(text).toContain('New repository secret');
    const server = { home: 'postgres', description: 'db.example.org:5432/cinematch' } as const;
    expect(jobSummary({ ...summary, store: server })).toBe(jobSummary(summary));
  });

  it('that fits is whole to the byte', () => {
    expect(jobSummary(summary, bytes)).toContain('rejected row');
    expect(jobSummary(summary, bytes)).not.toContain('Left out');
  });

  it('that is a byte too long loses its rejects first, and says so', () => {
    const text = jobSummary(summary, bytes - 1);
    expect(text).toContain('_Left out, because GitHub shows at most 1 MiB per step: the rejected rows._');
    expect(text).toContain('second');
    expect(text).not.toContain('1111');
  });

  it('that is still too long loses its last section next', () => {
    const text = jobSummary(summary, 360);
    expect(text).toContain('the rejected rows and one section._');
    expect(text).toContain('first');
    expect(text).not.toContain('second');
    expect(text).toContain('Read on');
  });

  it('keeps its verdict whatever else has to go', () => {
    const text = jobSummary(summary, 10);
    expect(text).toContain('> **Done.**');
    expect(text).toContain('the rejected rows and 2 sections._');
  });

  it('stays below what GitHub takes when a hundred thousand rows and batches come together', () => {
    const text = jobSummary({
      verdict: summary.verdict,
      timeline: Array.from({ length: 100_000 }, (_, index) => ({ stage: `batch ${index}`, seconds: 1 })),
      rejects: {
        header: ['Row'],
        rows: Array.from({ length: 100_000 }, (_, index) => [`row ${index}`]),
        total: 100_000,
        url: 'https://github.com/octo/films/actions/runs/1/artifacts/2',
      },
    });
    expect(Buffer.byteLength(text)).toBeLessThan(2 ** 20);
    expect(text).toContain('and 99,900 more');
    expect(text).toContain('The first 20 of 100,000 rejected rows');
    expect(text).toContain('row 19 ');
    expect(text).not.toContain('row 20 ');
  });

  it('links to what is an address and names what is none', () => {
    const lines = (url: string): string => jobSummary({ ...summary, next: [{ text: 'It', url }] });
    expect(lines('https://github.com/octo/films')).toContain('- [It](https://github.com/octo/films)');
    for (const url of ['javascript:alert(1)', '.cinematch/forge/issue.json', 'https://a.example/) [x](y']) {
      expect(lines(url)).toContain('- It\n');
    }
  });
});

describe('a failure', () => {
  it('leads with its cause, then the command that mends it', () => {
    const text = failureSummary({
      action: 'deploy-model',
      code: 'forge-missing',
      message: 'There is no release model-v9.',
      remedy: 'See which there are: `gh release list`.',
      run,
    });
    expect(text.split('\n\n').slice(0, 4)).toEqual([
      '> [!CAUTION]\n> **deploy-model failed: `forge-missing`**',
      'There is no release model-v9.',
      '**What to do**',
      'See which there are: `gh release list`.',
    ]);
    expect(text).toContain('`gh run rerun 812 --failed`');
    expect(text).toContain('https://github.com/octo/films/blob/HEAD/docs/operations.md');
  });

  it('that is a bug keeps its stack inside the block that shows it', () => {
    const text = HOSTILE['failure-bug'] as string;
    expect(text).toContain('    at fit (pipeline/train/sgd-mf.ts:12:3)');
    const fence = /^(`{3,})text$/m.exec(text)?.[1] as string;
    expect(text.split('\n').filter((line) => line === fence)).toHaveLength(1);
    expect(outsideCode(text)).not.toContain('<img');
  });

  it('outside a runner knows no run to repeat', () => {
    const text = failureSummary({ action: 'train-model', code: 'usage', message: 'No.', remedy: null });
    expect(text).not.toContain('gh run');
    expect(text).toContain('- `docs/operations.md` explains `usage`');
  });
});

test('a refused model is said to be refused, with what keeps serving', () => {
  const refused = {
    ...gate,
    outcome: 'refuse' as const,
    rules: gate.rules.map((rule, index) => ({ ...rule, passed: index > 0 })),
  };
  expect(gateSummary({ manifest, gate: refused })).toContain(
    '> [!WARNING]\n> **The gate refused model v13: v12 keeps serving. 1 of 2 rules failed.**',
  );
  const published = publishSummary({
    manifest,
    gate: refused,
    release: null,
    attested: false,
    store: { home: 'postgres', description: 'db' },
  });
  expect(published).toContain('> **Model v13 is not released: the gate refused it, v12 keeps serving.**');
  expect(published).not.toContain('ttested');
});

test('the first model passes without a champion to beat', () => {
  expect(gateSummary({ manifest: { version: 1, parent: null }, gate: null })).toContain(
    '**Model v1 passes: it is the first model, so there is no champion to beat.**',
  );
});

describe('a sentence that quotes', () => {
  it('keeps its code as code and shows the rest as it is', () => {
    expect(messageToMarkdown('Set `a_b` to *x*, then run `c | d`.')).toBe(
      'Set `a_b` to \\*x\\*, then run `c | d`.',
    );
    expect(messageToCell('run `c | d` | e')).toBe('run `c \\| d` \\| e');
  });

  it('with one backtick too many has no code at all', () => {
    expect(messageToMarkdown('a ` b `c` d')).toBe('a \\` b \\`c\\` d');
  });
});
