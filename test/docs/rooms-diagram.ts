type Uses = Readonly<Record<string, readonly string[]>>;

/**
 * A Mermaid flowchart of which room may use which. Rooms that use the same rooms and are used by the same rooms
 * share a node. An arrow is left out when a path of other arrows says the same (transitive reduction).
 *
 * `a --> b`: a may use b and every room that b may use. `a -.-> b`: a may use b, but not every room that b may use.
 */
export function roomsDiagram(mayUse: Uses): string {
  const groups = Object.values(
    Object.groupBy(Object.keys(mayUse), (room) => `${mayUse[room]} / ${usersOf(room, mayUse)}`),
  ).map((rooms) => rooms ?? []);
  const node = (rooms: readonly string[]): string =>
    `${idOf(rooms[0]!)}["${rooms.map((room) => room.replace(/^stages\/|(?<=^stages)$/, (at) => (at === '' ? ' (shared files)' : ''))).join('<br>')}"]`;
  const isStage = (rooms: readonly string[]): boolean => rooms[0]!.startsWith('stages');
  const first = new Map(groups.flatMap((rooms) => rooms.map((room) => [room, rooms[0]!] as const)));
  const arrows = groups.flatMap(([room = '']) => {
    const targets = new Set(directUses(room, mayUse).map((used) => first.get(used)!));
    return [...targets].map((used) => {
      const arrow = includesUsesOf(room, used, mayUse) ? '-->' : '-.->';
      return `  ${idOf(room)} ${arrow} ${idOf(used)}`;
    });
  });
  return [
    'flowchart TB',
    ...groups.filter((rooms) => !isStage(rooms)).map((rooms) => `  ${node(rooms)}`),
    '  subgraph pipeline/stages',
    ...groups.filter(isStage).map((rooms) => `    ${node(rooms)}`),
    '  end',
    ...arrows,
    '',
  ].join('\n');
}

const usersOf = (used: string, mayUse: Uses): readonly string[] =>
  Object.keys(mayUse).filter((room) => mayUse[room]!.includes(used));

/** `end` and the like are words of Mermaid, and an id has no slash. */
const idOf = (room: string): string => `room_${room.replace(/\W/g, '_')}`;

const includesUsesOf = (room: string, used: string, mayUse: Uses): boolean =>
  mayUse[used]!.every((further) => mayUse[room]!.includes(further));

/** The rooms that a room uses and that no other solid arrow of it leads to. */
function directUses(room: string, mayUse: Uses): readonly string[] {
  const uses = mayUse[room]!;
  return uses.filter(
    (used) => !uses.some((other) => mayUse[other]!.includes(used) && includesUsesOf(room, other, mayUse)),
  );
}
