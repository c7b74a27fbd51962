import {
  type Identifier,
  isCallExpression,
  isElementAccessExpression,
  isIdentifier,
  isImportDeclaration,
  isImportSpecifier,
  isNewExpression,
  isPropertyAccessExpression,
  isStringLiteral,
  type Node,
  type PropertyAssignment,
  SyntaxKind,
} from 'typescript/unstable/ast';

/** The environment, clocks and chance: the members of global objects that give them. */
const HIDDEN: Readonly<Record<string, readonly string[]>> = {
  process: ['env', 'hrtime', 'uptime'],
  Date: ['now'],
  performance: ['now', 'timeOrigin'],
  Math: ['random'],
  crypto: ['randomUUID', 'getRandomValues'],
};

const MODULES = ['process', 'node:process', 'perf_hooks', 'node:perf_hooks'];
const RANDOM = /^(random\w+|getRandomValues|webcrypto)$/;

/** Where a name stands for the value itself, so that whoever gets the value can read what is hidden in it. */
const VALUE_POSITIONS: readonly SyntaxKind[] = [
  SyntaxKind.VariableDeclaration,
  SyntaxKind.CallExpression,
  SyntaxKind.PropertyAssignment,
  SyntaxKind.ShorthandPropertyAssignment,
  SyntaxKind.SpreadAssignment,
  SyntaxKind.ArrowFunction,
  SyntaxKind.ReturnStatement,
  SyntaxKind.Parameter,
];

const DECLARATIONS: readonly SyntaxKind[] = [
  SyntaxKind.VariableDeclaration,
  SyntaxKind.Parameter,
  SyntaxKind.BindingElement,
  SyntaxKind.ImportSpecifier,
  SyntaxKind.ImportClause,
];

/** The hidden input that a node reads, such as `process.env`; null when it reads none. */
export function hiddenInput(node: Node): string | null {
  if (isPropertyAccessExpression(node)) return hiddenMember(node.expression, node.name.text);
  if (isElementAccessExpression(node)) {
    const key = node.argumentExpression;
    return hiddenMember(node.expression, isStringLiteral(key) ? key.text : null);
  }
  if (isIdentifier(node)) return hiddenValue(node);
  if (isNewExpression(node) || isCallExpression(node)) {
    const isDate = isIdentifier(node.expression) && node.expression.text === 'Date';
    return isDate && (isCallExpression(node) || (node.arguments?.length ?? 0) === 0) ? 'the clock' : null;
  }
  if (!isImportDeclaration(node) || !isStringLiteral(node.moduleSpecifier)) return null;
  return MODULES.includes(node.moduleSpecifier.text) ? node.moduleSpecifier.text : null;
}

/** @param key null when it is computed. */
function hiddenMember(object: Node, key: string | null): string | null {
  if (!isIdentifier(object)) return null;
  const name = `${object.text}.${key ?? '…'}`;
  if (object.text === 'globalThis') return key === null || Object.hasOwn(HIDDEN, key) ? name : null;
  if (!Object.hasOwn(HIDDEN, object.text) || isDeclaredAround(object)) return null;
  return key === null || HIDDEN[object.text]?.includes(key) ? name : null;
}

function hiddenValue(node: Identifier): string | null {
  const { parent, text: name } = node;
  if (isImportSpecifier(parent)) {
    const from = parent.parent.parent.parent;
    const isCrypto =
      isImportDeclaration(from) &&
      isStringLiteral(from.moduleSpecifier) &&
      from.moduleSpecifier.text.endsWith('crypto');
    const isSource = node === (parent.propertyName ?? parent.name);
    return isCrypto && isSource && RANDOM.test(name) ? `${name} of crypto` : null;
  }
  if (name !== 'globalThis' && !Object.hasOwn(HIDDEN, name)) return null;
  if (!VALUE_POSITIONS.includes(parent.kind) || isDeclaredAround(node)) return null;
  const isKey = parent.kind === SyntaxKind.PropertyAssignment && (parent as PropertyAssignment).name === node;
  const isCalled = isCallExpression(parent) && parent.expression === node;
  return isKey || isCalled ? null : `${name} as a value`;
}

/** Whether the file has a variable, a parameter or an import with the name of a global object. */
function isDeclaredAround(identifier: Identifier): boolean {
  let root: Node = identifier;
  while (root.parent !== undefined) root = root.parent;
  const declares = (node: Node): boolean =>
    (isIdentifier(node) && node.text === identifier.text && isDeclared(node)) ||
    node.forEachChild((child) => declares(child) || undefined) === true;
  return declares(root);
}

const isDeclared = (node: Identifier): boolean =>
  DECLARATIONS.includes(node.parent.kind) && (node.parent as { readonly name?: Node }).name === node;
