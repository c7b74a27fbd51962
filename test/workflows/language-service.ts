import { registerHooks } from 'node:module';

// The packages import JSON as bundlers allow it; Node requires an attribute.
registerHooks({
  load: (url, context, next) =>
    next(
      url,
      url.endsWith('.json')
        ? { ...context, importAttributes: { ...context.importAttributes, type: 'json' } }
        : context,
    ),
});
const { registerLogger, validate } = await import('@actions/languageservice');
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import(
  '@actions/workflow-parser'
);

const silent = (): void => {};
registerLogger({ error: silent, warn: silent, info: silent, log: silent });

/**
 * The problems that GitHub's language service finds in a workflow or an `action.yml`, as `12: text` with the line,
 * in the order of lines. The path says which of the two it is.
 */
export async function languageFindings(path: string, text: string): Promise<readonly string[]> {
  const diagnostics = await validate(documentOf(path, text));
  const found = diagnostics.map(({ range, message }) => ({
    line: range.start.line + 1,
    message: typeof message === 'string' ? message : message.value,
  }));
  if (path.startsWith('.github/workflows/')) {
    const parsed = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
    const errors = parsed.context.errors.getErrors().map(({ message }) => message);
    const template =
      parsed.value === undefined ? undefined : await convertWorkflowTemplate(parsed.context, parsed.value);
    for (const message of [...errors, ...(template?.errors ?? []).map((error) => error.Message)]) {
      if (!found.some((known) => message.includes(known.message))) found.push({ line: 0, message });
    }
  }
  return found.sort((a, b) => a.line - b.line).map(({ line, message }) => `${line}: ${message}`);
}

/** The service caches documents by their URI, so each gets a new one. */
let documents = 0;

/** A text as an editor document, with the members that the service uses. */
function documentOf(path: string, text: string): Parameters<typeof validate>[0] {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  documents += 1;
  const document: Partial<Parameters<typeof validate>[0]> = {
    uri: `file:///${documents}/${path}`,
    languageId: 'yaml',
    version: 1,
    lineCount: starts.length,
    getText: (range) =>
      range === undefined
        ? text
        : text.slice(
            (starts[range.start.line] ?? 0) + range.start.character,
            (starts[range.end.line] ?? 0) + range.end.character,
          ),
    positionAt: (offset) => {
      const line = starts.findLastIndex((start) => start <= offset);
      return { line, character: offset - (starts[line] ?? 0) };
    },
    offsetAt: ({ line, character }) => (starts[line] ?? 0) + character,
  };
  return document as Parameters<typeof validate>[0];
}
