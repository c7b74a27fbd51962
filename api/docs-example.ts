import { html, type Markup } from '../pipeline/reports/html.ts';
import type { Route } from './docs-page.ts';

/**
 * A request as one types it: with every parameter that has an example in the document, and its example of a body.
 * The address of a route that only reads is a link.
 */
export function exampleOf({ method, path, parameters = [], requestBody, security }: Route): Markup {
  const given = parameters.flatMap(({ name, in: place, schema }) =>
    schema?.example === undefined ? [] : [{ name, place, text: String(schema.example) }],
  );
  const at = (place: string) => given.filter((parameter) => parameter.place === place);
  const filled = at('path').reduce(
    (whole, { name, text }) => whole.replace(`{${name}}`, encodeURIComponent(text)),
    path,
  );
  const query = at('query').map(({ name, text }) => `${name}=${encodeURIComponent(text)}`);
  const address = query.length === 0 ? filled : `${filled}?${query.join('&')}`;
  const options = [
    ...(security === undefined ? [] : ['-H "Authorization: Bearer $CINEMATCH_KEY"']),
    ...at('header').map(({ name, text }) => `-H "${name}: ${text}"`),
    ...Object.values(requestBody?.content ?? {}).map(({ example }) => `--json '${JSON.stringify(example)}'`),
  ].map((option) => ` \\\n  ${option}`);
  const shown = method === 'get' ? html`<a href="${address}">${address}</a>` : address;
  return html`curl "$CINEMATCH${shown}"${options}`;
}
