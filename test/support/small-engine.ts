/**
 * Imported before a command (`node --import`), it makes the limits of the engine small: a `Set`, a `Map` or an array with
 * more entries than CINEMATCH_TEST_ENTRIES fails as it would with sixteen million, and so does a call with so many
 * arguments. Columns, which are typed arrays, may have any length.
 */
const LIMIT = Number(process.env['CINEMATCH_TEST_ENTRIES']);
if (!(LIMIT > 0)) throw new Error('CINEMATCH_TEST_ENTRIES must be a positive number.');

type Method = (this: never, ...args: never[]) => unknown;

/** Puts a check before a method. */
function guard(owner: object, name: string | symbol, check: (self: never, args: never[]) => void): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name) as PropertyDescriptor;
  const original = descriptor.value as Method;
  const guarded: Method = function (...args) {
    check(this, args);
    return Reflect.apply(original, this, args);
  };
  Object.defineProperty(owner, name, { ...descriptor, value: guarded });
}

const PRODUCT = /\/(?:pipeline|actions|api)\//;

/** Libraries and the engine itself may do what they like: only a call by the product is refused. */
function refuse(what: string): void {
  const error = new RangeError(`${what} maximum size exceeded (CINEMATCH_TEST_ENTRIES=${LIMIT})`);
  const caller = error.stack
    ?.split('\n')
    .find((line) => / at /.test(line) && !/small-engine|<anonymous>|native/.test(line));
  if (caller !== undefined && PRODUCT.test(caller) && !caller.includes('node_modules')) throw error;
}

guard(Set.prototype, 'add', (self: Set<unknown>) => {
  if (self.size >= LIMIT) refuse('Set');
});
guard(Map.prototype, 'set', (self: Map<unknown, unknown>) => {
  if (self.size >= LIMIT) refuse('Map');
});
guard(Array.prototype, 'push', (self: unknown[], args: never[]) => {
  if (self.length + args.length > LIMIT) refuse('Array');
});
// A spread makes an array without a method. Whatever is done with it next is one.
for (const name of [
  ...[
    'at',
    'concat',
    'entries',
    'every',
    'filter',
    'find',
    'findIndex',
    'flat',
    'flatMap',
    'forEach',
    'includes',
  ],
  ...[
    'indexOf',
    'join',
    'keys',
    'map',
    'reduce',
    'reverse',
    'slice',
    'some',
    'sort',
    'splice',
    'toSorted',
    'values',
  ],
  Symbol.iterator,
]) {
  guard(Array.prototype, name, (self: unknown) => {
    if (Array.isArray(self) && self.length > LIMIT) refuse('Array');
  });
}
const lengthOf = (source: unknown): number | undefined => (source as { length?: number } | null)?.length;
guard(Array, 'from', (_, [source]: unknown[]) => {
  if ((lengthOf(source) ?? 0) > LIMIT) refuse('Array');
});
const typedArray = Object.getPrototypeOf(Int32Array) as { readonly prototype: object };
guard(typedArray, 'from', (_, [source]: unknown[]) => {
  if (Array.isArray(source) && source.length > LIMIT) refuse('Array');
});
// It makes a list of what it keeps.
guard(typedArray.prototype, 'filter', (self: unknown) => {
  if ((lengthOf(self) ?? 0) > LIMIT) refuse('Array');
});
for (const name of ['max', 'min', 'hypot']) {
  guard(Math, name, (_, args: never[]) => {
    if (args.length > LIMIT) refuse('Call stack');
  });
}
