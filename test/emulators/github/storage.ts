import { randomBytes } from 'node:crypto';
import { json, type Origin, openOrigin, type Reply, type Traffic } from './origin.ts';

/** Where the bytes of assets and artifacts are: another host, to which a signature in the URL is the key. */
export interface Storage {
  /** Gives a URL from which the bytes can be fetched. */
  sign(path: string, bytes: Buffer, headers?: Readonly<Record<string, string>>): string;
  /** Gives a URL to which blocks can be put as to Azure's block blobs; `done` gets the whole. */
  receive(path: string, done: (bytes: Buffer) => void): string;
  readonly origin: Origin;
}

interface Blob {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

interface Upload {
  readonly blocks: Map<string, Buffer>;
  done(bytes: Buffer): void;
}

export async function openStorage(traffic: Traffic): Promise<Storage> {
  const blobs = new Map<string, Blob>();
  const uploads = new Map<string, Upload>();
  const origin = await openOrigin({
    name: 'storage',
    traffic,
    who: ({ headers }) => (headers.authorization === undefined ? 'nobody' : 'unknown'),
    answer: (call) => {
      // A token that was meant for the API has come to a stranger. Azure refuses it, too.
      if (call.headers.authorization !== undefined) {
        return json(400, {
          code: 'InvalidAuthenticationInfo',
          message: 'Authentication information is not given.',
        });
      }
      const key = `${call.path}?${call.query.get('sig') ?? ''}`;
      const upload = uploads.get(key);
      if (call.method === 'PUT' && upload !== undefined) return put(upload, call);
      const blob = blobs.get(key);
      if (call.method !== 'GET' || blob === undefined) return json(403, { code: 'AuthenticationFailed' });
      return {
        status: 200,
        headers: { 'content-type': 'application/octet-stream', ...blob.headers },
        body: blob.bytes,
      };
    },
  });
  const signed = (path: string): { readonly key: string; readonly url: string } => {
    const sig = randomBytes(16).toString('hex');
    return { key: `${path}?${sig}`, url: `${origin.url}${path}?sig=${sig}` };
  };
  return {
    origin,
    sign: (path, bytes, headers = {}) => {
      const { key, url } = signed(path);
      blobs.set(key, { bytes, headers });
      return url;
    },
    receive: (path, done) => {
      const { key, url } = signed(path);
      uploads.set(key, { blocks: new Map(), done });
      return url;
    },
  };
}

/**
 * https://learn.microsoft.com/en-us/rest/api/storageservices/put-block,
 * https://learn.microsoft.com/en-us/rest/api/storageservices/put-block-list
 */
function put(upload: Upload, call: { readonly query: URLSearchParams; readonly body: Buffer }): Reply {
  const { query, body } = call;
  switch (query.get('comp')) {
    case 'block':
      upload.blocks.set(query.get('blockid') ?? '', body);
      break;
    case 'blocklist': {
      const ids = [...body.toString().matchAll(/<(?:Latest|Uncommitted)>([^<]+)</g)].map(([, id = '']) => id);
      const blocks = ids.map((id) => upload.blocks.get(id));
      if (blocks.includes(undefined)) return json(400, { code: 'InvalidBlockList' });
      upload.done(Buffer.concat(blocks.filter((block) => block !== undefined)));
      break;
    }
    default:
      upload.done(body);
  }
  return { status: 201, headers: { etag: '"1"', 'last-modified': new Date().toUTCString() } };
}
