import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { checkStore, CommandProcess, type Launch } from './commandProcess.mjs'

/** A running command, killed when the test that started it is over. */
export class DynatomProcess extends CommandProcess {
  constructor(args: readonly string[], directory?: string, launch: Launch = {}) {
    super(args, { ...launch, ...(directory !== undefined && { cwd: directory }) })
    onTestFinished(async () => {
      await this.kill('SIGKILL')
    })
  }
}

/** A new directory, removed when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/**
 * A new directory for the data of servers. When the test is over and its servers have ended, the
 * store in it must be consistent; then it is removed.
 */
export function checkedDirectory(): string {
  const directory = temporaryDirectory()
  checkWhenOver(directory)
  return directory
}

/**
 * Has `dynatom check` prove the store in `directory` consistent when the test is over. REQUIRES:
 * called before the servers of the directory are started, for they must have ended before.
 */
export function checkWhenOver(directory: string): void {
  onTestFinished(async () => {
    const { code, output } = await checkStore(directory)
    if (code !== 0) throw new Error(`dynatom check ended with ${code}:\n${output}`)
  })
}
