const longestText = 300

/**
 * Has libraries that write to the console say one line each, without a stack: the binding of LMDB
 * writes there what a disk refuses, besides the error that it gives. For a process that is the
 * server's own.
 */
export function hushLibraries(
  target: Pick<Console, 'error' | 'warn'>,
  write: (text: string) => void,
): void {
  const say = (...said: readonly unknown[]): void => {
    const line = said
      .map(String)
      .join(' ')
      .split(/[\r\n]/, 1)[0] as string
    write(`a library says: ${line.slice(0, longestText)}\n`)
  }
  target.error = say
  target.warn = say
}
