import { html, type Markup } from '../../pipeline/reports/html.ts';
import { needsKey, type Route } from './route.ts';

/**
 * A request with curl, made from the examples of the parameters and of the body in the document. The URL of a GET
 * request is a link.
 */
export function exampleOf(route: Route): Markup {
  const { method, path, parameters = [], requestBody } = route;
  const examples = parameters.flatMap(({ name, in: place, schema }) =>
    schema?.example === undefined ? [] : [{ name, place, text: String(schema.example) }],
  );
  const at = (place: string) => examples.filter((parameter) => parameter.place === place);
  const filled = at('path').reduce(
    (whole, { name, text }) => whole.replace(`{${name}}`, encodeURIComponent(text)),
    path,
  );
  const query = at('query').map(({ name, text }) => `${name}=${encodeURIComponent(text)}`);
  const url = query.length === 0 ? filled : `${filled}?${query.join('&')}`;
  const options = [
    ...(method === 'delete' ? ['-X DELETE'] : []),
    ...(needsKey(route) ? ['-H "Authorization: Bearer $CINEMATCH_KEY"'] : []),
    ...at('header').map(({ name, text }) => `-H "${name}: ${text}"`),
    ...Object.values(requestBody?.content ?? {}).map(({ example }) => `--json '${JSON.stringify(example)}'`),
  ].map((option) => ` \\\n  ${option}`);
  const shown = method === 'get' ? html`<a href="${url}">${url}</a>` : url;
  return html`curl "$CINEMATCH${shown}"${options}`;
}
