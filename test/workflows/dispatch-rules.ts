import { parse } from 'yaml';

interface DispatchCall {
  readonly place: string;
  readonly workflow: string;
  readonly inputs: readonly string[];
}

const CALL = /\.dispatch\(\s*('[^']*'|[^,)]*),\s*(\{[^{}]*\}|[^)]*)\)/g;

/**
 * Finds dispatches of workflows that do not exist, cannot be dispatched, or have other inputs.
 *
 * @param sources TypeScript by path.
 * @param workflows YAML by name: `train` for `train.yml`.
 */
export function dispatchFindings(
  sources: Readonly<Record<string, string>>,
  workflows: Readonly<Record<string, string>>,
): { readonly calls: readonly DispatchCall[]; readonly findings: readonly string[] } {
  const calls: DispatchCall[] = [];
  const findings: string[] = [];
  const constants = new Map(
    Object.values(sources).flatMap((source) =>
      [...source.matchAll(/\bconst (\w+) = ('[^']*')/g)].map(
        ([, name = '', value = '']) => [name, value] as const,
      ),
    ),
  );
  for (const [path, source] of Object.entries(sources)) {
    for (const { 1: target = '', 2: argument = '', index } of source.matchAll(CALL)) {
      const name = constants.get(target) ?? target;
      const place = `${path}:${source.slice(0, index).split('\n').length}`;
      const inputs = inputNames(argument);
      if (!name.startsWith("'") || inputs === null)
        findings.push(`${place} cannot be read: ${name}, ${argument}`);
      else calls.push({ place, workflow: name.slice(1, -1), inputs });
    }
  }
  return { calls, findings: [...findings, ...calls.flatMap((call) => callFindings(call, workflows))] };
}

/** The names in an object literal; null for anything else. */
function inputNames(argument: string): readonly string[] | null {
  const inside = /^\{([^{}]*)\}$/s.exec(argument.trim())?.[1];
  if (inside === undefined || inside.includes('...')) return null;
  return inside
    .split(',')
    .map((entry) => /^\s*([\w-]+|'[^']*')\s*(:|$)/.exec(entry)?.[1]?.replaceAll("'", ''))
    .filter((name) => name !== undefined);
}

function callFindings(call: DispatchCall, workflows: Readonly<Record<string, string>>): readonly string[] {
  const { place, workflow } = call;
  const text = workflows[workflow];
  if (text === undefined) return [`${place}: there is no workflow ${workflow}.yml`];
  const { on } = parse(text) as {
    on: Record<string, { inputs?: Record<string, { required?: boolean }> } | null>;
  };
  if (!(typeof on === 'object' && 'workflow_dispatch' in on))
    return [`${place}: ${workflow}.yml cannot be dispatched`];
  const inputs = on['workflow_dispatch']?.inputs ?? {};
  return [
    ...call.inputs
      .filter((name) => !(name in inputs))
      .map((name) => `${place}: ${workflow}.yml has no input "${name}"`),
    ...Object.entries(inputs)
      .filter(([name, { required }]) => required === true && !call.inputs.includes(name))
      .map(([name]) => `${place}: ${workflow}.yml needs the input "${name}"`),
  ];
}
