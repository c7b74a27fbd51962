import type { ApiDescription } from './openapi.ts';
import type { Schema } from './schema-fields.ts';

/** The parts of an operation that the page shows. */
export interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    /** Whether a list is sent as several parameters. @default true */
    readonly explode?: boolean;
    readonly description?: string;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<
    Record<string, { readonly description?: string; readonly content?: Content }>
  >;
}

export type Content = Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;

export interface Route extends Operation {
  readonly method: string;
  readonly path: string;
}

/** The scope that a key for a route needs; null for a route without keys. */
export function scopeOf({ security = [] }: Operation): string | null {
  return security.flatMap((scheme) => Object.values(scheme).flat())[0] ?? null;
}

/** Whether every request of a route needs an API key. */
export function needsKey({ security = [] }: Operation): boolean {
  return security.length > 0 && security.every((scheme) => Object.keys(scheme).length > 0);
}

/** Every operation, in the order of the document. */
export function routesOf({ paths = {} }: ApiDescription): readonly Route[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations as Readonly<Record<string, Operation>>).map(([name, operation]) => ({
      ...operation,
      method: name,
      path,
    })),
  );
}
