import type { RequestContext } from '../wire/dispatcher.ts'
import type { Answer, Operation } from './operation.ts'
import type { Services } from './services.ts'

/** A request that is about to be performed: decoded, checked and permitted. */
export interface PermittedRequest {
  readonly operation: Operation<never>
  readonly services: Services
  readonly request: Readonly<Record<string, unknown>>
  readonly context: RequestContext
}

/**
 * Stands between requests and the handlers of their operations, which it calls or does not; on
 * services of its own if it likes. It rejects as they do.
 */
export interface Performer {
  perform(request: PermittedRequest): Answer | Promise<Answer>
}

/** Performs a request as if nobody stood in between. */
export function performed(
  { operation, request, context }: PermittedRequest,
  services: Services,
): Answer | Promise<Answer> {
  return operation.handler(services, request as never, context)
}
