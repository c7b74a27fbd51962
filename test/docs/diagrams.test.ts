import { expect, it } from 'vitest';
import { roomsDiagram } from './rooms-diagram.ts';
import { tablesDiagram } from './tables-diagram.ts';

it('draws rooms with the same neighbours as one box, and leaves out arrows that follow from others', () => {
  const mayUse = {
    lib: [],
    math: ['lib'],
    a: ['lib', 'math'],
    b: ['lib', 'math'],
    'stages/x': ['lib', 'math', 'a', 'b'],
  };
  expect(roomsDiagram(mayUse)).toBe(`flowchart TB
  room_lib["lib"]
  room_math["math"]
  room_a["a<br>b"]
  subgraph pipeline/stages
    room_stages_x["x"]
  end
  room_math --> room_lib
  room_a --> room_math
  room_stages_x --> room_a
`);
});

it('draws a dotted arrow to a room of which not all uses are allowed', () => {
  const arrows = roomsDiagram({ lib: [], source: ['lib'], store: ['lib', 'source'], api: ['lib', 'store'] });
  expect(arrows).toContain('  room_api -.-> room_store\n');
  expect(arrows).toContain('  room_api --> room_lib\n');
});

it('draws tables with their keys and relations, and without packed columns', () => {
  const schema = `create table batches (
  batch_id smallint not null,
  sha256 text not null,
  content bytea not null storage e,
  at timestamp with time zone,
  constraint batches_sha256_key UNIQUE (sha256),
  constraint batches_pkey PRIMARY KEY (batch_id)
);

create table notes (
  batch_id smallint not null,
  corrects smallint,
  constraint notes_pkey PRIMARY KEY (batch_id),
  constraint notes_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batches(batch_id),
  constraint notes_corrects_fkey FOREIGN KEY (corrects) REFERENCES batches(batch_id)
);
`;
  expect(tablesDiagram(schema)).toBe(`erDiagram
  direction LR
  batches {
    smallint batch_id PK
    text sha256 UK
    timestamptz at
  }
  notes {
    smallint batch_id PK, FK
    smallint corrects FK
  }
  batches ||--o| notes : "batch_id"
  batches |o--o{ notes : "corrects"
`);
});
