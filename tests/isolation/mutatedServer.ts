import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Replacement } from './mutations.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const serverPackage = join(root, 'packages/server')

/**
 * Copies the built server into `directory`, with the pieces replaced, and gives the path of its main.js.
 * Throws when a piece is not there exactly once: then the server has changed, and the mutation must.
 */
export function mutatedServer(directory: string, replacements: readonly Replacement[]): string {
  const dist = join(directory, 'dist')
  mkdirSync(directory, { recursive: true })
  cpSync(join(serverPackage, 'dist'), dist, { recursive: true, filter: isNeeded })
  for (const name of ['package.json', 'model']) {
    cpSync(join(serverPackage, name), join(directory, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  for (const { file, piece, by } of replacements) {
    const path = join(dist, file)
    const code = readFileSync(path, 'utf8')
    const count = code.split(piece).length - 1
    if (count !== 1) {
      throw new Error(`the mutation no longer applies: ${file} has ${count} times\n${piece}`)
    }
    // A function, for a replacement text may have what `replace` takes for a pattern.
    writeFileSync(
      path,
      code.replace(piece, () => by),
    )
  }
  return join(dist, 'cli/main.js')
}

const isNeeded = (path: string): boolean => !/\.(map|d\.ts|tsbuildinfo)$/.test(path)
