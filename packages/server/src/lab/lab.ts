import type { ConflictControls, StopControls } from './conflicts/conflictControls.ts'
import type { DatabaseControls } from './databaseControls.ts'
import type { ClockControls } from './time/clockControls.ts'
import type { ReadControls } from './time/readControls.ts'
import type { SnapshotControls } from './time/snapshotControls.ts'
import type { NamespaceControls } from './namespaceControls.ts'
import type { TransactionControls } from './dryRun/dryRunControls.ts'
import type { ExplanationControls } from './explanations/explanationControls.ts'
import type { FaultControls } from './faults/faultControls.ts'

/**
 * The lab of a database: what tests need of it beside DynamoDB. The same over HTTP under
 * `/_dynatom/lab`. Functions reject with an error whose `name` says what kind it is:
 * InvalidRequest, NotFound, Conflict, or the name of an error of DynamoDB.
 */
export interface Lab {
  readonly clock: ClockControls
  readonly database: DatabaseControls
  readonly reads: ReadControls
  readonly snapshots: SnapshotControls
  readonly namespaces: NamespaceControls
  readonly faults: FaultControls
  readonly conflicts: ConflictControls
  readonly stops: StopControls
  readonly transactions: TransactionControls
  readonly explanations: ExplanationControls
}
