import { createRequire } from 'node:module'
import { dirname } from 'node:path'

/**
 * How near two vectors of 8-bit integers are: the square of their Euclidean distance, or one minus
 * their scalar product.
 */
export type GraphMetric = 'l2sq' | 'ip'

/** A graph of vectors of 8-bit integers by number, as usearch's binary part has it. */
export interface CompiledGraph {
  /** REQUIRES: no vector has one of the keys. Throws when there is no memory. */
  add(keys: BigUint64Array, vectors: Int8Array, threads: number): void
  remove(keys: BigUint64Array): unknown
  /** Keys, distances, and how many there are; the nearest first. */
  search(
    queries: Int8Array,
    count: number,
    threads: number,
  ): readonly [BigUint64Array, Float32Array, BigUint64Array]
}

export interface GraphLibrary {
  open(dimensions: number, metric: GraphMetric): CompiledGraph
}

/** How many neighbours a vector has in the graph; twice as many on its lowest level. */
const connectivity = 16
/** How many near vectors are known while the place of a new one is found. */
const expansionOfAdd = 128
/** The same for a search, which may ask for more. */
const expansionOfSearch = 40

interface Binding {
  readonly CompiledIndex: new (
    dimensions: number,
    metric: GraphMetric,
    quantization: 'i8',
    connectivity: number,
    expansionOfAdd: number,
    expansionOfSearch: number,
    multi: boolean,
  ) => CompiledGraph
}

const packageName = 'usearch'

/**
 * The package usearch, which is optional; undefined where it is not installed, or has no binary
 * part for this machine. Its class in JavaScript makes 32-bit floats of whatever it is given, and
 * those into integers that keep the direction of a vector alone; so its binary part is called.
 */
export function loadGraphLibrary(name: string = packageName): GraphLibrary | undefined {
  const binding = bindingOf(name)
  if (binding === undefined) return undefined
  const { CompiledIndex } = binding
  return {
    open: (dimensions, metric) =>
      new CompiledIndex(
        dimensions,
        metric,
        'i8',
        connectivity,
        expansionOfAdd,
        expansionOfSearch,
        false,
      ),
  }
}

function bindingOf(name: string): Binding | undefined {
  try {
    const main = createRequire(import.meta.url).resolve(name)
    // Its directory is four levels above javascript/dist/cjs/usearch.js.
    const directory = dirname(dirname(dirname(dirname(main))))
    const find = createRequire(main)('node-gyp-build') as (directory: string) => Binding
    return find(directory)
  } catch {
    return undefined
  }
}
