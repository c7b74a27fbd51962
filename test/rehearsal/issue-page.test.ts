import { expect, it } from 'vitest';
import { issuePage } from './issue-page.ts';

const issue = {
  number: 7,
  title: 'Drift: <films>',
  state: 'closed',
  labels: ['drift', 'severity:high'],
  body: '> [!WARNING]\n> Ratings differ.\n\n| Signal | Now |\n| :- | -: |\n| RMSE | 0.9 |\n\n- [x] Drift detected\n\n```mermaid\nxychart-beta\n    x-axis 1 --> 3\n```\n',
  comments: ['one'],
};

it('shows an issue as GitHub does: title, state, labels, alert, table, task list and chart', () => {
  const page = issuePage(issue, 'dark');
  expect(page).toContain('<h1>Drift: &lt;films&gt; <small>#7</small></h1>');
  expect(page).toMatch(/class="state closed">.*Closed/);
  expect(page).toContain('style="--label: #b60205">severity:high');
  expect(page).toContain('markdown-alert-warning');
  expect(page).toContain('<td align="right">0.9</td>');
  expect(page).toContain('checked="" disabled="" type="checkbox"');
  expect(page).toContain('<pre class="mermaid">xychart-beta\n    x-axis 1 --&gt; 3</pre>');
});
