import type { Clock, Random } from '../clock.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { StreamReader } from '../changes/streamReader.ts'
import type { EventualReads } from '../reads/eventualReads.ts'
import type { ItemReader } from '../reads/itemReader.ts'
import type { Coordinator } from '../transactions/coordinator.ts'
import type { ItemGate } from './throughput/throttle.ts'
import type { VectorSearches } from '../vectors/vectorSearches.ts'
import type { UpdateLimit } from '../validation/updateLimit.ts'

/** What operations call. One object per database, made by the composition. */
export interface Services {
  readonly catalog: Catalog
  readonly coordinator: Coordinator
  /** For reads of many items. */
  readonly reader: ItemReader
  readonly clock: Clock
  readonly random: Random
  readonly region: string
  /** Whether reserved words may stand bare in expressions; AWS refuses them. */
  readonly reservedWords: 'refuse' | 'allow'
  /** What UpdateItem holds to the limit of an item's size. */
  readonly updateLimit: UpdateLimit
  /**
   * Present where others change tables too: resolves when what they have changed before is known,
   * to true when it was already. See `earlyStart.ts` for the requests that do not wait for it.
   */
  readonly catchUp?: () => Promise<boolean>
  /** Present where the throughput of tables is enforced, and where somebody else stands there. */
  readonly throttle?: ItemGate
  /** Present where eventually consistent reads are not up to date. */
  readonly eventual?: EventualReads | undefined
  /** For searches of vector indexes; their code is loaded by the first who asks for it. */
  readonly vectors: () => Promise<VectorSearches>
  /** For reads of what has changed. */
  readonly streams: StreamReader
}
