import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The unit of `Stats.blocks`, whatever the file system's own blocks are. */
const statBlockBytes = 512

/** How much of the disk the files below `directory` take. */
export function storeBytes(directory) {
  return readdirSync(directory, { recursive: true })
    .map((name) => statSync(join(directory, name)))
    .filter((stats) => stats.isFile())
    .reduce((sum, { blocks }) => sum + blocks * statBlockBytes, 0)
}

/**
 * The resident memory of a process: `total`, and `own`, what of it is not pages of mapped files.
 * Such pages, of which the store's are most, belong to the system's page cache; each counts in
 * `total` as often as the process has it mapped. Linux only.
 */
export function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)[1]) * 1024
  return { total: field('VmRSS'), own: field('RssAnon') }
}
