// @ts-check
import { workerData } from 'node:worker_threads';
import { JobBoard } from './job-board.mjs';

/**
 * What a thread is told when it starts.
 *
 * @import { Address, Kernels } from './kernels.ts'
 * @typedef {object} CrewMember
 * @property {WebAssembly.Module} module
 * @property {WebAssembly.Memory} memory
 * @property {Address} board
 * @property {number} thread
 */

const { module, memory, board, thread } = /** @type {CrewMember} */ (workerData);
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
new JobBoard(memory, board).serve(/** @type {Kernels} */ (/** @type {unknown} */ (exports)), thread);
