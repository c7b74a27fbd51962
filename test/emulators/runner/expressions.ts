import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

/** Contexts by name (`github`, `env`, `steps` …), as plain JSON values. */
export type Contexts = Readonly<Record<string, unknown>>;

/** A function that only some places of a workflow know, such as `success()`. */
export interface ExpressionFunction {
  readonly name: string;
  readonly minArgs: number;
  readonly maxArgs: number;
  readonly call: (...args: data.ExpressionData[]) => data.ExpressionData;
}

const STATUS_FUNCTIONS = new Set(['success', 'failure', 'cancelled', 'always']);
/** The text between the braces; `}}` inside a quoted string does not end it. */
const TEMPLATE = /\$\{\{((?:'(?:[^']|'')*'|[^'])*?)\}\}/g;

/**
 * Evaluates one expression by GitHub's own evaluator. A property that does not exist is null there, a context
 * or function that does not exist is an error.
 *
 * @throws Error that quotes the expression.
 */
export function evaluate(
  expression: string,
  contexts: Contexts,
  functions: readonly ExpressionFunction[] = [],
): data.ExpressionData {
  try {
    const { tokens } = new Lexer(expression).lex();
    const tree = new Parser(tokens, Object.keys(contexts), [...functions]).parse();
    const named = new Map(functions.map((definition) => [definition.name.toLowerCase(), definition]));
    return new Evaluator(tree, toData(contexts), named).evaluate();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`\${{ ${expression.trim()} }} cannot be evaluated: ${reason}`, { cause });
  }
}

/** Text with every `${{ … }}` replaced by what it evaluates to; null becomes nothing. */
export function expand(
  text: string,
  contexts: Contexts,
  functions: readonly ExpressionFunction[] = [],
): string {
  return text.replace(TEMPLATE, (_, expression: string) =>
    evaluate(expression, contexts, functions).coerceString(),
  );
}

/**
 * What an `if:` says. Without a status function in it, `success()` must hold as well.
 *
 * @param condition undefined where there is no `if:`.
 */
export function evaluateCondition(
  condition: string | undefined,
  contexts: Contexts,
  functions: readonly ExpressionFunction[],
): boolean {
  const expression = bareExpression(condition ?? 'success()');
  if (!callsStatusFunction(expression) && !truthy(evaluate('success()', contexts, functions))) return false;
  return truthy(evaluate(expression, contexts, functions));
}

/** An `if:` may carry the braces or leave them out; text around them would make it a string, always true. */
function bareExpression(condition: string): string {
  const inner = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition)?.[1];
  const expression = inner ?? condition;
  if (!expression.includes('${{')) return expression;
  throw new Error(`if: ${condition} mixes text and expression, which is always true`);
}

function callsStatusFunction(expression: string): boolean {
  const { tokens } = new Lexer(expression).lex();
  return tokens.some(
    ({ lexeme }, index) => STATUS_FUNCTIONS.has(lexeme.toLowerCase()) && tokens[index + 1]?.lexeme === '(',
  );
}

function truthy(value: data.ExpressionData): boolean {
  switch (value.kind) {
    case data.Kind.Null:
      return false;
    case data.Kind.String:
      return value.coerceString() !== '';
    case data.Kind.Boolean:
    case data.Kind.Number: {
      const number = value.number();
      return number !== 0 && !Number.isNaN(number);
    }
    default:
      return true;
  }
}

/** A plain value as the evaluator wants it. */
function toData(contexts: Contexts): data.Dictionary {
  return JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
}

/** Every value of a map with its expressions evaluated. */
export function expandAll(
  values: Readonly<Record<string, string>>,
  contexts: Contexts,
  functions: readonly ExpressionFunction[] = [],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, expand(value, contexts, functions)]),
  );
}
