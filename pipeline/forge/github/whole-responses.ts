type Fetch = typeof globalThis.fetch;

/**
 * A `fetch` that answers when the body has come in whole. Octokit takes a body that breaks off for an empty
 * one, and an empty list of issues would be the reason to open one more; here it is a failed request.
 *
 * @param limitBytes of a body. What comes after one byte more is not read.
 */
export function wholeResponses(fetch: Fetch, limitBytes = Number.POSITIVE_INFINITY) {
  return async (...request: Parameters<Fetch>) => {
    const response = await fetch(...request);
    const bytes = await readBody(response.body, limitBytes);
    return {
      status: response.status,
      statusText: response.statusText,
      url: response.url,
      headers: response.headers,
      body: bytes,
      text: async () => new TextDecoder().decode(bytes),
      arrayBuffer: async () => bytes.buffer,
    };
  };
}

async function readBody(body: ReadableStream<Uint8Array> | null, limitBytes: number) {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limitBytes) break;
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
