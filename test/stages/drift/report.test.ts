import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DriftCheck, SignalResult } from '../../../pipeline/drift/signal.ts';
import { DRIFT_SIGNALS } from '../../../pipeline/drift/signals/list.ts';
import type { BatchCheck } from '../../../pipeline/reports/charts/effect-panels.ts';
import { html, trusted } from '../../../pipeline/reports/html.ts';
import {
  type BufferReport,
  driftReportHtml,
  type FileReport,
} from '../../../pipeline/stages/drift/report/drift-report.ts';
import type { GainRecord } from '../../../pipeline/store/retraining-gains.ts';
import { driftCheck, driftIssue, flood, labelled } from '../../support/report-samples.ts';

/** Levels of a set of ratings: this many of 0.5★, twice as many of 1★, and so on. */
const levels = (first: number) => Array.from({ length: 10 }, (_, level) => first * (level + 1));

/** A check of one batch that found this effect of the mean per user, and judged it. */
const batchCheck = (
  batchId: number,
  day: string,
  effect: number,
  verdict: SignalResult['verdict'],
): BatchCheck => ({
  checkedAt: new Date(`${day}T09:30:00Z`),
  modelVersion: batchId < 4 ? 11 : 12,
  batchId,
  signals: driftCheck.signals
    .filter(({ name }) => name === 'user_mean_shift')
    .map((signal) => ({ ...signal, effect, verdict, interval: [effect - 0.05, effect + 0.05] })),
});

const gainOf = (batchId: number, kind: GainRecord['kind'], gain: number): GainRecord => ({
  kind,
  modelVersion: 12,
  batchId,
  timeWindow: 0,
  newShare: 0.1,
  gain: {
    ratings: 900,
    users: 60,
    rmse: { before: 0.9, after: 0.9 * (1 - gain), gain, interval: [gain - 0.004, gain + 0.004] },
    ndcgAt10: null,
  },
  measuredAt: new Date('2026-03-01T09:30:00Z'),
});

const report: BufferReport = {
  ...driftIssue,
  check: {
    ...driftCheck,
    reference: { ...driftCheck.reference, ratings: 55_000, levels: levels(1_000) },
    windows: driftCheck.windows.map((window) => ({
      ...window,
      ratings: 5_500,
      levels: levels(100).reverse(),
    })),
  },
  batches: [batchCheck(3, '2026-02-21', -0.02, 'ok'), batchCheck(4, '2026-02-28', 0.06, 'watch')],
  gain: {
    gains: [{ kind: 'expected', metric: 'RMSE', gain: 0.008, interval: [0.002, 0.014] }],
    measured: gainOf(7, 'measured', 0.012).gain,
    realised: null,
    minGain: 0.005,
  },
  gainHistory: [
    gainOf(7, 'measured', 0.012),
    gainOf(5, 'realised', 0.021),
    gainOf(5, 'curve', -0.001),
    { ...gainOf(7, 'curve', 0.5), timeWindow: 1 },
  ],
  run: { commit: 'd'.repeat(40), url: 'https://github.com/octo/films/actions/runs/812' },
  issue: { number: 41, location: 'https://github.com/octo/films/issues/41' },
};
const page = driftReportHtml(report);

/** The names of the elements as they open and close; fails where one closes that is not open. */
function openElements(markup: string): readonly string[] {
  const alone = new Set(['meta', 'link', 'br']);
  const open: string[] = [];
  const all: string[] = [];
  const body = markup.replace(/<style>[\s\S]*?<\/style>/, '');
  for (const [, close, name = '', own] of body.matchAll(
    /<(\/?)([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*?)?(\/?)>/g,
  )) {
    if (close === '/') expect(open.pop()).toBe(name);
    else {
      all.push(name);
      if (own === '' && !alone.has(name)) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return all;
}

const quiet: DriftCheck = {
  ...driftCheck,
  verdict: 'insufficient',
  contributors: [],
  signals: driftCheck.signals.map((signal) => ({
    ...signal,
    value: null,
    effect: null,
    interval: null,
    verdict: 'insufficient',
    note: '1 user, 50 are needed',
  })),
};

describe('the drift report', () => {
  it('is what a person would want to receive', async () => {
    await expect(page).toMatchFileSnapshot(join(import.meta.dirname, '../../golden/drift-report.html.txt'));
  });

  it('is one whole page with one first heading, in which every element ends', () => {
    const elements = openElements(page);
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(elements.filter((name) => name === 'h1')).toHaveLength(1);
    expect(elements.filter((name) => name === 'h2')).toHaveLength(6);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, names = ''] of page.matchAll(/ aria-labelledby="([^"]+)"/g)) {
      expect(ids).toEqual(expect.arrayContaining(names.split(' ')));
    }
  });

  it('asks nobody for anything and runs nothing', () => {
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"`,
    );
    expect(openElements(page)).not.toEqual(expect.arrayContaining(['script', 'img', 'iframe', 'object']));
    expect(page).not.toMatch(/\s(src|srcset|on\w+)=|@import|url\(/);
    const addresses = [...page.matchAll(/ href="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses).toEqual(['data:,', report.issue?.location, report.run?.url]);
  });

  it('names and describes every drawing, and has a table beside each', () => {
    const drawings = page.match(/<svg role="img"[\s\S]*?<\/desc>/g) ?? [];
    // Gains, all signals, levels, one signal over batches, contributions to two signals.
    expect(drawings).toHaveLength(6);
    for (const drawing of drawings) {
      expect(drawing).toMatch(/<title id="[\w-]+">\S[^<]+<\/title>\n<desc id="[\w-]+">\S[^<]+\.<\/desc>/);
    }
    for (const label of [
      'Gains of retraining over batches',
      'All signals',
      'Share of each rating level',
      'Every signal over batches',
      'By movie: +0.241★',
    ]) {
      expect(page).toContain(`role="region" aria-label="${label}" tabindex="0"`);
    }
  });

  it('draws the share of each level: bars as high as shares, before beside now', () => {
    const bars = [
      ...page.matchAll(
        /<rect class="(before|now)" x="([\d.]+)%" y="[\d.]+" width="[\d.]+%" height="([\d.]+)"/g,
      ),
    ];
    const heights = (side: string) =>
      bars.filter(([, of]) => of === side).map(([, , , height]) => Number(height));
    expect(heights('before')).toHaveLength(10);
    expect(heights('before')).toEqual(heights('now').toReversed());
    expect((heights('before')[9] ?? 0) / (heights('before')[0] ?? 1)).toBeCloseTo(10, 1);
    // 1,000 of 55,000 ratings.
    expect(page).toContain('0.5★: 1.8% before, 18.2% now;');
  });

  it('draws no levels of a check that has none', () => {
    const text = driftReportHtml({ ...report, check: driftCheck });
    expect(text).not.toContain('How the ratings are distributed');
  });

  it('draws each batch with the verdict it had, its interval, and where another model began to serve', () => {
    const [panel = ''] =
      /<svg role="img" aria-labelledby="panel-user-mean-shift[\s\S]*?\n<\/svg>/.exec(page) ?? [];
    const verdicts = [...panel.matchAll(/<g class="(\w+)"><line class="whisker"/g)].map(
      ([, verdict]) => verdict,
    );
    expect(verdicts).toEqual(['ok', 'watch', 'drift']);
    expect(panel.match(/class="change"/g)).toHaveLength(1);
    expect(panel).toContain('<title>model v12</title>');
    expect(panel.match(/class="bar"/g)).toHaveLength(2);
    expect(page).toContain('+0.06★ [+0.01★, +0.11★] <span class="word watch">watch</span>');
  });

  it('draws gains on batches, and no point of the learning curve on older ratings', () => {
    const [chart = ''] = /<svg role="img" aria-labelledby="gains-title[\s\S]*?\n<\/svg>/.exec(page) ?? [];
    const kinds = [...chart.matchAll(/<g class="(\w+)"><line class="whisker"/g)].map(([, kind]) => kind);
    expect(kinds).toEqual(['realised', 'curve', 'measured']);
    expect(chart).toContain('batch 5, realised by a training: +2.1%');
    expect(chart).toContain('worth a training: 0.5%');
    expect(chart).not.toContain('+50.0%');
  });

  it('draws contributions from a common zero, as long as they are', () => {
    const [bars = ''] = /<svg role="img" aria-labelledby="part-1-1 [\s\S]*?\n<\/svg>/.exec(page) ?? [];
    const widths = [...bars.matchAll(/<rect class="rises" x="1.00%" y="\d+" width="([\d.]+)%"/g)].map(
      ([, width]) => Number(width),
    );
    expect(widths).toHaveLength(2);
    expect((widths[0] ?? 0) / (widths[1] ?? 1)).toBeCloseTo(0.2145 / 0.0255, 1);
  });

  it('reports a comparison of files with their names and without a model', () => {
    const files: FileReport = {
      check: {
        ...report.check,
        quality: [
          { batch: 1, kind: 'rating-step', severity: 'severe', seen: 'x', expected: 'y', remedy: 'z' },
        ],
      },
      checkedAt: report.checkedAt,
      movieTitle: report.movieTitle,
      baseline: 'train.csv',
      current: ['week-1.csv', '<week-2>.csv'],
    };
    const text = driftReportHtml(files);
    openElements(text);
    expect(text).toContain('<h1>Drift: week-1.csv, &lt;week-2&gt;.csv against train.csv — ');
    expect(text).toContain('against train.csv: ');
    expect(text).toContain('<th scope="row">week-1.csv</th>');
    expect(text).toContain('newest: &lt;week-2&gt;.csv');
    expect(text).not.toMatch(/model v|champion was|Retraining|ledger|undefined/);
  });

  it('places an effect by its threshold: twice the threshold is twice as far from zero', () => {
    const at = (effect: number): number => {
      const signal: SignalResult = {
        ...(driftCheck.signals[2] as SignalResult),
        effect,
        interval: null,
        verdict: 'ok',
      };
      const signals = [{ ...signal, effect: 0.3 }, { ...signal, effect: -0.15 }, signal];
      const text = driftReportHtml({
        ...report,
        batches: [],
        gainHistory: [],
        check: { ...driftCheck, signals },
      });
      return (
        [...text.matchAll(/<circle class="mark hollow" cx="([\d.]+)%"/g)].map(([, x]) => Number(x))[2] ??
        Number.NaN
      );
    };
    expect(at(0.2) - at(0)).toBeCloseTo(2 * (at(0.1) - at(0)), 1);
    expect(at(-0.1) - at(0)).toBeCloseTo(at(0) - at(0.1), 1);
  });

  it('shows this check last, and none that came after it', () => {
    const text = driftReportHtml({
      ...report,
      batches: [...report.batches, batchCheck(9, '2026-03-09', 0.99, 'drift')],
    });
    expect(text).toContain('From batch 3: −0.02★, ok, to batch 7: +0.24★, drift; threshold 0.10★.');
    expect(text).not.toContain('0.99★');
  });

  it('draws no line through one check', () => {
    const text = driftReportHtml({ ...report, batches: [] });
    expect(text).not.toContain('over batches</h2>');
    expect(text).not.toContain('id="panel-');
  });

  it('says when no signal could be judged, and why', () => {
    const text = driftReportHtml({
      ...report,
      check: { ...quiet, explanations: [] },
      batches: [],
      gain: null,
      run: null,
      issue: null,
    });
    openElements(text);
    expect(text).toContain('<strong>Too little data to judge</strong>');
    expect(text).toContain('1 user, 50 are needed');
    expect(text).toContain('No genre, movie or group of users stands out.');
    expect(text).not.toContain('<svg');
    expect(text).not.toMatch(/\b(NaN|null|undefined|Infinity)\b/);
  });

  it('says who muted the checks', () => {
    const muted = { by: 'ada', until: new Date('2026-03-21T09:30:00Z') };
    expect(driftReportHtml({ ...report, muted })).toContain('Muted by ada until 2026-03-21 09:30 UTC');
    expect(page).not.toContain('Muted');
  });

  it('lets words from outside do nothing, wherever they stand', () => {
    const outside = `</title></style><script>alert(1)</script><img src=x onerror=alert(1)> "' onload='x &amp; \u202e`;
    const text = driftReportHtml({
      ...report,
      dataset: outside,
      movieTitle: () => outside,
      configDigest: outside,
      decision: { decision: 'wait', reasons: [outside] },
      muted: { by: outside, until: report.checkedAt },
      issue: { number: 41, location: `javascript:alert("${outside}")` },
      run: { commit: outside, url: `https://a.example/" onclick="x/${outside}` },
      check: {
        ...report.check,
        signals: driftCheck.signals.map((signal) => ({ ...signal, note: outside })),
        contributors: driftCheck.contributors.map((part) => ({ ...part, label: outside })),
        explanations: labelled(outside),
        findings: [{ ...flood, of: 'genre', who: [outside] }],
      },
    });
    const linkless = openElements(page).filter((name) => name !== 'a');
    expect(new Set(openElements(text))).toEqual(new Set(linkless));
    expect(text.match(/<style>|<\/style>|<\/title>/g)).toEqual(page.match(/<style>|<\/style>|<\/title>/g));
    expect(text).not.toMatch(/<[^<>]*\s(onload|onerror|onclick|src)=/);
    expect(text).not.toContain('\u202e');
    expect(text).toContain('&amp;amp;');
  });

  it('stays small with a year of checks and everything at its largest', () => {
    const batches = Array.from(
      { length: 365 },
      (_, day): BatchCheck => ({
        checkedAt: new Date(Date.UTC(2025, 2, 1 + day)),
        modelVersion: 12,
        batchId: 1_000 + day,
        signals: DRIFT_SIGNALS.map(({ name }) => ({ ...(driftCheck.signals[2] as SignalResult), name })),
      }),
    );
    const gains = Array.from({ length: 365 }, (_, day) => gainOf(1_000 + day, 'measured', day / 365));
    const signals = Array.from({ length: 18 }, (_, index) => ({
      ...(driftCheck.signals[index % 3] as SignalResult),
      note: 'x'.repeat(500),
    }));
    const contributors = Array.from({ length: 12 }, () => ({
      ...(driftCheck.contributors[0] as DriftCheck['contributors'][number]),
      label: '&'.repeat(500),
    }));
    const text = driftReportHtml({
      ...report,
      batches,
      gainHistory: gains,
      batchIds: [2_000],
      checkedAt: new Date(Date.UTC(2027, 0, 1)),
      check: { ...report.check, signals, contributors },
    });
    expect(Buffer.byteLength(text)).toBeLessThan(200_000);
    expect(text).toContain('over 30 batches');
  });
});

describe('the html template', () => {
  it('escapes text, keeps markup, joins lists and leaves out null', () => {
    const list = ['<b>', 'c'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul title="${`"'&`}">${list}${null}${7}</ul>`.text).toBe(
      '<ul title="&quot;&#39;&amp;"><li>&lt;b&gt;</li><li>c</li>7</ul>',
    );
    expect(html`${trusted('a > b')}${['<', ['>']]}`.text).toBe('a > b&lt;&gt;');
  });

  it('takes an object that looks like markup for none', () => {
    const forged = JSON.parse('{"text":"<script>"}');
    expect(() => html`${forged}`).toThrow();
  });
});
