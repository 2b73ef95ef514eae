import { existsSync, readFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { StoreUnavailable } from '../../storage/engine.ts'
import { flushDirectory } from '../../storage/flushDirectory.ts'
import type { Retirement } from '../../storage/watchedEngine.ts'

const fileName = 'moved-to'

/** A file in a data directory says that its store is somewhere else by now. */
export class DirectoryRetirement implements Retirement {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  get #path(): string {
    return join(this.#directory, fileName)
  }

  get to(): string | undefined {
    return existsSync(this.#path) ? readFileSync(this.#path, 'utf8').trim() : undefined
  }

  /** Throws StoreUnavailable where the store is not here any more. */
  requireInPlace(): void {
    const { to } = this
    if (to === undefined) return
    throw new StoreUnavailable(
      `The store in ${this.#directory} was moved to ${to}; start with --engine ${to}.`,
    )
  }

  async retire(to: string): Promise<void> {
    const unfinished = `${this.#path}.new`
    const file = await open(unfinished, 'w')
    try {
      await file.writeFile(`${to}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, this.#path)
    await flushDirectory(this.#directory)
  }

  async restore(): Promise<void> {
    await rm(this.#path, { force: true })
    await flushDirectory(this.#directory)
  }
}
