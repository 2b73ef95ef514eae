/** Makes the courses of the console: files of YAML become JSON, which a page can read. See docs/courses.md. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse } from 'yaml'

/**
 * Writes what is in `from` into the folder of courses of a console that was made in `to`.
 * @param {string} from
 * @param {string} to
 */
export async function makeCourses(from, to) {
  const folder = join(to, 'courses')
  await mkdir(folder, { recursive: true })
  for (const file of await readdir(from)) {
    const content = parse(await readFile(join(from, file), 'utf8'), { merge: true })
    await writeFile(join(folder, `${basename(file, '.yaml')}.json`), `${JSON.stringify(content)}\n`)
  }
}
