/** A message that also stands on the run's page, and where it points. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

export interface StepLog {
  /** What a person reads: commands taken out, masks applied. */
  readonly text: string;
  readonly annotations: readonly Annotation[];
  /** Everything masked from here on, with what was masked before. */
  readonly masks: readonly string[];
  /** What was printed apart from the masking commands themselves, masks not applied. */
  readonly raw: string;
}

const COMMAND = /^\s*::([a-z-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/i;
/** Switched off on GitHub for years; printing one does nothing but confuse. */
const RETIRED = new Set(['set-output', 'save-state', 'set-env', 'add-path']);

/**
 * Reads a step's output as the runner does, line by line: commands take effect, the rest is the log.
 *
 * @param masks what must not be shown, from secrets and earlier steps.
 * @throws Error for a command that GitHub no longer accepts.
 */
export function readLog(output: string, masks: readonly string[]): StepLog {
  const known = new Set(masks.filter(Boolean));
  const lines: string[] = [];
  const raw: string[] = [];
  const annotations: Annotation[] = [];
  let stopToken: string | null = null;
  for (const line of output.split(/\r?\n/)) {
    const [, name = '', properties = '', message = ''] = COMMAND.exec(line) ?? [];
    if (stopToken !== null) {
      if (name === stopToken) stopToken = null;
      else lines.push(line);
    } else if (name === 'stop-commands') {
      stopToken = message;
    } else if (name === 'add-mask') {
      const value = unescapeData(message);
      for (const part of [value, ...value.split(/\r?\n/)]) if (part.trim() !== '') known.add(part);
      continue;
    } else if (RETIRED.has(name)) {
      throw new Error(`the command ::${name}:: is no longer accepted; write to the file instead`);
    } else if (name === 'error' || name === 'warning' || name === 'notice') {
      const title = /(?:^|,)title=([^,]*)/.exec(properties)?.[1] ?? '';
      annotations.push({ level: name, title: unescapeProperty(title), message: unescapeData(message) });
      lines.push(`${name}: ${unescapeData(message)}`);
    } else if (name === 'group') lines.push(`▸ ${message}`);
    else if (name !== 'endgroup' && name !== 'debug') lines.push(line);
    raw.push(line);
  }
  const mask = masker([...known]);
  return {
    text: mask(lines.join('\n')),
    annotations: annotations.map((found) => ({
      ...found,
      title: mask(found.title),
      message: mask(found.message),
    })),
    masks: [...known],
    raw: raw.join('\n'),
  };
}

/** Replaces every value by `***`, the longest first, so that a part does not give the whole away. */
export function masker(values: readonly string[]): (text: string) => string {
  const ordered = values.filter(Boolean).sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((masked, value) => masked.replaceAll(value, '***'), text);
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}
