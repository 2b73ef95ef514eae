import type { PermissionContext } from '../../access/permissions/accessContext.ts'
import type { AskedPermission, ReadFromRequest } from '../../access/permissions/askedPermissions.ts'
import type { Services } from '../services.ts'

/**
 * What policies are asked about the requests of an operation, beside the resources that their
 * members name. REQUIRES, for both: the request keeps the model's constraints.
 */
export interface PermissionReader<Request> {
  /**
   * Throws for a request that names nothing that policies could be asked about, whoever sends it.
   * Looks at nothing that is stored.
   */
  readonly admit?: (services: Pick<Services, 'catalog'>, request: Request) => void
  /** What tells which permissions a request needs. */
  readonly read?: (request: Request) => ReadFromRequest
  /**
   * The condition keys of one of them; called only when a condition asks. Throws an ApiError only
   * where the operation does, so that nothing is performed without an answer.
   */
  readonly context?: (
    services: Services,
    request: Request,
    asked: AskedPermission,
  ) => PermissionContext
}
