import { crc32, deflateRawSync } from 'node:zlib';

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const DEFLATE = 8;

/** Fields of 2 or 4 bytes, little-endian, back to back. */
function fields(...values: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  return Buffer.concat(
    values.map(([bytes, value]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}

/** A ZIP archive of the given files. Format: PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16. */
export function zipArchive(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = deflateRawSync(content);
    const path = Buffer.from(name);
    // Version, flags, method, time, date; checksum and sizes; lengths of name and extra field.
    const common = fields(
      [2, 20],
      [2, 0],
      [2, DEFLATE],
      [2, 0],
      [2, 33],
      [4, crc32(content)],
      [4, data.length],
      [4, Buffer.byteLength(content)],
      [2, path.length],
      [2, 0],
    );
    const local = Buffer.concat([fields([4, LOCAL_HEADER]), common, path, data]);
    locals.push(local);
    const placement = fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]);
    directory.push(fields([4, CENTRAL_HEADER], [2, 20]), common, placement, path);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const count = locals.length;
  const end = fields(
    [4, END_OF_DIRECTORY],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, central.length],
    [4, offset],
    [2, 0],
  );
  return Buffer.concat([...locals, central, end]);
}
