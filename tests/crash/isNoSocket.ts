import { lstatSync } from 'node:fs'

/** Those of a data directory belong to its process, and cannot be copied. */
export const isNoSocket = (path: string): boolean => !lstatSync(path).isSocket()
