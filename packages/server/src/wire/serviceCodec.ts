import { ConstraintChecker } from './constraintChecker.ts'
import { encodeResponse } from './encodeResponse.ts'
import { RequestDecoder } from './requestDecoder.ts'
import type { ServiceDefinition } from './serviceDefinition.ts'
import { ServiceModel } from './serviceModel.ts'

/**
 * From the body of a request to its parameters, and from a response to its body, for the operations
 * of one service. Reads the service's model on first use, and keeps what it has compiled of it: one
 * codec serves all databases of a process.
 */
export class ServiceCodec {
  readonly targetPrefix: string
  readonly model: ServiceModel
  readonly #decoder: RequestDecoder
  readonly #checker: ConstraintChecker

  constructor(service: ServiceDefinition) {
    this.targetPrefix = service.targetPrefix
    this.model = new ServiceModel(
      service.modelFile,
      service.overrides.addedMembers,
      service.overrides.otherShapes,
    )
    const { javaPackage, overrides } = service
    this.#decoder = new RequestDecoder(this.model, javaPackage, overrides.strictMembers)
    this.#checker = new ConstraintChecker(this.model, service.overrides)
  }

  /** The names of all operations of the model, whether this server performs them or not. */
  operationNames(): ReadonlySet<string> {
    return this.model.operationNames()
  }

  /** What the service is called in signatures. */
  signingName(): string {
    return this.model.signingName()
  }

  /** See {@link RequestDecoder.decode}. */
  decode(operation: string, bodyText: string): Record<string, unknown> {
    return this.#decoder.decode(operation, bodyText)
  }

  /** See {@link ConstraintChecker.check}. */
  check(operation: string, request: Record<string, unknown>, bodyLength: number): void {
    this.#checker.check(operation, request, bodyLength)
  }

  /** See {@link encodeResponse}. */
  encode(response: object): Uint8Array {
    return encodeResponse(response)
  }
}
