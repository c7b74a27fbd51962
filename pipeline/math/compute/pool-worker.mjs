// @ts-check
import { workerData } from 'node:worker_threads';
import { WorkQueue } from './work-queue.mjs';

/**
 * What a thread receives when it starts.
 *
 * @import { Address, Kernels } from './kernels.ts'
 * @typedef {object} PoolWorkerData
 * @property {WebAssembly.Module} module
 * @property {WebAssembly.Memory} memory
 * @property {Address} queue
 * @property {number} thread
 */

const { module, memory, queue, thread } = /** @type {PoolWorkerData} */ (workerData);
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
new WorkQueue(memory, queue).serve(/** @type {Kernels} */ (/** @type {unknown} */ (exports)), thread);
