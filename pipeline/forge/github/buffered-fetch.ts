type Fetch = typeof globalThis.fetch;

/**
 * A `fetch` that resolves after the complete body was received, and fails for an incomplete one. Octokit treats an
 * incomplete body as empty, and an empty list of issues would open one more.
 *
 * @param limitBytes of a body. Reading stops after this limit is exceeded.
 */
export function bufferedFetch(fetch: Fetch, limitBytes = Number.POSITIVE_INFINITY) {
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
  return new Blob(chunks).bytes();
}
