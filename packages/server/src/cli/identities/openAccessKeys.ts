import type { AccessKeys } from '../../access/accessKeys.ts'
import { IdentitiesFault } from '../../access/identities/identitiesFault.ts'
import {
  unreadableText,
  WatchedIdentities,
  type IdentitiesEvent,
} from '../../access/identities/watchedIdentities.ts'
import { keysOfRoot } from '../../access/rootKey.ts'
import type { Clock } from '../../clock.ts'
import type { AuthOptions } from '../databaseOptions.ts'
import { countsText } from './countsText.ts'
import type { IdentitiesChange } from './identitiesChange.ts'
import { IdentitiesUnusable } from './identitiesUnusable.ts'

/** The keys that are let in, until they are closed. */
export interface OpenAccessKeys extends AccessKeys {
  close(): void
}

/**
 * The key of the account and those of the file of identities, which is watched from then on; the
 * account's comes first. Rejects with IdentitiesUnusable.
 */
export async function openAccessKeys(
  { rootKey, identities: fileName, onIdentities }: AuthOptions,
  accountId: string,
  clock: Clock,
): Promise<OpenAccessKeys> {
  const root = keysOfRoot(rootKey, accountId)
  if (fileName === undefined) return { ...root, close() {} }
  const onEvent = (event: IdentitiesEvent): void => onIdentities?.(changeOf(event))
  try {
    const watched = await WatchedIdentities.open({ fileName, accountId, clock, onEvent })
    onEvent({ kind: 'loaded', fileName, identities: watched.current })
    return { find: (id) => root.find(id) ?? watched.find(id), close: () => watched.close() }
  } catch (error) {
    throw new IdentitiesUnusable(
      error instanceof IdentitiesFault ? error.in(fileName) : unreadableText(fileName, error),
    )
  }
}

function changeOf(event: IdentitiesEvent): IdentitiesChange {
  const { kind } = event
  if (kind === 'refused') return { kind, message: event.message }
  return { kind, message: `${event.fileName}: ${countsText(event.identities.counts)}` }
}
