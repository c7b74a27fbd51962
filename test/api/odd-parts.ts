import fc from 'fast-check';

/** A request as it goes over the wire. */
export interface OddRequest {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const BODY_LIMIT = 256 * 1024;

/** What no parameter and no field takes, or one in a hundred does. */
const oddText = fc.oneof(
  fc.constantFrom(
    ...['', '0', '-1', '1.5', '1e3', '2147483648', '99999999999999999999', 'NaN', 'null', 'true', '１', ' 7'],
    ...[
      '7\u0000',
      '[7]',
      '../7',
      "7'--",
      '<b>',
      '__proto__',
      'constructor',
      '\u202e7',
      '👩‍👩‍👧',
      'x'.repeat(1000),
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 220 }),
);
const oddValue = fc.oneof(
  oddText,
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    -0,
    2_147_483_648,
    [],
    {},
    [[]],
    '7',
    5.5,
    0.1,
    101,
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

export const once = (arbitrary: fc.Arbitrary<string | number | boolean>): fc.Arbitrary<readonly string[]> =>
  arbitrary.map((value) => [String(value)]);
/** A parameter as one sends it: mostly as it should be, sometimes twice, strange or not at all. */
export function parameter(
  valid: fc.Arbitrary<string | number | boolean>,
  { required = false }: { readonly required?: boolean } = {},
): fc.Arbitrary<readonly string[]> {
  return fc.oneof(
    { weight: required ? 40 : 16, arbitrary: once(valid) },
    { weight: required ? 1 : 16, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: once(oddText) },
    { weight: 1, arbitrary: fc.tuple(valid.map(String), fc.oneof(valid.map(String), oddText)) },
  );
}
export const absent = fc.constant<readonly string[]>([]);

export function query(
  parameters: Readonly<Record<string, fc.Arbitrary<readonly string[]>>>,
): fc.Arbitrary<string> {
  const more = fc.oneof({ weight: 30, arbitrary: absent }, { weight: 1, arbitrary: once(oddText) });
  return fc
    .tuple(
      fc.record({ ...parameters, page: more }),
      fc.constantFrom(...Array(40).fill(''), '&', '&%', '&=1', '&k'),
    )
    .map(([values, tail]) => {
      const pairs = Object.entries(values).flatMap(([name, sent]) =>
        sent.map((value) => `${name}=${encodeURIComponent(value)}`),
      );
      return `${pairs.length + tail.length === 0 ? '' : '?'}${pairs.join('&')}${tail}`;
    });
}

export const headerText = fc.string({
  unit: fc.constantFrom(...' !"#%,;=*/-_.aZ09\u00e9\u00ff'),
  maxLength: 20,
});
const seldom = (arbitrary: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 15, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const commonHeaders = {
  'x-request-id': seldom(fc.oneof(fc.constant('a-request-0001'), headerText)),
  'if-none-match': seldom(fc.oneof(fc.constantFrom('*', '"v3"', 'W/"v3", "v4"'), headerText)),
  origin: seldom(fc.constantFrom('https://films.example', 'null')),
  accept: seldom(fc.constantFrom('text/html', 'application/xml', '*/*;q=0')),
};

type Headers = Readonly<Record<string, string | undefined>>;
const sent = (headers: Headers): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

/** Requests without a body, of what follows the path. @param tail of the address. @param headers further ones. */
export const reads =
  (tail: fc.Arbitrary<string>, headers: Readonly<Record<string, fc.Arbitrary<string | undefined>>> = {}) =>
  (path: string) =>
    fc
      .record({ tail, headers: fc.record({ ...commonHeaders, ...headers }) })
      .map(({ tail: rest, headers: all }): OddRequest => ({ address: `${path}${rest}`, headers: sent(all) }));
/** The same where something stands in the path. */
export const readsOf =
  (
    id: fc.Arbitrary<string>,
    tail: fc.Arbitrary<string>,
    ownHeaders: Readonly<Record<string, fc.Arbitrary<string | undefined>>> = {},
  ) =>
  (path: string) =>
    fc.record({ id, tail, headers: fc.record({ ...commonHeaders, ...ownHeaders }) }).map(
      ({ id: named, tail: rest, headers }): OddRequest => ({
        address: `${path.replace(/\{\w+\}/, () => encodeURIComponent(named))}${rest}`,
        headers: sent(headers),
      }),
    );

export const orOdd = (valid: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 12, arbitrary: valid }, { weight: 1, arbitrary: oddText });

/** A value with something in it replaced, removed or added. */
function spoil(value: unknown, [turn, ...turns]: readonly number[], odd: unknown): unknown {
  if (turn === undefined || value === null || typeof value !== 'object') return odd;
  const keys = Object.keys(value);
  if (turn % 7 === 0) return Array.isArray(value) ? [...value, odd] : { ...value, page: odd };
  if (keys.length === 0) return odd;
  const key = keys[turn % keys.length] as string;
  const copy = structuredClone(value) as Record<string, unknown>;
  if (turn % 5 === 0) {
    if (Array.isArray(copy)) copy.splice(Number(key), 1);
    else delete copy[key];
    return copy;
  }
  copy[key] = spoil(copy[key], turns, odd);
  return copy;
}

const contentType = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'Application/JSON'),
  },
  { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/jsonx', 'multipart/form-data', '') },
);

/** Bodies as they should be, with something wrong in them, at the limit of bytes, and no JSON at all. */
function bodies(valid: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const text = valid.map((value) => JSON.stringify(value));
  const spoiled = fc
    .tuple(valid, fc.array(fc.nat(1000), { maxLength: 4 }), oddValue)
    .map(([value, turns, odd]) => JSON.stringify(spoil(value, turns, odd)) ?? 'undefined');
  return fc.oneof(
    { weight: 600, arbitrary: text },
    { weight: 200, arbitrary: spoiled },
    {
      weight: 30,
      arbitrary: fc.oneof(
        oddText,
        fc.json({ maxDepth: 2 }),
        text.map((whole) => whole.slice(0, -1)),
      ),
    },
    { weight: 1, arbitrary: text.map((whole) => whole.padEnd(BODY_LIMIT)) },
    { weight: 1, arbitrary: text.map((whole) => whole.padEnd(BODY_LIMIT + 1)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('['.repeat(BODY_LIMIT), '{"a":'.repeat(50_000), '1'.repeat(BODY_LIMIT)),
    },
  );
}

/** @param headers further ones. */
export const writes =
  (valid: fc.Arbitrary<unknown>, headers: Readonly<Record<string, fc.Arbitrary<string | undefined>>> = {}) =>
  (path: string) =>
    fc
      .record({
        body: bodies(valid),
        headers: fc.record({ ...commonHeaders, 'content-type': contentType, ...headers }),
      })
      .map(({ body, headers: all }): OddRequest => ({ address: path, headers: sent(all), body }));

/** Mostly short, now and then as long as may be and one longer. */
export function upTo<T>(most: number, item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const ofLength = (length: number) =>
    fc
      .array(item, { minLength: 3, maxLength: 3 })
      .map((few) => Array.from({ length }, (_, at) => few[at % 3] as T));
  return fc.oneof(
    { weight: 300, arbitrary: fc.array(item, { minLength: 1, maxLength: 6 }) },
    { weight: 1, arbitrary: ofLength(most) },
    { weight: 1, arbitrary: ofLength(most + 1) },
  );
}
