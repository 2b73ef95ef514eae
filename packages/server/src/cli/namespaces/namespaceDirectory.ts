import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isNamespaceName } from '../../access/namespaceName.ts'

/** Below the data directory of the database that has the namespaces. */
const directoryOf = (dataDirectory: string): string => join(dataDirectory, 'namespaces')

/** Some file systems do not tell capital letters from small ones. */
const fileNameOf = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `=${letter.toLowerCase()}`)
const nameOfFile = (fileName: string): string =>
  fileName.replaceAll(/=([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** Where the data of a namespace is. */
export const namespaceDirectory = (dataDirectory: string, name: string): string =>
  join(directoryOf(dataDirectory), fileNameOf(name))

/** The namespaces that have data below `dataDirectory`. */
export async function namespacesInDirectory(dataDirectory: string): Promise<readonly string[]> {
  try {
    const names = await readdir(directoryOf(dataDirectory))
    return names.map(nameOfFile).filter(isNamespaceName)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** REQUIRES: the namespace is closed. */
export async function removeNamespaceDirectory(dataDirectory: string, name: string): Promise<void> {
  await rm(namespaceDirectory(dataDirectory, name), { recursive: true, force: true })
}
