import { readFileSync } from 'node:fs'

const benchMachine = new URL('../../bench/machine.mjs', import.meta.url)
const packageFile = new URL('../../packages/server/package.json', import.meta.url)

/** Lines that say on what machine, and with which disk below `directory`, a run is made; and the version. */
export async function describeMachine(directory: string): Promise<readonly string[]> {
  const { describeMachine: describe } = (await import(benchMachine.href)) as {
    readonly describeMachine: (dataDirectory: string) => readonly string[]
  }
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string }
  return [`Dynatom ${version}`, ...describe(directory)]
}
