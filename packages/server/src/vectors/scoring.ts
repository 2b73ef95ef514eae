import type { DistanceFunction } from '../schema/tableRecord.ts'

/*
 * How a score is worked out, to the last bit. Elements are 32-bit floats (items/vectorValues.ts);
 * all arithmetic is that of 64-bit floats, each step rounded to nearest, the even one of two.
 *
 * A sum over two vectors has eight parts: element i goes to part i modulo 8, in the order of the
 * elements, and the parts are added as ((s0+s2)+(s4+s6)) + ((s1+s3)+(s5+s7)). So it is made of 128
 * bits at a time by the kernel (kernel.wat) and by plain loops alike. With P(a,b) the sum of
 * products and D(a,b) that of the squares of differences, a search of q scores v with
 *
 *     DOT_PRODUCT   P(q,v)
 *     EUCLIDEAN     the square root of D(q,v)
 *     COSINE        1 - P(q,v) / the square root of P(q,q)*P(v,v), not below 0 nor above 2;
 *                   1 when that root is 0
 *
 * rounded to the nearest 32-bit float, the largest one in place of infinity. COSINE and EUCLIDEAN
 * are distances and order results upwards, DOT_PRODUCT orders them downwards; items of one score
 * follow in the order of their keys in the store.
 */

/** How many parts a sum has, and what the lengths of vectors are padded to. */
export const lanes = 8

export const paddedLength = (dimensions: number): number => Math.ceil(dimensions / lanes) * lanes

/** A vector of either kind of float, its length padded with zeros to a multiple of `lanes`. */
type Padded = Float32Array | Float64Array

/** The elements as 64-bit floats, padded. */
export function paddedQuery(vector: ArrayLike<number>): Float64Array {
  const query = new Float64Array(paddedLength(vector.length))
  query.set(vector)
  return query
}

/** The sum of the products of elements. REQUIRES: both are padded to one length. */
export function productOf(a: Padded, b: Padded): number {
  const s = new Float64Array(lanes)
  for (let i = 0; i < a.length; i++) {
    s[i % lanes] = (s[i % lanes] as number) + (a[i] as number) * (b[i] as number)
  }
  return sumOfLanes(s)
}

/** The sum of the squares of differences. REQUIRES: both are padded to one length. */
export function squaresOf(a: Padded, b: Padded): number {
  const s = new Float64Array(lanes)
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number)
    s[i % lanes] = (s[i % lanes] as number) + difference * difference
  }
  return sumOfLanes(s)
}

function sumOfLanes(s: Float64Array): number {
  const [s0, s1, s2, s3, s4, s5, s6, s7] = s as unknown as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7))
}

/**
 * The score of a vector from its sum with the query: of squares for EUCLIDEAN, else of products.
 * `querySquare` and `square` are the sums of the squares of both, for COSINE alone.
 */
export function scoreOf(
  distanceFunction: DistanceFunction,
  sum: number,
  querySquare: number,
  square: number,
): number {
  if (distanceFunction === 'EUCLIDEAN') return rounded(Math.sqrt(sum))
  if (distanceFunction === 'DOT_PRODUCT') return rounded(sum)
  const length = Math.sqrt(querySquare * square)
  if (length === 0) return 1
  return rounded(Math.min(2, Math.max(0, 1 - sum / length)))
}

const largestFloat = 3.4028234663852886e38

function rounded(score: number): number {
  const float = Math.fround(score)
  if (Number.isFinite(float)) return float
  return score > 0 ? largestFloat : -largestFloat
}

/** What orders results upwards. */
export const rankOf = (distanceFunction: DistanceFunction, score: number): number =>
  distanceFunction === 'DOT_PRODUCT' ? -score : score
