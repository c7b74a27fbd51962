/** A piece of HTML that is safe to put into another. Only `html` and `trusted` make one. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value in a template: text and numbers are escaped, null and an empty list render nothing. */
export type Value = Markup | string | number | null | readonly Value[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * A template whose values cannot become HTML: html`<td title="${title}">${title}</td>`. Attribute values must be in
 * quotation marks.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(
    parts.map((part, index) => (index === 0 ? part : `${textOf(values[index - 1] ?? null)}${part}`)).join(''),
  );
}

/** Our own text without escaping, for example a style sheet. Never input. */
export const trusted = (text: string): Markup => new Markup(text);

function textOf(value: Value): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
