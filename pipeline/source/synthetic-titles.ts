import { type Random, shuffle } from '../lib/random.ts';

const QUALITIES =
  'Amber Ashen Borrowed Brass Broken Cedar Clouded Copper Crooked Distant Drifting Drowned Eastern Empty Fading ' +
  'Feathered Floating Folded Forgotten Frozen Gilded Half-Lit Hollow Hungry Indigo Ivory Lantern-Lit ' +
  'Leaning Little Marble Midwinter Mirrored Moonless Narrow Nameless Northern Paper Patient Pale Painted Quiet ' +
  'Rainy Restless Rusted Salted Scarlet Seventh Silent Silver Sleepless Slow Southern Stolen Tangled Tidal ' +
  'Twilight Unfinished Unwritten Velvet Wandering Western Wooden Woven';
const THINGS =
  'Almanac Archive Arithmetic Astronomer Bakery Balcony Beekeeper Bicycle Bridge Cabinet Canal Carousel Cartographer ' +
  'Clockmaker Compass Concerto Corridor Courier Dockyard Estuary Farewell Ferry Gardener Glacier Grammar ' +
  'Greenhouse Harbour Harvest Horizon Hourglass Inheritance Island Labyrinth Ledger Letter Librarian ' +
  'Lighthouse Locksmith Lullaby Machine Meadow Merchant Meridian Observatory Orchard Orchestra Parade ' +
  'Passenger Pavilion Photograph Pilgrim Promise Quarry Railway Reservoir Riddle River Rooftop Schoolhouse Shipwright ' +
  'Signal Staircase Station Tailor Telegram Theatre Tide Tower Translator Umbrella Valley Violin Voyage ' +
  'Weaver Window Winter';
const PLACES =
  'Arvenholt, Bellmarsh, Brackwater, Calder Cove, Dunmere, Eastering Quay, Fallowfield, Garrow Hill, Hartsend, ' +
  'Ivellen, Kestrel Bay, Larkmoor, Marrowby, Northolt Sands, Orrin, Penhallow Point, Quillon, Ravensmere, ' +
  'Saltreach, Thornby, Ullavik, Vellmar, Westerling, Yarrow Bridge';

/**
 * Generates unique titles from random combinations of words: `The Silent Harbour`, `The Clockmaker of Dunmere`. After
 * all combinations are used, titles repeat as sequels: `The Silent Harbour II`.
 */
export function generateTitles(random: Random, count: number): readonly string[] {
  const qualities = QUALITIES.split(' ');
  const places = PLACES.split(', ');
  const titles = THINGS.split(' ').flatMap((thing) => [
    ...qualities.map((quality) => `The ${quality} ${thing}`),
    ...places.map((place) => `The ${thing} of ${place}`),
  ]);
  shuffle(random, titles);
  return Array.from({ length: count }, (_, i) => {
    const part = Math.floor(i / titles.length) + 1;
    const title = titles[i % titles.length] as string;
    return part === 1 ? title : `${title} ${part === 2 ? 'II' : part === 3 ? 'III' : part}`;
  });
}
