import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bytesText, overLimit, SOURCE_LIMITS, type SourceLimits } from './limits.ts';
import { createTemporaryFolder, folderInside, removeTemporaryFolder } from './temporary-folder.ts';

/**
 * The unpacked files of one source. All of them share the limits, so that an archive of many archives has the same limit
 * as one file.
 */
export class Workspace {
  readonly limits: SourceLimits;
  private written = 0;
  private root: string | null = null;
  private folders = 0;

  constructor(limits: SourceLimits = SOURCE_LIMITS) {
    this.limits = limits;
  }

  /** A new folder. The first call creates the temporary folder. */
  async folder(): Promise<string> {
    this.root ??= await createTemporaryFolder();
    return folderInside(this.root, String(++this.folders));
  }

  /**
   * Writes a stream into `file`.
   *
   * @param origin the file or archive that the bytes come from, for messages.
   * @param packedBytes its size, or null when the bytes were not packed.
   * @throws OperatorError `source-unreadable` when a limit is exceeded. What was written remains until `remove`.
   */
  async write(
    from: Readable,
    through: readonly Transform[],
    file: string,
    { origin, packedBytes }: { readonly origin: string; readonly packedBytes: number | null },
  ): Promise<string> {
    const { unpackedBytes, ratio, freeBytes } = this.limits;
    let bytes = 0;
    const count = (size: number): void => {
      bytes += size;
      this.written += size;
      if (this.written > unpackedBytes) {
        throw overLimit(
          origin,
          `it has more than ${bytesText(unpackedBytes)}, which is the limit of what is unpacked, converted or read from a pipe`,
          'Pass a file of UTF-8 or Parquet that is not packed, which has no limit of size, or split it into several.',
        );
      }
      if (packedBytes !== null && bytes > freeBytes && bytes > ratio * packedBytes) {
        throw overLimit(
          origin,
          `its ${bytesText(packedBytes)} unpack to more than ${ratio} times their size, as only a damaged or hostile archive does`,
          'Check where the file comes from. If it is right, unpack it and pass the unpacked file.',
        );
      }
    };
    const counted = new Transform({
      transform: (chunk: Buffer, _, done) => {
        try {
          count(chunk.length);
          done(null, chunk);
        } catch (error) {
          done(error as Error);
        }
      },
    });
    await pipeline([from, ...through, counted, createWriteStream(file)]);
    return file;
  }

  /** Whether a file is one of these. */
  holds(file: string): boolean {
    return this.root !== null && file.startsWith(join(this.root, '/'));
  }

  /** Removes every file. */
  async remove(): Promise<void> {
    if (this.root !== null) await removeTemporaryFolder(this.root);
    this.root = null;
  }
}

/** A path in a new folder, so that the name stays the same. */
export const pathIn = async (workspace: Workspace, name: string): Promise<string> =>
  join(await workspace.folder(), name);
