import { cpSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runIn } from './programs.ts'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** What is not in the repository; the `.gitignore` of the copy tells the rest. */
const notCopied = new Set(['node_modules', 'dist', '.git', '.venv', 'target', 'dynatom-data'])

/**
 * Makes `directory` a repository whose one commit is the work tree as it stands, changes that are not
 * committed included; nothing is installed or built in it.
 */
export async function makeFreshClone(directory: string): Promise<void> {
  cpSync(root, directory, {
    recursive: true,
    filter: (path) => join(path) === join(root) || !notCopied.has(basename(path)),
  })
  const author = ['-c', 'user.name=dynatom', '-c', 'user.email=dynatom@localhost']
  await runIn(directory, 'git', 'init', '--quiet')
  await runIn(directory, 'git', 'add', '--all')
  await runIn(directory, 'git', ...author, 'commit', '--quiet', '--message', 'The work tree')
}
