import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A program of the documentation: the code of a page, and the lines that its comments say it prints. */
export interface DocumentedProgram {
  /** The name of its file, such as `queries.ts`. */
  readonly name: string
  readonly code: string
  readonly printed: readonly string[]
}

/** All pages on the client, below the root of the repository. */
export const pages: readonly string[] = [
  'packages/client/README.md',
  'docs/client.md',
  ...readdirSync(join(root, 'docs/client'))
    .filter((name) => name !== 'reference.md')
    .map((name) => `docs/client/${name}`),
]

const blockPattern = /^```(\w*)\n(.*?)^```$/gms

/** The blocks of a page that are code of JavaScript or TypeScript, by the file that they belong to. */
function codeOf(page: string): Map<string, string[]> {
  const text = readFileSync(join(root, page), 'utf8')
  const files = new Map<string, string[]>()
  for (const [, language, code = ''] of text.matchAll(blockPattern)) {
    if (language !== 'ts' && language !== 'js') continue
    const named = /^\/\/ (\w+\.m?[jt]s)\n/.exec(code)
    const name = named?.[1] ?? `${page.split('/').at(-1)?.replace('.md', '.ts')}`
    files.set(name, [...(files.get(name) ?? []), code.slice(named?.[0].length ?? 0)])
  }
  return files
}

const importPattern = /^import [^;]*? from '[^']+'\n/gm

/** One module of blocks: their imports come first. */
function moduleOf(blocks: readonly string[]): string {
  const imports = blocks.flatMap((block) => block.match(importPattern) ?? [])
  const rest = blocks.map((block) => block.replaceAll(importPattern, ''))
  return [...imports, ...rest, 'export {}\n'].join('')
}

/**
 * What a block says that it prints: the comment behind a `console.log`, and the lines of comments that follow
 * one without any, or the end of a loop.
 */
function printedBy(block: string): string[] {
  const printed: string[] = []
  let isBehind = false
  for (const line of block.split('\n')) {
    const behind = /console\.log\(.*\).* \/\/ (.*)$/.exec(line)?.[1]
    const alone: string | undefined = isBehind ? /^\/\/ (.*)$/.exec(line)?.[1] : undefined
    if (behind !== undefined) printed.push(behind)
    if (alone !== undefined) printed.push(alone)
    isBehind =
      alone !== undefined || line.startsWith('}') || /^console\.log\((?!.* \/\/ )/.test(line)
  }
  return printed
}

/** The programs of a page. */
export function documentedPrograms(page: string): readonly DocumentedProgram[] {
  return [...codeOf(page)].map(([name, blocks]) => {
    return { name, code: moduleOf(blocks), printed: blocks.flatMap(printedBy) }
  })
}

/** The text of the first block of a page in a language. */
export function blockIn(page: string, language: string): string {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(blockPattern)].find(([, each]) => each === language)?.[2] ?? ''
}
