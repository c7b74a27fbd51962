import { expect, test } from 'vitest';
import { namesOf } from '../../pipeline/ratings/title-words.ts';

test.each<[title: string, names: string[]]>([
  ['Toy Story', ['toy story']],
  ['Matrix, The', ['matrix']],
  ['The Matrix', ['matrix']],
  ['The', ['the']],
  ['Postman, The (Postino, Il)', ['postman', 'postino']],
  ["School of Flesh, The (École de la chair, L')", ['school of flesh', 'ecole de la chair']],
  ['Wings of Desire (Himmel über Berlin, Der)', ['wings of desire', 'himmel uber berlin']],
  ['Die Hard', ['die hard']],
  ['Supercop (Police Story 3: Supercop) (Jing cha)', ['supercop', 'police story 3 supercop', 'jing cha']],
  ['Independence Day (a.k.a. ID4)', ['independence day', 'id4']],
  ['(500) Days of Summer', ['500 days of summer']],
  ['Good, the Bad and the Ugly, The', ['good the bad and the ugly']],
  ['Monsters, Inc.', ['monsters inc']],
  ['Alien³', ['alien3']],
  ["L'Avventura", ['avventura']],
  ["Fabuleux destin d'Amélie", ['fabuleux destin d amelie']],
  ['M. Hulot’s Holiday', ['m hulots holiday']],
  ['Face/Off', ['face+off']],
  ['Cérémonie, La', ['ceremonie']],
  ['Nach dem Schuß', ['nach dem schuss']],
  ['Smørrebrød Æon', ['smorrebrod aeon']],
  ['İstanbul', ['istanbul']],
  ['Romeo + Juliet', ['romeo juliet']],
  ['Dumb & Dumber', ['dumb and dumber']],
  ['Ёлки', ['елки']],
  ['#$*! (Dollars)', ['dollars']],
  ['!!!', []],
  ['', []],
])('%s is called %j', (title, names) => {
  const spelt = namesOf(title).map((name) => name.map((parts) => parts.join('+')).join(' '));
  expect(spelt).toEqual(names);
});
