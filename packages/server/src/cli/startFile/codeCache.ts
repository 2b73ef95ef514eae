import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'

/** What a script gives: a function that is called with what a CommonJS module has. */
type CommonJs = (
  exports: object,
  require: (name: string) => unknown,
  module: { exports: object },
  fileName: string,
) => void

/** A script with what V8 made of it in an earlier process. */
export interface CachedCode {
  /** Evaluates the script and gives its exports. */
  evaluate(require: (name: string) => unknown): object
  /** What {@link keep} was given in the process that made the cache; undefined without a cache. */
  readonly notes: unknown
  /**
   * Writes the code that this process has compiled until now and `notes`, which are JSON, unless
   * there was a cache with the same notes. Never fails: where it cannot be written, the next start
   * compiles.
   */
  keep(notes: unknown): void
}

/**
 * The script in the file `sourceFile`, with the cache in `cacheFile`. It is an expression for a
 * function with the parameters of a CommonJS module, so that its text, of some megabytes, is not
 * copied to be put into one; a character for each byte. Both are read in one piece. A cache that
 * belongs to another text, another V8 or other flags of it, or that is damaged, counts as none.
 *
 * The file of a cache, numbers little-endian:
 *
 *     0 CRC-32 of what follows     4 CRC-32 of the script     8 length of the notes     12 notes
 *     and V8's data behind them
 *
 * V8 looks for the version, the flags and the length of the text alone, and believes the rest:
 * damaged data would end the process by a signal.
 */
export function openCachedCode(sourceFile: string, cacheFile: string): CachedCode {
  const source = readFileSync(sourceFile)
  const textChecksum = crc32(source)
  const cache = readCache(cacheFile, textChecksum)
  const script = new Script(source.toString('latin1'), {
    filename: sourceFile,
    ...(cache !== undefined && { cachedData: cache.data }),
  })
  const isCached = cache !== undefined && script.cachedDataRejected !== true
  let kept = isCached ? JSON.stringify(cache.notes) : undefined
  return {
    notes: isCached ? cache.notes : undefined,
    evaluate(require) {
      const module = { exports: {} }
      const run = script.runInThisContext() as CommonJs
      run(module.exports, require, module, sourceFile)
      return module.exports
    },
    keep(notes) {
      const text = JSON.stringify(notes ?? null)
      if (kept === text) return
      kept = text
      writeCache(cacheFile, encodeCache(textChecksum, text, script.createCachedData()))
    },
  }
}

interface Cache {
  readonly notes: unknown
  readonly data: Buffer
}

const headBytes = 12

function readCache(cacheFile: string, textChecksum: number): Cache | undefined {
  try {
    const bytes = readFileSync(cacheFile)
    if (bytes.readUInt32LE(0) !== crc32(bytes.subarray(4))) return undefined
    if (bytes.readUInt32LE(4) !== textChecksum) return undefined
    const dataStart = headBytes + bytes.readUInt32LE(8)
    const notes = JSON.parse(bytes.toString('utf8', headBytes, dataStart)) as unknown
    return { notes, data: bytes.subarray(dataStart) }
  } catch {
    return undefined
  }
}

function encodeCache(textChecksum: number, notes: string, data: Buffer): Buffer {
  const notesText = Buffer.from(notes, 'utf8')
  const bytes = Buffer.concat([Buffer.alloc(headBytes), notesText, data])
  bytes.writeUInt32LE(textChecksum, 4)
  bytes.writeUInt32LE(notesText.length, 8)
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0)
  return bytes
}

/** Two processes that write at once each write a whole file, and one of them stays. */
function writeCache(cacheFile: string, bytes: Buffer): void {
  const unfinished = `${cacheFile}.${process.pid}`
  try {
    writeFileSync(unfinished, bytes, { flag: 'wx' })
    renameSync(unfinished, cacheFile)
  } catch {
    removeQuietly(unfinished)
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // The directory cannot be written to; then nothing of ours is there.
  }
}
