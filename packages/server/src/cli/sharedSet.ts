import { SharedFeed } from '../catalog/sharedFeed.ts'
import { SharedNumbers } from '../catalog/tableNumbers.ts'
import { SpacedRetries } from '../commits/retries.ts'
import { SharedCommitter } from '../commits/sharedCommitter.ts'
import { counterChangeKey } from '../layout/storeKeys.ts'
import { invariant } from '../invariant.ts'
import { maxSharedCommitAttempts } from '../limits.ts'
import { LocalClaims } from '../transactions/localClaims.ts'
import { countFolding } from '../upkeep/countFolding.ts'
import { SharedLeases } from '../upkeep/sharedLeases.ts'
import type { MakeSet } from './engineSet.ts'

const serverIdBytes = 8

/**
 * The set of one of several servers on one store. REQUIRES: the engine can be shared between them,
 * so that its versions are ones that nobody can make alike.
 */
export const sharedSet: MakeSet = (engine, { clock, random, onFault }) => {
  invariant(engine.capabilities.shared, 'several servers may have the store open')
  const retries = new SpacedRetries(maxSharedCommitAttempts, clock, random)
  const serverId = random.bytes(serverIdBytes)
  let serial = 0
  const committer = new SharedCommitter({
    engine,
    retries,
    nextChangeKey() {
      serial += 1
      return counterChangeKey(serverId, serial)
    },
    onFault,
  })
  return Promise.resolve({
    engine,
    committer,
    claims: new LocalClaims(),
    feed: new SharedFeed({ engine, clock, random, onFault }),
    numbers: new SharedNumbers(engine),
    leases: new SharedLeases({ engine, clock, random }),
    sharesTables: true,
    retries,
    jobs: (catalog) => [countFolding({ engine, commits: committer, catalog })],
  })
}
