import type { DistanceFunction } from '../schema/tableRecord.ts'
import type { GraphMetric } from './graphLibrary.ts'

/** Elements of a code lie between this number and its negative. */
const largestCode = 127
/** An element that lies beyond by this factor is cut, which moves the code a little. */
const cutFactor = 1.25
/** A vector whose elements all have fewer steps than that is told too badly from others. */
const leastSteps = 16
/** The middle is that of so many vectors at most. */
const mostInMiddle = 31
/** The share of vectors, by their largest elements, that the scale is made for. */
const commonShare = 0.99

/**
 * Vectors as 8-bit integers, by which a graph knows which are near: their elements, from the middle
 * of all vectors, in steps of one size. What is nearest by codes is nearly the nearest:
 *
 *     COSINE        the distance of the codes of unit vectors, which orders them as the angle does
 *     EUCLIDEAN     the distance of codes
 *     DOT_PRODUCT   the product of codes; the middle adds the same to the product with each vector
 *
 * So what distinguishes vectors has all of the steps, wherever they lie.
 */
export class VectorCodes {
  readonly metric: GraphMetric
  readonly #isUnit: boolean
  readonly #middle: Float64Array
  readonly #scale: number
  readonly #code: Int8Array

  /** For vectors that are distributed as the sample is, of which there is one at least. */
  constructor(distanceFunction: DistanceFunction, sample: readonly Float32Array[]) {
    this.metric = distanceFunction === 'DOT_PRODUCT' ? 'ip' : 'l2sq'
    this.#isUnit = distanceFunction === 'COSINE'
    const factors = sample.map((vector) => this.#factorOf(vector))
    const { length } = sample[0] as Float32Array
    this.#code = new Int8Array(length)
    this.#middle = middleOf(sample, factors, length)
    const largest = sample
      .map((vector, i) => this.#largestOf(vector, factors[i] as number))
      .sort((a, b) => a - b)
    const common = largest[Math.floor((largest.length - 1) * commonShare)] as number
    const most = largest.at(-1) as number
    // Without spread there is no vector with a code, and any scale will do.
    this.#scale = largestCode / (Math.min(most, cutFactor * common || most) || 1)
  }

  /**
   * The code of a vector: a view, which lasts until the next one. Undefined for a vector that has
   * none: it lies far out, or so near the middle of the others that its code would say little, or
   * it is all zeros and has no direction.
   */
  ofVector(vector: Float32Array): Int8Array | undefined {
    const factor = this.#factorOf(vector)
    if (factor === 0) return undefined
    const code = this.#coded(vector, factor, this.#middle)
    return code?.some((steps) => steps >= leastSteps || steps <= -leastSteps) ? code : undefined
  }

  /** The same of what is searched for. */
  ofQuery(vector: Float32Array): Int8Array | undefined {
    if (this.metric !== 'ip') return this.ofVector(vector)
    // Its length changes all products alike.
    let largest = 0
    for (const element of vector) largest = Math.max(largest, Math.abs(element))
    return largest === 0 ? undefined : this.#coded(vector, largestCode / this.#scale / largest)
  }

  /** What the elements are multiplied by before all else. */
  #factorOf(vector: Float32Array): number {
    if (!this.#isUnit) return 1
    let square = 0
    for (const element of vector) square += element * element
    return square === 0 ? 0 : 1 / Math.sqrt(square)
  }

  #largestOf(vector: Float32Array, factor: number): number {
    const middle = this.#middle
    let largest = 0
    for (let i = 0; i < middle.length; i++) {
      const element = (vector[i] as number) * factor - (middle[i] as number)
      largest = Math.max(largest, Math.abs(element))
    }
    return largest
  }

  #coded(vector: Float32Array, factor: number, middle?: Float64Array): Int8Array | undefined {
    const scale = this.#scale
    const code = this.#code
    const most = largestCode * cutFactor
    for (let i = 0; i < code.length; i++) {
      const element = (vector[i] as number) * factor
      const steps = Math.round(
        (middle === undefined ? element : element - (middle[i] as number)) * scale,
      )
      if (steps > most || steps < -most) return undefined
      code[i] = Math.max(-largestCode, Math.min(largestCode, steps))
    }
    return code
  }
}

/** The middle of each element, of some vectors: those that lie far out do not move it. */
function middleOf(
  sample: readonly Float32Array[],
  factors: readonly number[],
  length: number,
): Float64Array {
  const every = Math.ceil(sample.length / mostInMiddle)
  const chosen = sample.map((_, k) => k).filter((k) => k % every === 0)
  const half = Math.floor(chosen.length / 2)
  return Float64Array.from({ length }, (_, i) => {
    const elements = chosen.map(
      (k) => ((sample[k] as Float32Array)[i] as number) * (factors[k] as number),
    )
    return elements.sort((x, y) => x - y)[half] as number
  })
}
