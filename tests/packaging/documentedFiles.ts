import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './freshClone.ts'

/**
 * Writes the code blocks of a section of a page to files in `directory`, each under the name that the comment
 * in its first line gives.
 */
export function writeDocumentedFiles(page: string, section: string, directory: string): void {
  const text = readFileSync(join(root, 'docs', page), 'utf8')
  const body = text.split(/^## /m).find((each) => each.startsWith(`${section}\n`)) ?? ''
  const blocks = [...body.matchAll(/^```(?:js|ts|json)\n\/\/ (\S+)\n(.*?)^```$/gms)]
  if (blocks.length === 0) throw new Error(`no files in ${page}, ${section}`)
  mkdirSync(directory, { recursive: true })
  for (const [, name, code] of blocks)
    writeFileSync(join(directory, name as string), code as string)
}
