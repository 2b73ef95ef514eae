import type { DatabaseControls } from './databaseControls.ts'
import type { NamespaceControls } from './namespaceControls.ts'

/**
 * The lab of a database: what tests need of it beside DynamoDB. The same over HTTP under
 * `/_dynatom/lab`. Functions reject with an error whose `name` says what kind it is:
 * InvalidRequest, NotFound, Conflict, or the name of an error of DynamoDB.
 */
export interface Lab {
  readonly database: DatabaseControls
  readonly namespaces: NamespaceControls
}
