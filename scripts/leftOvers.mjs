/** `tsc` leaves what it made of a source that has since been moved or deleted, and npm would pack it. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Removes what was compiled into `dist`, but for the folders `apart`, from sources that are not in `src` any more. */
export function removeLeftOvers(dist, src, ...apart) {
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    const path = relative(dist, join(entry.parentPath ?? entry.path, entry.name))
    const compiled = /^(.*)\.(js|d\.ts)(\.map)?$/.exec(path)
    const isApart = apart.some((folder) => path.startsWith(join(folder, '/')))
    if (!entry.isFile() || compiled === null || isApart) continue
    if (!existsSync(join(src, `${compiled[1]}.ts`))) rmSync(join(dist, path))
  }
}
