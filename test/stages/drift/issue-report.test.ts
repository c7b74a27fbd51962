import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DriftCheck, SignalExplanation, SignalResult } from '../../../pipeline/drift/signal.ts';
import { DRIFT_SIGNALS } from '../../../pipeline/drift/signals/list.ts';
import { driftIssueBody } from '../../../pipeline/stages/drift/issue-body.ts';
import {
  driftClosingComment,
  driftStageComment,
  firstLineAsText,
} from '../../../pipeline/stages/drift/issue-comments.ts';
import {
  driftIssueLabels,
  driftIssueTitle,
  driftMarker,
  readTrainingMarker,
} from '../../../pipeline/stages/drift/issue-title.ts';
import { driftCheck, driftIssue, flood, gate, labelled } from '../../support/report-samples.ts';

const golden = (name: string): string => join(import.meta.dirname, '../../golden', name);
const quietCheck: DriftCheck = {
  ...driftCheck,
  verdict: 'ok',
  signals: driftCheck.signals.map((signal) => ({ ...signal, verdict: 'ok' })),
  contributors: [],
};
const silentCheck: DriftCheck = {
  ...quietCheck,
  verdict: 'insufficient',
  windows: [{ name: 'newest', ratings: 1, users: 1, movies: 1 }],
  signals: driftCheck.signals.map((signal) => ({
    ...signal,
    value: null,
    effect: null,
    interval: null,
    verdict: 'insufficient',
    note: '1 user, 50 are needed',
  })),
};

describe('the issue of a drift', () => {
  it('is what a person would want to receive', async () => {
    await expect(`${driftIssueBody(driftIssue)}\n`).toMatchFileSnapshot(golden('reports-drift-issue.md'));
  });

  it('has the strongest signal, its size and the model in its title', () => {
    expect(driftIssueTitle(driftIssue)).toBe('Drift: ratings — mean per user +0.24★ (high), model v12');
    const watch: DriftCheck = { ...driftCheck, verdict: 'watch', signals: driftCheck.signals.slice(5) };
    expect(driftIssueTitle({ ...driftIssue, check: watch })).toBe(
      'Drift: ratings — RMSE of the champion +7.2% (watch), model v12',
    );
  });

  it('is found again by the marker in its body', () => {
    expect(driftIssueBody(driftIssue).split(driftMarker('ratings'))).toHaveLength(2);
    expect(driftIssueBody(driftIssue)).not.toContain(driftMarker('rating'));
  });

  it('mentions the people and teams of the settings, and nobody without', () => {
    expect(driftIssueBody(driftIssue)).not.toMatch(/(^|\s)@/m);
    const body = driftIssueBody({ ...driftIssue, mention: ['octocat', 'acme/data'] });
    expect(body).toContain('\n\nFor @octocat, @acme/data.\n\n');
  });

  it('carries its severity as a label', () => {
    expect(driftIssueLabels('high')).toEqual(['drift', 'severity:high', 'automated']);
    expect(driftIssueLabels('watch')).toEqual(['drift', 'severity:watch', 'automated']);
    expect(driftIssueLabels('none')).toEqual(['drift', 'automated']);
  });

  it('says when a later check finds nothing, and shows all signals still', () => {
    const body = driftIssueBody({ ...driftIssue, check: quietCheck });
    expect(body).toContain('> [!NOTE]\n> **Ratings from 143 users no longer differ');
    expect(body).toContain('No signal is raised.');
    expect(body).toContain('<summary>All signals</summary>');
    expect(body).toContain('No genre, movie or group of users stands out.');
  });

  it('says when there was too little to judge, with the reason, and draws nothing', () => {
    const body = driftIssueBody({ ...driftIssue, check: silentCheck, history: [], actions: [] });
    expect(driftIssueTitle({ ...driftIssue, check: silentCheck })).toBe(
      'Drift: ratings — no signal could be judged (insufficient), model v12',
    );
    expect(body).toContain('**Ratings from 1 user are too few to compare');
    expect(body).toContain('- Mean per user, newest: 1 user, 50 are needed');
    expect(body).not.toContain('mermaid');
    expect(body).not.toContain('What you can do');
    expect(body).not.toMatch(/NaN|null|undefined|Infinity/);
  });

  it('leaves thresholds and intervals out where the preset has none', () => {
    const [ks] = driftCheck.signals;
    const bare = { ...ks!, interval: null, threshold: null, verdict: 'ok' as const };
    const { confidence: _, ...input } = driftIssue;
    const body = driftIssueBody({
      ...input,
      check: { ...driftCheck, preset: 'classic', verdict: 'ok', signals: [bare] },
    });
    expect(body).toContain('> Rating distribution (KS): 0.0975.');
    expect(body).toContain('| Effect | Threshold |');
  });

  it('shows how far the answer has come', () => {
    const checked = (stage: typeof driftIssue.stage): readonly string[] =>
      driftIssueBody({ ...driftIssue, stage }).match(/^- \[.\] .*$/gm) ?? [];
    expect(checked('detected').filter((line) => line.startsWith('- [x]'))).toEqual(['- [x] Drift detected']);
    expect(checked('refused')).toContain('- [ ] Gate passed: **refused**, model v12 keeps serving');
    expect(checked('deployed').every((line) => line.startsWith('- [x]'))).toBe(true);
  });

  it('leads with the outcome when it is closed, and says no warning first', () => {
    const promoted = driftIssueBody({
      ...driftIssue,
      stage: 'deployed',
      outcome: { kind: 'promoted', version: 13, gate },
    });
    const { champion, challenger } = gate;
    expect(promoted).toContain(
      `> [!TIP]\n> **Resolved: model v13 serves in place of v12.** On the newest ratings RMSE ${champion.rmse?.toFixed(4)} → ${challenger.rmse?.toFixed(4)}, NDCG@10 `,
    );
    expect(promoted).toContain('> What was found: Mean per user: 3.52★ before, 3.76★ now');
    const clean = driftIssueBody({ ...driftIssue, check: quietCheck, outcome: { kind: 'clean', checks: 2 } });
    expect(clean).toContain(
      '> [!TIP]\n> **Over: the last 2 checks found no drift.** Model v12 keeps serving, and new drift opens a new issue.',
    );
    for (const body of [promoted, clean])
      expect(body).not.toMatch(/\[!(WARNING|IMPORTANT|NOTE)\]|Retraining is due/);
  });

  it('draws the magnitudes of at most 30 checks, the newest last, in plain decimals', () => {
    const history = Array.from({ length: 500 }, (_, day) => ({
      checkedAt: new Date(Date.UTC(2024, 0, 1 + day)),
      effects: { user_mean_shift: day % 2 === 0 ? -1e-7 : 0.05 },
    }));
    const body = driftIssueBody({ ...driftIssue, history: history.reverse() });
    const lines = [...body.matchAll(/^ {4}line \[(.*)\]$/gm)].map(([, values]) => values?.split(', '));
    expect(lines.map((values) => values?.length)).toEqual([30, 30]);
    expect(lines[0]?.slice(-3)).toEqual(['0.0000001', '0.05', '0.24']);
    expect(new Set(lines[1])).toEqual(new Set(['0.1']));
    expect(body).toContain('"29", "30"]');
  });

  it('counts the newest check once when the history has it already', () => {
    const newest = { checkedAt: driftIssue.checkedAt, effects: { user_mean_shift: 0.24 } };
    const body = driftIssueBody({ ...driftIssue, history: [...driftIssue.history, newest] });
    expect(body).toContain('line [0.02, 0.06, 0.24]');
  });

  it('lets no title from outside do anything', () => {
    const title = '@everyone `x` </details> | #12 <!-- cinematch:drift:other -->\n## Gate';
    const body = driftIssueBody({ ...driftIssue, movieTitle: () => title });
    const rows = body.split('\n').filter((line) => line.includes('everyone'));
    // Its row in the table of contributions, and the line that says what remains without it.
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row).not.toMatch(/@everyone|<\/details>|#12|<!--/);
    expect(rows[0]?.match(/(?<!\\)\|/g)).toHaveLength(7);
    expect(rows[1]).toMatch(/^- /);
  });

  it('has no line for a part without which the effect reads the same, or is not known', () => {
    const [explanation] = driftCheck.explanations;
    const [one] = explanation?.influence ?? [];
    const withRemains = (effectWithout: number | null) =>
      driftIssueBody({
        ...driftIssue,
        check: {
          ...driftCheck,
          explanations: [{ ...explanation, influence: [{ ...one, effectWithout }] }] as SignalExplanation[],
        },
      });
    expect(withRemains(0.21)).toContain('the effect is +0.21★ without it');
    // The effect is +0.24★.
    expect(withRemains(0.2401)).not.toContain('without it');
    expect(withRemains(null)).not.toContain('of the window');
  });

  it('calls nobody and links nothing that a title names', () => {
    const body = driftIssueBody({ ...driftIssue, movieTitle: () => '@octocat #1 <img src=x> (1999)' });
    const row = body.split('\n').find((line) => line.includes('octocat'));
    expect(row).toContain('@\u200boctocat #\u200b1 &lt;img src=x&gt; (1999)');
    expect(body).not.toMatch(/@octocat|#1\b|<img/);
  });

  it('says who has silenced or acknowledged it, and keeps when training was asked for', () => {
    const at = new Date('2026-03-07T10:00:00Z');
    const body = driftIssueBody({
      ...driftIssue,
      requestedAt: at,
      acknowledgement: { by: 'ada', at },
      mute: { by: '@grace', until: at },
    });
    expect(readTrainingMarker(body)).toEqual(at);
    expect(readTrainingMarker(driftIssueBody(driftIssue))).toBeNull();
    expect(body).toContain('> Retraining was dispatched 2026-03-07 10:00 UTC: 1 alert');
    expect(body).toContain('> Acknowledged by `ada`, 2026-03-07 10:00 UTC: retraining waits');
    expect(body).toContain('> Muted by `grace` until 2026-03-07 10:00 UTC: until then checks');
  });

  it('stays within what an issue holds, whatever comes in', () => {
    const many = <T>(make: (i: number) => T): T[] => Array.from({ length: 5000 }, (_, i) => make(i));
    const body = driftIssueBody({
      ...driftIssue,
      check: {
        ...driftCheck,
        signals: driftCheck.signals.map((signal) => ({
          ...signal,
          verdict: 'insufficient',
          note: 'x'.repeat(5000),
        })),
        contributors: many((i) => ({
          kind: 'movie',
          label: String(i),
          referenceShare: 0,
          windowShare: 0.1,
          windowMean: 4,
        })),
      },
      history: many((i) => ({ checkedAt: new Date(i * 1e9), effects: { user_mean_shift: 0.1 } })),
      batchIds: many((i) => 2 * i),
      movieTitle: () => '|<'.repeat(5000),
      decision: { decision: 'wait', reasons: many(() => 'because '.repeat(100)) },
    });
    expect(body.length).toBeLessThan(60_000);
    expect(body).toContain('and 4985 more');
    expect(body).toContain('and 4960 more');
  });
});

describe('what a check recognised', () => {
  const watched = driftCheck.signals.map((signal) => ({ ...signal, verdict: 'watch' as const }));

  it('is in the issue with who, how many ratings, and what remains', () => {
    const body = driftIssueBody({ ...driftIssue, check: { ...driftCheck, findings: [flood] } });
    expect(body).toContain(
      '| **Flood by one user** | user 7 | 2,300 (11.5%) | One user gave 2300 ratings with mean 0.50★ and spread 0.00★. | Mean rating: −25.3% → +2.3% |',
    );
  });

  it('is in the title when it alone makes the verdict', () => {
    const check = { ...driftCheck, findings: [flood], signals: watched };
    expect(driftIssueTitle({ ...driftIssue, check })).toBe(
      'Drift: ratings — flood by one user, 2,300 ratings (11.5%) (high), model v12',
    );
    expect(driftIssueTitle({ ...driftIssue, check: { ...driftCheck, findings: [flood] } })).toContain(
      'mean per user +0.24★',
    );
  });

  it('shows the titles of movies, and nothing that a title could do', () => {
    const bomb = { ...flood, kind: 'movie-bomb' as const, of: 'movie' as const, who: ['260'], remains: null };
    const line = driftIssueBody({
      ...driftIssue,
      movieTitle: () => 'a | b <i>@everyone',
      check: { ...driftCheck, findings: [bomb] },
    })
      .split('\n')
      .find((row) => row.includes('Bomb on one movie'));
    expect(line?.match(/(?<!\\)\|/g)).toHaveLength(6);
    expect(line).not.toMatch(/<i>|@everyone/);
  });
});

describe('where a drift comes from', () => {
  it('stays within what an issue holds, with many signals, parts and long names', () => {
    const [explanation] = labelled('|<'.repeat(5000));
    if (explanation === undefined) throw new Error('no explanation');
    const [contributions] = explanation.contributions;
    const [part] = contributions?.parts ?? [];
    if (contributions === undefined || part === undefined) throw new Error('no part');
    const large = {
      ...explanation,
      contributions: Array.from({ length: 4 }, () => ({
        ...contributions,
        parts: Array.from({ length: 7 }, () => part),
      })),
      influence: Array.from(
        { length: 3 },
        () => explanation.influence[0] as (typeof explanation.influence)[number],
      ),
    };
    const explanations = DRIFT_SIGNALS.flatMap(({ name }) =>
      (['newest', 'buffer'] as const).map((window) => ({ ...large, signal: name, window })),
    );
    const [signal] = driftCheck.signals.filter(({ verdict }) => verdict === 'drift');
    const signals = explanations.map(({ signal: name, window }) => ({
      ...(signal as SignalResult),
      name,
      window,
    }));
    const body = driftIssueBody({ ...driftIssue, check: { ...driftCheck, signals, explanations } });
    expect(body.length).toBeLessThan(60_000);
  });

  it('shows the parts whose share changed most for a check of an earlier release', () => {
    const body = driftIssueBody({ ...driftIssue, check: { ...driftCheck, explanations: [] } });
    expect(body).toContain('| Documentary | genre | 2.1% | 6.4% | +4.3 pt | 4.10★ |');
  });
});

describe('the comments on a drift issue', () => {
  it('close it with before and after', async () => {
    const comment = driftClosingComment({ version: 13, parent: 12, gate, check: driftCheck });
    await expect(`${comment}\n`).toMatchFileSnapshot(golden('reports-closing-comment.md'));
  });

  it('say how the severity changed and what stands behind it', () => {
    expect(driftStageComment({ kind: 'severity', from: 'watch', check: driftCheck })).toBe(
      '**Severity: watch → high.** The strongest signal now: mean per user +0.24★, threshold 0.10★.',
    );
  });

  it('show the numbers of a gate that refused', () => {
    const refused = {
      ...gate,
      outcome: 'refuse' as const,
      rules: gate.rules.map((rule) => ({ ...rule, passed: false })),
    };
    const comment = driftStageComment({
      kind: 'stage',
      stage: 'refused',
      champion: 12,
      version: 13,
      gate: refused,
    });
    expect(comment).toContain('**The gate refused model v13: v12 keeps serving.**');
    expect(comment.match(/\*\*no\*\*/g)).toHaveLength(2);
    expect(comment).toContain('| Metric | v12 | v13 |');
  });

  it('say that training was dispatched, by whose wish and whether again', () => {
    const training = { kind: 'training', requestedBy: null, again: null, trainingUrl: null } as const;
    const requestedAt = new Date('2026-03-07T09:30:00Z');
    expect(driftStageComment(training)).toBe('**Retraining was dispatched.**');
    expect(driftStageComment({ ...training, requestedBy: '@ada`' })).toBe(
      '**Retraining was dispatched, as `ada` asked.**',
    );
    expect(driftStageComment({ ...training, again: { requestedAt } })).toBe(
      '**Retraining was dispatched again:** nothing came of the request of 2026-03-07 09:30 UTC.',
    );
  });

  it('begin with a sentence that is also understood as plain text', () => {
    const comment = driftStageComment({
      kind: 'training',
      requestedBy: 'ada',
      again: null,
      trainingUrl: 'https://github.com/o/r/actions/workflows/train.yml',
    });
    expect(comment).toContain('(https://github.com/o/r/actions/workflows/train.yml)');
    expect(firstLineAsText(comment)).toBe('Retraining was dispatched, as ada asked.');
  });
});
