import { noUsage, type Usage } from '../capacity/usage.ts'
import type { Refusal } from '../errors/throttlingErrors.ts'
import type { Access, RequestContext } from '../wire/dispatcher.ts'
import type { PermissionReader } from './access/permissionReader.ts'
import type { NamedResource } from './namedResources.ts'
import type { Services } from './services.ts'

/** What an operation gives: its response as the model's output, and what it has consumed. */
export interface Answer {
  readonly response: object
  readonly usage: Usage
  /** How many records of a stream there are in the response, if that is what it is about. */
  readonly recordCount?: number
  /** Why items of the request were throttled that others were answered beside. */
  readonly refusals?: readonly Refusal[]
}

/** One operation of the API, beside its code; `Request` is its input as the model admits it. */
export interface Operation<Request> {
  /** As in the service model. */
  readonly name: string
  readonly access: Access
  /**
   * The resources that a request is about, as it names them, each time that it does. REQUIRES: the
   * request was decoded; its constraints need not have been checked, so members may be missing.
   */
  readonly resources: (request: Readonly<Partial<Request>>) => readonly NamedResource[]
  /** What policies are asked about a request; its resources alone when absent. */
  readonly permissions?: PermissionReader<Request>
  /** Throws ApiError, or rejects with it. REQUIRES: the request keeps the model's constraints. */
  readonly handler: (
    services: Services,
    request: Request,
    context: RequestContext,
  ) => Answer | Promise<Answer>
}

/** The handler of an operation whose code gives its response alone, because it costs nothing. */
export function unmetered<Request>(
  respond: (services: Services, request: Request, context: RequestContext) => Promise<object>,
): Operation<Request>['handler'] {
  return async (services, request, context) => ({
    response: await respond(services, request, context),
    usage: noUsage,
  })
}
