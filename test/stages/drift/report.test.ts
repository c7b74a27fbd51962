import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DriftCheck, SignalResult } from '../../../pipeline/drift/signal.ts';
import { html, trusted } from '../../../pipeline/reports/html.ts';
import { type DriftReport, driftReportHtml } from '../../../pipeline/stages/drift/report/drift-report.ts';
import { driftCheck, driftIssue, flood, labelled } from '../../support/report-samples.ts';

const report: DriftReport = {
  ...driftIssue,
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
    expect(elements.filter((name) => name === 'h2')).toHaveLength(4);
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
    expect(drawings).toHaveLength(2);
    for (const drawing of drawings) {
      expect(drawing).toMatch(/<title id="[\w-]+">\S[^<]+<\/title>\n<desc id="[\w-]+">\S[^<]+\.<\/desc>/);
    }
    for (const label of ['All signals', 'Mean per user from check to check']) {
      expect(page).toContain(`role="region" aria-label="${label}" tabindex="0"`);
    }
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
      const text = driftReportHtml({ ...report, history: [], check: { ...driftCheck, signals } });
      return (
        [...text.matchAll(/<circle class="mark hollow" cx="([\d.]+)%"/g)].map(([, x]) => Number(x))[2] ??
        Number.NaN
      );
    };
    expect(at(0.2) - at(0)).toBeCloseTo(2 * (at(0.1) - at(0)), 1);
    expect(at(-0.1) - at(0)).toBeCloseTo(at(0) - at(0.1), 1);
  });

  it('shows this check last, and none that came after it', () => {
    const later = { checkedAt: new Date('2026-03-09T09:30:00Z'), effects: { user_mean_shift: 0.99 } };
    const text = driftReportHtml({ ...report, history: [later, ...report.history] });
    expect(text).toContain(
      'From 2026-02-21 09:30 UTC: −0.02★ to 2026-03-07 09:30 UTC: +0.24★; threshold 0.10★.',
    );
    expect(text).not.toContain('0.99★');
  });

  it('draws no line through one check', () => {
    const text = driftReportHtml({ ...report, history: [] });
    expect(text).not.toContain('over time');
    expect(text.match(/role="img"/g)).toHaveLength(1);
  });

  it('says when no signal could be judged, and why', () => {
    const text = driftReportHtml({ ...report, check: quiet, run: null, issue: null });
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
        ...driftCheck,
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
    const history = Array.from({ length: 365 }, (_, day) => ({
      checkedAt: new Date(Date.UTC(2025, 2, 1 + day)),
      effects: { user_mean_shift: day / 365 },
    }));
    const signals = Array.from({ length: 18 }, (_, index) => ({
      ...(driftCheck.signals[index % 3] as SignalResult),
      note: 'x'.repeat(500),
    }));
    const contributors = Array.from({ length: 12 }, () => ({
      ...(driftCheck.contributors[0] as DriftCheck['contributors'][number]),
      label: '&'.repeat(500),
    }));
    const text = driftReportHtml({ ...report, history, check: { ...driftCheck, signals, contributors } });
    expect(Buffer.byteLength(text)).toBeLessThan(200_000);
    expect(text).toContain('over 30 checks');
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
