import { html, type Markup, trusted } from '../../pipeline/reports/html.ts';
import { PROBLEMS, type ProblemCode } from '../problem.ts';
import { exampleOf } from './example.ts';
import type { ApiDescription } from './openapi.ts';
import { type Content, needsKey, type Route, routesOf, scopeOf } from './route.ts';
import { fieldsOf, type Schema, typeOf } from './schema-fields.ts';
import { DOCS_STYLE } from './style.ts';

/** The documentation of the API as one page of plain HTML, made from the OpenAPI document. It loads nothing. */
export function docsPage(description: ApiDescription): string {
  const routes = routesOf(description);
  const schemas = (description.components?.schemas ?? {}) as Readonly<Record<string, Schema>>;
  const tags = description.tags ?? [];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${description.info.title} API</title>
<style>${trusted(DOCS_STYLE)}</style>
</head>
<body>
<main>
<h1>${description.info.title} API</h1>
<p>${marked(description.info.description ?? '')}</p>
<p>For programs: <a href="/api/openapi.json">OpenAPI 3.1</a>. In the examples <code>$CINEMATCH</code> is the URL of this service without <code>/api</code>. Parameters and fields with * are required.</p>
<nav aria-label="Routes">
${tags.map(
  ({ name }) => html`<section>
<h2>${name}</h2>
<ul>${routes
    .filter((route) => route.tags?.includes(name))
    .map(
      (route) =>
        html`<li><a href="#${anchorOf(route)}">${method(route.method)} <code>${short(route.path)}</code></a></li>`,
    )}</ul>
</section>
`,
)}
</nav>
${tags.map(
  (tag) => html`<h2>${tag.name}</h2>
<p>${tag.description ?? ''}</p>
${routes.filter((route) => route.tags?.includes(tag.name)).map((route) => article(route, schemas))}`,
)}
<h2 id="problems">Failures</h2>
<p>A failure has a stable <code>code</code> for programs and a <code>detail</code> for people.</p>
${table(
  ['Code', 'Status', 'Meaning'],
  Object.entries(PROBLEMS).map(([code, { status, title }]) => [
    html`<code id="${code as ProblemCode}">${code}</code>`,
    status,
    title,
  ]),
)}
</main>
</body>
</html>
`;
  return page.text;
}

function keyNote(route: Route): Markup | null {
  const scope = scopeOf(route);
  if (scope === null) return null;
  const start = needsKey(route) ? 'Needs an API key' : 'Gives more with an API key';
  return html`<p class="soft">${start} with the scope <code>${scope}</code>: <code>Authorization: Bearer cm_…</code></p>`;
}

function article(route: Route, schemas: Readonly<Record<string, Schema>>): Markup {
  const { parameters = [], requestBody, responses = {} } = route;
  const body = schemaIn(requestBody?.content);
  const statuses = Object.entries(responses);
  const [, success] = statuses.find(([status]) => status.startsWith('2')) ?? [];
  const response = schemaIn(success?.content);
  return html`<article id="${anchorOf(route)}">
<h3>${method(route.method)} <code>${route.path}</code></h3>
<p><strong>${route.summary ?? ''}.</strong> ${marked(route.description ?? '')}</p>
${keyNote(route)}
<pre><code>${exampleOf(route)}</code></pre>
${
  parameters.length === 0
    ? null
    : table(
        ['Parameter', 'Type', 'Meaning'],
        parameters.map((parameter) => [
          html`<code>${parameter.name}</code>${parameter.required === true ? ' *' : ''}`,
          typeOf(parameter.schema ?? {}, schemas),
          marked(parameter.description ?? parameter.schema?.description ?? ''),
        ]),
      )
}
${body === null ? null : table(['Body', 'Type', 'Meaning'], rowsOf(body, schemas, { required: ' *', optional: '' }))}
${response === null ? null : table(['Response', 'Type', 'Meaning'], rowsOf(response, schemas, { required: '', optional: ' (optional)' }))}
${table(
  ['Status', 'When'],
  statuses.map(([status, { description = '' }]) => [status, marked(description)]),
)}
</article>
`;
}

/** A row for each field. The fields of an object follow it. */
function rowsOf(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  marks: { readonly required: string; readonly optional: string },
): readonly (readonly Markup[])[] {
  return fieldsOf(schema, schemas).map(({ name, path, depth, type, required, description }) => [
    html`<code class="in-${depth}" title="${path}">${name}</code>${required ? marks.required : ''}`,
    html`${type}${required ? '' : marks.optional}`,
    marked(description),
  ]);
}

function table(header: readonly string[], rows: readonly (readonly (Markup | string | number)[])[]): Markup {
  return html`<div class="table" role="region" aria-label="${header[0] as string}" tabindex="0"><table>
<thead><tr>${header.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>
`;
}

/** Text in which backticks mark code. */
function marked(text: string): Markup {
  return html`${text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

const schemaIn = (content: Content | undefined): Schema | null =>
  content?.['application/json']?.schema ?? null;
const method = (name: string): Markup => html`<span class="method">${name.toUpperCase()}</span>`;
const short = (path: string): string => path.replace(/^\/api\/v1/, '');
const anchorOf = ({ method: name, path }: Route): string => `${name}${path.replace(/[^a-z]+/g, '-')}`;
