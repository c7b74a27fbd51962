/** Lets one at a time into each concurrency group, in the order they came, as `queue: max` does on GitHub. */
export type Queues = <T>(group: string | null, work: () => Promise<T>) => Promise<T>;

export function openQueues(): Queues {
  const last = new Map<string, Promise<unknown>>();
  return (group, work) => {
    if (group === null) return work();
    const turn = (last.get(group) ?? Promise.resolve()).then(work, work);
    last.set(group, turn);
    return turn;
  };
}
