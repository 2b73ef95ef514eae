import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { holdProcess } from '../../clock.ts'
import { canBeMoved } from '../../storage/changeLog.ts'
import { StoreUnavailable, type StorageEngine } from '../../storage/engine.ts'
import { OperatorError } from '../operatorError.ts'
import { askServer } from './controlSocket.ts'
import { Interruption } from './interruption.ts'
import { nameOfPlace, type MigrateOptions, type Place } from './migrationOptions.ts'
import { migrationText } from './migrationText.ts'
import { moveStore, openPlace, operatorErrorOf, requireNoNamespaces } from './moveStore.ts'

/**
 * `dynatom migrate`: moves a store, by itself or by the server that has it open, and tells how it
 * goes on. Throws OperatorError; then the source is what it was, unless that says otherwise.
 */
export async function runMigration(
  options: MigrateOptions,
  write: (text: string) => void,
): Promise<void> {
  const { from, to } = options
  const tell = (line: string): void => write(`${line}\n`)
  if (options.cancel) return cancel(options, tell)
  const interruption = new Interruption()
  const release = holdProcess()
  try {
    if (from.kind === 'directory') {
      requireStore(from.directory)
      await requireNoNamespaces(from.directory)
      const isAsked = await askServer(from.directory, { to, tell, interruption })
      if (isAsked) return ended(tell, { from, to, isServed: true })
    }
    await moveHere(options, tell, interruption)
    ended(tell, { from, to, isServed: false })
  } finally {
    interruption.end()
    release()
  }
}

function requireStore(directory: string): void {
  if (existsSync(join(directory, 'store'))) return
  throw new OperatorError(`There is no store in ${directory}.`)
}

async function moveHere(
  { from, to }: MigrateOptions,
  tell: (line: string) => void,
  interruption: Interruption,
): Promise<void> {
  const source = await openedPlace(from, true)
  let target: StorageEngine | undefined
  try {
    target = await openedPlace(to, false)
    await moveStore({
      source,
      target,
      from,
      to,
      tell: (event) => tell(migrationText(event)),
      isServed: from.kind === 'engine',
      goOn: () => interruption.check(),
    })
  } finally {
    await target?.close()
    await source.close()
  }
}

async function openedPlace(place: Place, isMoving: boolean): Promise<StorageEngine> {
  try {
    return await openPlace(place, { isMoving })
  } catch (error) {
    if (error instanceof StoreUnavailable) throw new OperatorError(error.message)
    throw error
  }
}

function ended(
  tell: (line: string) => void,
  { from, to, isServed }: Pick<MigrateOptions, 'from' | 'to'> & { readonly isServed: boolean },
): void {
  tell(`The store of ${nameOfPlace(from)} is in ${nameOfPlace(to)}.`)
  if (isServed) tell('The server goes on with it there; others may be started beside it.')
  const flag = to.kind === 'engine' ? '--engine' : '--data-dir'
  tell(`Start servers with: dynatom start ${flag} ${nameOfPlace(to)}`)
}

/** Makes the functions of a store in PostgreSQL what they were: there is nothing else. */
async function cancel({ from, to }: MigrateOptions, tell: (line: string) => void): Promise<void> {
  const source = await openedPlace(from, true)
  try {
    if (!canBeMoved(source)) throw new OperatorError('The source cannot be moved.')
    const log = await source.changeLog()
    if (log.retiredTo !== undefined) {
      throw new OperatorError(
        `The store of ${nameOfPlace(from)} was given up for ${log.retiredTo}; ` +
          'run dynatom migrate with the same --from and --to, which completes it.',
      )
    }
    await log.end()
  } catch (error) {
    throw operatorErrorOf(error)
  } finally {
    await source.close()
  }
  tell(`The store of ${nameOfPlace(from)} is as it was.`)
  tell(`What is in ${nameOfPlace(to)} may be removed.`)
}
