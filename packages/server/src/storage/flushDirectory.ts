import { open } from 'node:fs/promises'

/** What opening or flushing a directory fails with on systems that keep their names themselves. */
const unsupportedCodes: ReadonlySet<string> = new Set([
  'EACCES',
  'EBADF',
  'EINVAL',
  'EISDIR',
  'ENOTSUP',
  'EPERM',
])

/**
 * Makes the names in `path` survive a crash. Systems that cannot flush a directory keep their names
 * by themselves; any other failure, such as too many open files, is one.
 */
export async function flushDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
  } catch (error) {
    if (!unsupportedCodes.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
