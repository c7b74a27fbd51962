import { readFileSync } from 'node:fs';

/**
 * The compiled kernels. Compiling takes a few milliseconds and is done once in a process; threads receive the module.
 */
export const kernelModule = new WebAssembly.Module(
  readFileSync(new URL('../kernels/kernels.wasm', import.meta.url)),
);
