import { systemClock, systemRandom } from '../../clock.ts'
import {
  migrateStore,
  type MigrationEvent,
  type MigrationOptions,
} from '../../migration/migrateStore.ts'
import { StorageFailure, StoreUnavailable, type StorageEngine } from '../../storage/engine.ts'
import { canBeMoved, type ChangeLog } from '../../storage/changeLog.ts'
import { MigrationFault } from '../../migration/migrationFault.ts'
import { openEngine } from '../openEngine.ts'
import { OperatorError } from '../operatorError.ts'
import { namespacesInDirectory } from '../namespaces/namespaceDirectory.ts'
import { nameOfPlace, type Place } from './migrationOptions.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The engine of a place. Rejects with StoreUnavailable. */
export function openPlace(
  place: Place,
  more: { readonly isMoving?: boolean; readonly environment?: Environment } = {},
): Promise<StorageEngine> {
  return place.kind === 'directory'
    ? openEngine({ dataDirectory: place.directory, ...more })
    : openEngine({ engine: place.address, ...more })
}

/** Throws OperatorError for a directory of which a part would be left. */
export async function requireNoNamespaces(directory: string): Promise<void> {
  const names = await namespacesInDirectory(directory)
  if (names.length === 0) return
  throw new OperatorError(
    `The data directory ${directory} has namespaces (${names.slice(0, 3).join(', ')}), which a ` +
      'store of several servers has not; drop them first.',
  )
}

export interface Move extends Pick<MigrationOptions, 'isServed' | 'goOn' | 'around'> {
  readonly source: StorageEngine
  readonly target: StorageEngine
  readonly from: Place
  readonly to: Place
  readonly tell: (event: MigrationEvent) => void
  /** The log of the source, for `around`. */
  readonly onLog?: (log: ChangeLog) => void
}

/** Moves a store. Rejects with OperatorError, and with whatever `goOn` throws. */
export async function moveStore({ source, from, to, onLog, ...options }: Move): Promise<void> {
  if (!canBeMoved(source)) throw new OperatorError('The source cannot be moved.')
  try {
    const log = await source.changeLog()
    onLog?.(log)
    const mover = systemRandom.uuid()
    const journey = { from: nameOfPlace(from), to: nameOfPlace(to), mover }
    try {
      await migrateStore({ ...options, log, journey, clock: systemClock })
    } catch (error) {
      // Where that fails too, what the first failure says is to be done is the same.
      await log.end().catch(() => undefined)
      throw error
    }
    await log.end()
  } catch (error) {
    throw operatorErrorOf(error)
  }
}

/** A sentence for what is nobody's fault here. */
export function operatorErrorOf(error: unknown): unknown {
  if (error instanceof MigrationFault || error instanceof StoreUnavailable) {
    return new OperatorError(error.message)
  }
  if (!(error instanceof StorageFailure)) return error
  return new OperatorError(
    `An engine could not do what was asked: ${error.message}. Nothing was given up; run the same ` +
      'command again to go on, or with --cancel.',
  )
}
