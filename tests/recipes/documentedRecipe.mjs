import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const page = readFileSync(
  fileURLToPath(new URL('../../docs/test-kits.md', import.meta.url)),
  'utf8',
)

const bodyOf = (section) => {
  const body = page.split(/^## /m).find((each) => each.startsWith(`${section}\n`))
  if (body === undefined) throw new Error(`docs/test-kits.md has no section ${section}`)
  return body
}

/** The files of a section, by the names that their first lines give, and its command lines. */
export function recipeOf(section) {
  const blocks = [...bodyOf(section).matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, text]) => text)
  const files = new Map()
  const commands = []
  for (const block of blocks) {
    const [, name, text] = /^(?:\/\/|#) (\S+)\n(.*)$/s.exec(block) ?? []
    if (name === undefined) commands.push(block.trim())
    else files.set(name, text)
  }
  return { files, commands }
}

/** Writes files by their names below `directory`. */
export async function writeFiles(directory, files) {
  for (const [name, text] of files) {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), text)
  }
}
