import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Replacement } from './mutations.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const serverPackage = join(root, 'packages/server')

/**
 * Copies the built server into `directory`, with the pieces replaced, and gives the path of its main.js.
 */
export function mutatedServer(directory: string, replacements: readonly Replacement[]): string {
  const dist = join(directory, 'dist')
  mkdirSync(directory, { recursive: true })
  cpSync(join(serverPackage, 'dist'), dist, { recursive: true, filter: isNeeded })
  for (const name of ['package.json', 'model']) {
    cpSync(join(serverPackage, name), join(directory, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  for (const [file, code] of mutatedFiles(replacements)) writeFileSync(join(dist, file), code)
  return join(dist, 'cli/main.js')
}

const isNeeded = (path: string): boolean => !/\.(map|d\.ts|tsbuildinfo)$/.test(path)

/**
 * The changed files of the built server, below `dist`. Throws when a piece is not there exactly once: then
 * the server has changed, and the mutation must.
 */
export function mutatedFiles(replacements: readonly Replacement[]): Map<string, string> {
  const files = new Map<string, string>()
  for (const { file, piece, by } of replacements) {
    const code = files.get(file) ?? readFileSync(join(serverPackage, 'dist', file), 'utf8')
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
