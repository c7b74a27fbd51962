import type { Reading } from '../../pipeline/source/read-rated-source.ts';

/** Files with stars and usual names of columns, as an empty configuration reads them. */
export const AS_STARS: Reading = { ids: 'auto', scale: null, columns: {}, maxRejectShare: 0.05 };
