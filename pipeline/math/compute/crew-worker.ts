import { workerData } from 'node:worker_threads';
import { JobBoard } from './job-board.ts';
import { type Address, instantiateKernels } from './kernels.ts';

/** What a thread is told when it starts. */
export interface CrewMember {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly board: Address;
  readonly thread: number;
}

const { module, memory, board, thread } = workerData as CrewMember;
new JobBoard(memory, board).serve(instantiateKernels(module, memory), thread);
