interface Column {
  readonly name: string;
  readonly type: string;
  readonly keys: readonly string[];
}

/** Columns of these types hold many values in one; their content is explained where it is written. */
const PACKED = /^(bytea|jsonb|\w+\[\])$/;

/**
 * A Mermaid entity-relationship diagram of a dumped schema: every table with its columns but the packed ones, its
 * keys, and a line for each foreign key.
 *
 * @param schema the text of `data/schema.sql`.
 */
export function tablesDiagram(schema: string): string {
  const tables = [...schema.matchAll(/^create table (\w+) \(\n(.*?)\n\);/gms)].map(([, name, body]) => ({
    name: name!,
    lines: body!.split('\n').map((line) => line.trim().replace(/,$/, '')),
  }));
  return [
    'erDiagram',
    '  direction LR',
    ...tables.flatMap(({ name, lines }) => [
      `  ${name} {`,
      ...columnsOf(lines).map((column) => `    ${columnLine(column)}`),
      '  }',
    ]),
    ...tables.flatMap(({ name, lines }) => relations(name, lines)),
    '',
  ].join('\n');
}

function columnsOf(lines: readonly string[]): readonly Column[] {
  const keys = lines.flatMap((line) => {
    const [, kind, columns] = /(PRIMARY KEY|UNIQUE|FOREIGN KEY) \(([^)]*)\)/.exec(line) ?? [];
    return (
      columns?.split(', ').map((column) => ({ column, key: kind!.replace(/(.)\w+(?: KEY)?/, '$1K') })) ?? []
    );
  });
  return lines
    .filter((line) => !line.startsWith('constraint '))
    .map((line) => {
      const [, name = '', type = ''] =
        /^(\w+) (.+?)(?: not null| default | storage | generated |$)/.exec(line) ?? [];
      const own = keys.filter(({ column }) => column === name).map(({ key }) => key);
      return { name, type: type.replace('timestamp with time zone', 'timestamptz'), keys: [...new Set(own)] };
    })
    .filter(({ type }) => !PACKED.test(type));
}

const columnLine = ({ name, type, keys }: Column): string =>
  `${type.replaceAll(' ', '_')} ${name}${keys.length === 0 ? '' : ` ${keys.join(', ')}`}`;

function relations(table: string, lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [, column, target] = /FOREIGN KEY \((\w+)\) REFERENCES (\w+)/.exec(line) ?? [];
    if (column === undefined) return [];
    const isNullable = !lines.some((other) => other.startsWith(`${column} `) && other.includes(' not null'));
    const isOwnKey = lines.some((other) => other.includes(`PRIMARY KEY (${column})`));
    return [`  ${target} ${isNullable ? '|o' : '||'}--${isOwnKey ? 'o|' : 'o{'} ${table} : "${column}"`];
  });
}
