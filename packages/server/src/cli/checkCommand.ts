import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { holdProcess } from '../clock.ts'
import { StoreUnavailable, type StorageEngine } from '../storage/engine.ts'
import { examineStore, type StoreReport } from '../check/checkStore.ts'
import { openEngine, type EngineOptions } from './openEngine.ts'
import { OperatorError } from './operatorError.ts'

/**
 * `dynatom check`: prints what is wrong in the store of a data directory, a line for each finding
 * and one for the whole. Gives the exit code: 0 when nothing is wrong, otherwise 1. Writes nothing
 * into the store. Throws OperatorError when there is no store, or when it cannot be opened because
 * a server has it.
 */
export async function checkDataDirectory(
  dataDirectory: string,
  write: (text: string) => void,
): Promise<number> {
  if (!existsSync(join(dataDirectory, 'store'))) {
    throw new OperatorError(`There is no store in ${dataDirectory}; see --data-dir.`)
  }
  return checkOpened(await openStore({ dataDirectory, readOnly: true }), write)
}

/** The same of a store that several servers share, which may be in use. */
export async function checkEngine(address: string, write: (text: string) => void): Promise<number> {
  return checkOpened(await openStore({ engine: address, readOnly: true }), write)
}

async function checkOpened(engine: StorageEngine, write: (text: string) => void): Promise<number> {
  const release = holdProcess()
  try {
    const report = await examineStore(engine)
    for (const { kind, key, detail } of report.findings) write(`${kind} ${key}: ${detail}\n`)
    write(`${summaryOf(report)}\n`)
    return report.findingCount === 0 ? 0 : 1
  } catch (error) {
    // A store that several servers share may be moved elsewhere meanwhile.
    if (error instanceof StoreUnavailable) throw new OperatorError(error.message)
    throw error
  } finally {
    await engine.close()
    release()
  }
}

async function openStore(options: EngineOptions): Promise<StorageEngine> {
  try {
    return await openEngine(options)
  } catch (error) {
    if (error instanceof StoreUnavailable) throw new OperatorError(error.message)
    throw error
  }
}

/** The last line, such as `checked 7 items in 2 tables: no findings`. */
export function summaryOf({ findings, findingCount, itemCount, tableCount }: StoreReport): string {
  const checked = `checked ${counted(itemCount, 'item')} in ${counted(tableCount, 'table')}`
  if (findingCount === 0) return `${checked}: no findings`
  const all = findingCount > findings.length ? `, the first ${findings.length} above` : ''
  return `${checked}: ${counted(findingCount, 'finding')}${all}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
