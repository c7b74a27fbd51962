/** The union of lists of ids, each ascending and distinct, as one such list (a merge sort). */
export function unionOfIds(parts: readonly Int32Array[]): Int32Array {
  if (parts.length < 2) return parts[0] ?? new Int32Array(0);
  const a = unionOfIds(parts.slice(0, parts.length >> 1));
  const b = unionOfIds(parts.slice(parts.length >> 1));
  const union = new Int32Array(a.length + b.length);
  let length = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = a[i] as number;
    const right = b[j] as number;
    union[length++] = left < right ? left : right;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  while (i < a.length) union[length++] = a[i++] as number;
  while (j < b.length) union[length++] = b[j++] as number;
  return union.slice(0, length);
}
