import { readFile, stat, readdir } from 'node:fs/promises'
import { gunzip } from 'node:zlib'
import { promisify } from 'node:util'
import { ContentUnusable } from './contentUnusable.ts'

const byteOrderMark = '\ufeff'

/** The text of a file, unpacked if it ends with `.gz`. Rejects with ContentUnusable. */
export async function readFileText(fileName: string): Promise<string> {
  try {
    const bytes = await readFile(fileName)
    const plain = fileName.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain)
    return text.startsWith(byteOrderMark) ? text.slice(1) : text
  } catch (error) {
    throw new ContentUnusable(`${fileName}: ${reasonOf(error)}.`)
  }
}

/** The names in a directory, in order; undefined for a file. Rejects with ContentUnusable. */
export async function directoryEntries(path: string): Promise<readonly string[] | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return undefined
    return (await readdir(path)).sort()
  } catch (error) {
    throw new ContentUnusable(`${path}: ${reasonOf(error)}.`)
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'it cannot be read'
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8'
  return error instanceof Error ? error.message : String(error)
}
