import type { Principal } from '../access/accessKeys.ts'
import { parseIdentities } from '../access/identities/parseIdentities.ts'
import { principalOfRoot } from '../access/rootKey.ts'
import { composeParts, type DatabaseParts } from '../cli/databaseParts.ts'
import { systemClock, systemRandom } from '../clock.ts'
import { refuseUnpermitted } from '../operations/access/refuseUnpermitted.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'

/** The account of a database whose policies are asked. */
export const account = '123456789012'

export const root: Principal = principalOfRoot(account)

/** A user called `app` whose one policy has these statements. */
export function userWith(...statements: readonly object[]): Principal {
  const policy = { Version: '2012-10-17', Statement: statements }
  const accessKeys = [{ accessKeyId: 'K', secretAccessKey: 's' }]
  const file = { users: { app: { policies: [policy], accessKeys } } }
  return parseIdentities(JSON.stringify(file), account).find('K')?.principal as Principal
}

/** A database in memory that asks the policies of whoever sends a request. */
export function openGated(): Promise<DatabaseParts> {
  return composeParts({
    engine: new MemoryEngine(),
    clock: systemClock,
    random: systemRandom,
    region: 'us-east-1',
    accountId: account,
    reservedWords: 'refuse',
    delayTransientStatuses: false,
    gate: refuseUnpermitted,
  })
}
