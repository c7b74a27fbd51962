import { readFileSync } from 'node:fs';

/**
 * The compiled kernels; compiling takes a few milliseconds and is done once a process. Threads are handed it and
 * do not load this file.
 */
export const kernelModule = new WebAssembly.Module(
  readFileSync(new URL('../kernels/kernels.wasm', import.meta.url)),
);
