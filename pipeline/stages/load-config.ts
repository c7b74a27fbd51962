import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Config, parseConfig } from '../config.ts';
import { OperatorError } from '../lib/errors.ts';

const CONFIG_FILE = 'cinematch.config.ts';

/**
 * Reads the configuration: the named file, or `cinematch.config.ts` of the working directory, or defaults.
 *
 * @throws OperatorError `config-invalid`.
 */
export async function loadConfig(file?: string): Promise<Config> {
  const path = resolve(file ?? CONFIG_FILE);
  if (!existsSync(path)) {
    if (file === undefined) return parseConfig({}, 'the default configuration');
    throw new OperatorError(
      'config-invalid',
      `There is no file ${file}.`,
      'Name a configuration file that exists.',
    );
  }
  try {
    const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    return parseConfig(module.default, path);
  } catch (cause) {
    if (cause instanceof OperatorError) throw cause;
    throw new OperatorError(
      'config-invalid',
      `${path} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      'It must be a TypeScript module whose default export is the configuration.',
      { cause },
    );
  }
}
