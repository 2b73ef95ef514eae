import { copyFileSync, cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Replacement } from './mutations.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const serverPackage = join(root, 'packages/server')

/** A copy of the built server that can be broken, one mutation at a time. */
export class MutatedServer {
  readonly #dist: string
  #mutated: readonly string[] = []

  /** Copies the built server into `directory`. */
  constructor(directory: string) {
    this.#dist = join(directory, 'dist')
    cpSync(join(serverPackage, 'dist'), this.#dist, { recursive: true, filter: isNeeded })
    for (const name of ['package.json', 'model']) {
      cpSync(join(serverPackage, name), join(directory, name), { recursive: true })
    }
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  }

  /** The path of its main.js, once these pieces are replaced and no others. */
  mainWith(replacements: readonly Replacement[]): string {
    for (const file of this.#mutated) copyFileSync(builtFile(file), join(this.#dist, file))
    const files = mutatedFiles(replacements)
    for (const [file, code] of files) writeFileSync(join(this.#dist, file), code)
    this.#mutated = [...files.keys()]
    return join(this.#dist, 'cli/main.js')
  }
}

/** A copy in `directory` that is broken for good; the path of its main.js. */
export function mutatedServer(directory: string, replacements: readonly Replacement[]): string {
  return new MutatedServer(directory).mainWith(replacements)
}

const builtFile = (file: string): string => join(serverPackage, 'dist', file)

const isNeeded = (path: string): boolean => !/\.(map|d\.ts|tsbuildinfo)$/.test(path)

/**
 * The changed files of the built server, below `dist`. Throws when a piece is not there exactly once: then
 * the server has changed, and the mutation must.
 */
export function mutatedFiles(replacements: readonly Replacement[]): Map<string, string> {
  const files = new Map<string, string>()
  for (const { file, piece, by } of replacements) {
    const code = files.get(file) ?? readFileSync(builtFile(file), 'utf8')
    const parts = code.split(piece)
    if (parts.length !== 2) {
      throw new Error(
        `the mutation no longer applies: ${file} has ${parts.length - 1} times\n${piece}`,
      )
    }
    files.set(file, parts.join(by))
  }
  return files
}
