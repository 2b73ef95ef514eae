import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the binary part of lmdb-js is, and by what to see that it is still the same file. */
export interface KnownBinary {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** The version of the package that it belongs to. */
  readonly version: string
}

/** The functions of Node's `require` that are needed here. */
type Require = Pick<NodeJS.Require, 'resolve'> & ((name: string) => unknown)

/** The packages by which lmdb-js finds its binary part. */
const finderName = 'node-gyp-build-optional-packages'

/**
 * The binary part of lmdb-js for the JavaScript of it that a start file holds. To find it takes
 * longer than to load it, so where it was found is remembered beside the compiled code. Where the
 * package that is installed has another version than the JavaScript, that of the package is used.
 */
export class StoreBinding {
  readonly #require: Require
  #known: KnownBinary | undefined

  /** `known` is what an earlier process has noted; anything that it cannot be counts as nothing. */
  constructor(require: Require, known: unknown) {
    this.#require = require
    this.#known = isUnchanged(known) ? known : undefined
  }

  /** What to note for a later process. */
  get known(): KnownBinary | undefined {
    return this.#known
  }

  /** Whether the package that is installed is of this version. */
  isOfVersion(version: string): boolean {
    if (this.#known?.version === version) return true
    this.#known = undefined
    return versionIn(this.#directory()) === version
  }

  /** Loads it. Throws what `require` throws. */
  load(): unknown {
    if (this.#known !== undefined) {
      try {
        return this.#require(this.#known.path)
      } catch {
        // A copy of the installation may be on another system; it is looked for there anew.
      }
    }
    const directory = this.#directory()
    const finder = this.#require.resolve(finderName, { paths: [directory] })
    const found = this.#require(finder) as { resolve(directory: string): string }
    const path = found.resolve(directory)
    const loaded = this.#require(path)
    const { size, mtimeMs } = statSync(path)
    const version = versionIn(directory)
    this.#known = { path, sizeBytes: size, modifiedMs: mtimeMs, version }
    return loaded
  }

  #directory(): string {
    return dirname(dirname(this.#require.resolve('lmdb')))
  }
}

function versionIn(directory: string): string {
  const text = readFileSync(join(directory, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function isUnchanged(known: unknown): known is KnownBinary {
  if (typeof known !== 'object' || known === null) return false
  const { path, sizeBytes, modifiedMs, version } = known as Partial<KnownBinary>
  if (typeof path !== 'string' || typeof version !== 'string') return false
  const now = statSync(path, { throwIfNoEntry: false })
  return now !== undefined && now.size === sizeBytes && now.mtimeMs === modifiedMs
}
