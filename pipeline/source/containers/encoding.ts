import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { overLimit, refused, type SourceLimits } from './limits.ts';
import { pathIn, type Workspace } from './workspace.ts';

/** How the characters of a text file are written. `windows-1252` is what is neither UTF-8 nor marked as UTF-16. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

interface TextForm {
  readonly encoding: Encoding;
  /** Whether lines end with CR alone. */
  readonly endsWithReturn: boolean;
}

const BLOCK = 2 ** 20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** A character of UTF-8 has at most 4 bytes, so that at most 3 of them are cut off. */
const CUT = 3;

/**
 * The file itself when it is UTF-8 with lines that end with a line feed; otherwise a converted copy. The whole file is
 * read once, in constant memory.
 *
 * @throws OperatorError `source-unreadable` for a line or a number of columns above the limit, and for binary data.
 */
export async function utf8File(
  file: string,
  name: string,
  workspace: Workspace,
): Promise<{ readonly file: string; readonly encoding: Encoding }> {
  const { encoding, endsWithReturn } = await textForm(file, name, workspace.limits);
  if (encoding === 'utf-8' && !endsWithReturn) return { file, encoding };
  const copy = await pathIn(workspace, name.split('/').at(-1) ?? 'text');
  const origin = { origin: name, packedBytes: null };
  await workspace.write(createReadStream(file), [decoder(encoding, endsWithReturn)], copy, origin);
  if (encoding.startsWith('utf-16')) await textForm(copy, name, workspace.limits);
  return { file: copy, encoding };
}

/** Decodes text to UTF-8. */
function decoder(encoding: Encoding, endsWithReturn: boolean): Transform {
  const text = new TextDecoder(encoding);
  const lines = (part: string): string => (endsWithReturn ? part.replaceAll('\r', '\n') : part);
  return new Transform({
    transform: (chunk: Buffer, _, done) => done(null, lines(text.decode(chunk, { stream: true }))),
    flush: (done) => done(null, lines(text.decode())),
  });
}

async function textForm(file: string, name: string, limits: SourceLimits): Promise<TextForm> {
  const handle = await open(file);
  try {
    return await formOf(handle, name, limits);
  } finally {
    await handle.close();
  }
}

async function formOf(handle: FileHandle, name: string, limits: SourceLimits): Promise<TextForm> {
  const buffer = Buffer.alloc(BLOCK + CUT);
  let [kept, isValid, position, sinceEnd, hasReturns] = [0, true, 0, 0, false];
  let end = NEWLINE;
  let isOpen = true;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, kept, BLOCK, position);
    if (bytesRead === 0) break;
    const block = buffer.subarray(kept, kept + bytesRead);
    if (position === 0) {
      const marked = utf16Of(block);
      if (marked !== null) return { encoding: marked, endsWithReturn: false };
      refuseBinary(block, name);
      refuseWide(block, name, limits);
    }
    if (isOpen) {
      // Until a line feed is found, a carriage return may be the end of a line.
      isOpen = !block.includes(NEWLINE);
      hasReturns ||= block.includes(RETURN);
      end = isOpen && hasReturns ? RETURN : NEWLINE;
    }
    const first = block.indexOf(end);
    const line = sinceEnd + (first < 0 ? bytesRead : first);
    if (line > limits.lineBytes) throw longLine(name, position - sinceEnd, limits);
    sinceEnd = first < 0 ? line : bytesRead - 1 - block.lastIndexOf(end);
    position += bytesRead;
    if (!isValid) continue;
    const all = buffer.subarray(0, kept + bytesRead);
    const whole = all.length - cutOff(all);
    isValid = isUtf8(all.subarray(0, whole));
    kept = isValid ? all.copy(buffer, 0, whole) : 0;
  }
  return {
    encoding: isValid && kept === 0 ? 'utf-8' : 'windows-1252',
    endsWithReturn: isOpen && hasReturns,
  };
}

function utf16Of(start: Buffer): Encoding | null {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : null;
}

function refuseBinary(start: Buffer, name: string): void {
  const zero = start.indexOf(0);
  if (zero < 0) return;
  throw refused(
    name,
    `it is no text: byte ${zero + 1} is zero`,
    'Ratings are text (CSV) or Parquet, alone or in .gz, .zst or .zip. Text in UTF-16 needs its byte order mark.',
  );
}

function refuseWide(start: Buffer, name: string, { columns }: SourceLimits): void {
  const end = start.indexOf(NEWLINE);
  const line = start.subarray(0, end < 0 ? start.length : end).toString('latin1');
  const width = Math.max(...[',', '\t', ';', '|'].map((separator) => line.split(separator).length));
  if (width <= columns) return;
  throw overLimit(
    name,
    `its first line has ${width.toLocaleString('en')} columns, and the limit is ${columns.toLocaleString('en')}`,
    'Write one rating a line: user, movie, rating, time. A table with a column for each movie must be turned first.',
  );
}

const longLine = (name: string, from: number, { lineBytes }: SourceLimits) =>
  overLimit(
    name,
    `the line at byte ${(from + 1).toLocaleString('en')} has more than ${lineBytes.toLocaleString('en')} bytes, which is the limit`,
    'Write one rating a line. If the file is damaged, download or copy it again.',
  );

/** How many bytes at the end belong to a character that is not complete. */
function cutOff(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(CUT, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return size > back ? back : 0;
  }
  return 0;
}
