import { dirname, posix } from 'node:path';
import {
  isBindingElement,
  isCallExpression,
  isExportDeclaration,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isNamedExports,
  isNoSubstitutionTemplateLiteral,
  isStringLiteral,
  isTaggedTemplateExpression,
  isTemplateExpression,
  isVariableStatement,
  type ModifiersBase,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { API } from 'typescript/unstable/sync';
import { hiddenInput } from './hidden-inputs.ts';
import { importCircles } from './import-circles.ts';

/** Rooms further left may be used by all to their right. */
const FOUNDATION = ['lib', 'math', 'ratings'] as const;
const DOMAIN = [...FOUNDATION, 'config'] as const;
const PARTS = [
  ...DOMAIN,
  'quality',
  'drift',
  'source',
  'train',
  'evaluate',
  'model',
  'history',
  'serving',
] as const;
const SERVICES = [...PARTS, 'store', 'forge', 'reports', 'deploy', 'mirrors'] as const;
/** What every stage may use: the services, and the few files at the top of `pipeline/stages/`. */
const STAGE = [...SERVICES, 'stages'] as const;
const LOOP = ['stages/champion', 'stages/ingest', 'stages/drift', 'stages/training'] as const;
const STAGES = [
  ...LOOP,
  'stages/release',
  'stages/commands',
  'stages/quarantine',
  'stages/privacy',
  'stages/model-check',
  'stages/compare',
  'stages/calibrate',
  'stages/week',
] as const;

/** What each room may use besides itself. `docs/architecture.md` draws it. */
export const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  math: ['lib'],
  ratings: ['lib', 'math'],
  quality: FOUNDATION,
  drift: [...FOUNDATION, 'quality'],
  config: ['lib', 'drift'],
  source: DOMAIN,
  model: DOMAIN,
  train: [...DOMAIN, 'model'],
  evaluate: [...DOMAIN, 'model'],
  history: [...DOMAIN, 'quality', 'drift', 'model'],
  serving: [...DOMAIN, 'model', 'history'],
  store: PARTS,
  forge: PARTS,
  reports: PARTS,
  deploy: PARTS,
  mirrors: PARTS,
  stages: SERVICES,
  'stages/champion': STAGE,
  'stages/ingest': [...STAGE, ...LOOP.slice(0, 1)],
  'stages/drift': [...STAGE, ...LOOP.slice(0, 2)],
  'stages/training': [...STAGE, ...LOOP.slice(0, 3)],
  'stages/release': [...STAGE, ...LOOP],
  'stages/quarantine': [...STAGE, ...LOOP.slice(0, 3)],
  'stages/privacy': STAGE,
  'stages/commands': [...STAGE, ...LOOP, 'stages/quarantine'],
  'stages/model-check': [...STAGE, ...LOOP],
  'stages/compare': [...STAGE, ...LOOP, 'stages/model-check'],
  'stages/calibrate': [...STAGE, ...LOOP],
  'stages/week': [...STAGE, ...LOOP, 'stages/release'],
  cli: [...STAGE, ...STAGES, 'api'],
  actions: [...STAGE, ...STAGES],
  api: [...DOMAIN, 'model', 'history', 'serving', 'reports', 'store'],
  settings: ['config'],
};

/** Packages that belong to one room. */
const KEPT_IN: Readonly<Record<string, string>> = {
  'nodejs-polars': 'source',
  yauzl: 'source',
  postgres: 'store',
  tar: 'store',
  '@electric-sql/pglite': 'store',
  '@octokit/plugin-retry': 'forge',
  '@octokit/plugin-throttling': 'forge',
  '@actions/github': 'forge',
  '@actions/core': 'actions',
  '@actions/artifact': 'actions',
};

const ENTRY_POINT =
  /^(pipeline\/cli\/|actions\/[^/]+\/index\.ts$|api\/(index|service)\.ts$|api\/page\/scripts\/)/;
const SQL =
  /^\s*(select\s.*\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|(create|alter|drop)\s+(table|index|schema)\s|copy\s+\w+\s*[(\s])/is;

/** `pipeline/drift/check.ts` is of the room `drift`; null for what is no part of the house. */
function roomOf(path: string): string | null {
  if (path === 'cinematch.config.ts') return 'settings';
  if (path === 'pipeline/config.ts') return 'config';
  return (
    /^pipeline\/(stages\/[^/]+)\//.exec(path)?.[1] ??
    /^pipeline\/([^/]+)\//.exec(path)?.[1] ??
    /^(actions|api)\//.exec(path)?.[1] ??
    null
  );
}

/**
 * Reads sources with the compiler's own parser and says where they break the rules of the house, one line
 * each: `pipeline/lib/x.ts:3 imports ../ratings/ratings.ts, but lib may not use ratings`.
 *
 * @param sources text by path, from the root of the repository.
 */
export function brokenRules(sources: Readonly<Record<string, string>>): readonly string[] {
  const files = Object.fromEntries(Object.entries(sources).map(([path, text]) => [`/${path}`, text]));
  const api = new API({
    cwd: '/',
    fs: createVirtualFileSystem({
      ...files,
      '/tsconfig.json': JSON.stringify({
        compilerOptions: { noLib: true, noResolve: true, types: [] },
        files: Object.keys(files),
      }),
    }),
  });
  try {
    const project = api.updateSnapshot({ openProject: '/tsconfig.json' }).getProject('/tsconfig.json');
    const parsed = Object.keys(sources).map((path) => {
      const source = project?.program.getSourceFile(`/${path}`);
      if (source === undefined) throw new Error(`${path} was not parsed`);
      return { path, source };
    });
    return [
      ...parsed.flatMap(({ path, source }) => [...aboutTheFile(path), ...aboutTheCode(path, source)]),
      ...circles(parsed),
      ...namesExportedTwice(parsed),
    ];
  } finally {
    api.close();
  }
}

interface Parsed {
  readonly path: string;
  readonly source: SourceFile;
}

function circles(parsed: readonly Parsed[]): readonly string[] {
  const imports = new Map(parsed.map(({ path, source }) => [path, filesImported(path, source)]));
  return importCircles(imports).map((files) => `${files.join(', ')} import each other in a circle`);
}

function filesImported(path: string, source: SourceFile): readonly string[] {
  const found: string[] = [];
  const visit = (node: Node): void => {
    const imported = importedBy(node);
    if (imported?.startsWith('.')) found.push(posix.join(dirname(path), imported));
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

/** The kernels are a program of their own: their names are those of the WebAssembly module. */
const OWN_PROGRAM = /^pipeline\/math\/kernels\//;

function namesExportedTwice(parsed: readonly Parsed[]): readonly string[] {
  const homes = new Map<string, string[]>();
  for (const { path, source } of parsed.filter(({ path }) => !OWN_PROGRAM.test(path))) {
    for (const name of exportedNames(source)) homes.set(name, [...(homes.get(name) ?? []), path]);
  }
  return [...homes]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name} is exported by ${paths.join(' and ')}`);
}

/** A type and a value of one name in one file are one export, and so are the overloads of a function. */
function exportedNames(source: SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of source.statements) {
    if (isExportDeclaration(statement) && statement.exportClause && isNamedExports(statement.exportClause)) {
      for (const { name } of statement.exportClause.elements) names.add(name.text);
    }
    const kinds = (statement as Partial<ModifiersBase>).modifiers?.map(({ kind }) => kind) ?? [];
    if (!kinds.includes(SyntaxKind.ExportKeyword) || kinds.includes(SyntaxKind.DefaultKeyword)) continue;
    const declarations = isVariableStatement(statement)
      ? statement.declarationList.declarations
      : [statement as NamedStatement];
    for (const { name } of declarations) for (const each of namesIn(name)) names.add(each);
  }
  return names;
}

/** `a` has one name, `{ a, b: [c] }` has two. */
function namesIn(name: Node | undefined): readonly string[] {
  if (name === undefined) return [];
  if (isIdentifier(name)) return [name.text];
  const found: string[] = [];
  name.forEachChild((element) => {
    if (isBindingElement(element)) found.push(...namesIn(element.name));
  });
  return found;
}

type NamedStatement = Node & { readonly name?: Node };

function aboutTheFile(path: string): readonly string[] {
  return [
    ...(/^pipeline\/(.*\/)?index\.ts$/.test(path) ? [`${path} is a barrel`] : []),
    ...(/\/(utils|helpers)\//.test(path) ? [`${path} is in a folder without a subject`] : []),
    ...(roomOf(path) === null || MAY_USE[roomOf(path) ?? ''] === undefined
      ? [`${path} is in no room of the house`]
      : []),
  ];
}

function aboutTheCode(path: string, source: SourceFile): readonly string[] {
  const found: string[] = [];
  const visit = (node: Node): void => {
    const problem = importProblem(path, node) ?? hiddenInputProblem(path, node) ?? strayQuery(path, node);
    if (problem !== null) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push(`${path}:${line + 1} ${problem}`);
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

/** What a node imports, or null when it is no import. */
function importedBy(node: Node): string | null {
  const named =
    isImportDeclaration(node) || isExportDeclaration(node)
      ? node.moduleSpecifier
      : isImportTypeNode(node) && isLiteralTypeNode(node.argument)
        ? node.argument.literal
        : isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined;
  return named !== undefined && isStringLiteral(named) ? named.text : null;
}

function importProblem(path: string, node: Node): string | null {
  const imported = importedBy(node);
  if (imported === null) return null;
  const room = roomOf(path) ?? '';
  if (!imported.startsWith('.')) {
    const keeper = KEPT_IN[imported.split('/', imported.startsWith('@') ? 2 : 1).join('/')];
    return keeper === undefined || keeper === room ? null : `imports ${imported}, which only ${keeper} may`;
  }
  const target = posix.join(dirname(path), imported);
  if (target.endsWith('.json')) return null;
  const used = roomOf(target);
  if (used === null) return `imports ${imported}, which is in no room of the house`;
  return used === room || MAY_USE[room]?.includes(used)
    ? null
    : `imports ${imported}, but ${room} may not use ${used}`;
}

/** The environment, the clock and chance come in as values, except where the program begins. */
function hiddenInputProblem(path: string, node: Node): string | null {
  const name = ENTRY_POINT.test(path) ? null : hiddenInput(node);
  return name === null ? null : `reads ${name}, which only an entry point may`;
}

function strayQuery(path: string, node: Node): string | null {
  if (roomOf(path) === 'store') return null;
  if (isTaggedTemplateExpression(node) && isIdentifier(node.tag) && /^(sql|tx)$/i.test(node.tag.text)) {
    return 'asks the database, which only store may';
  }
  const text =
    isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)
      ? node.text
      : isTemplateExpression(node)
        ? node.head.text
        : '';
  return SQL.test(text) ? 'holds SQL, which belongs in store' : null;
}
