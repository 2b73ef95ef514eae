import { totalOf } from '../capacity/usage.ts'
import { ApiError } from '../errors/apiError.ts'
import { operationUnavailable, unknownOperation } from '../errors/protocolErrors.ts'
import { invariant } from '../invariant.ts'
import type {
  Access,
  Dispatcher,
  RequestContext,
  RequestTrace,
  ServedOperation,
} from '../wire/dispatcher.ts'
import { meetingsOf } from '../transactions/meetings.ts'
import type { LayerOf } from '../validation/layers.ts'
import { inForm } from '../validation/newerForms.ts'
import { BrokenAnswer } from '../wire/brokenAnswer.ts'
import type { ServiceCodec } from '../wire/serviceCodec.ts'
import type { Gate } from './access/refuseUnpermitted.ts'
import type { AnsweredRequest, RequestObserver } from './answeredRequest.ts'
import { earlyStartOf, startedEarly } from './earlyStart.ts'
import { emptyAnswer } from './emptyAnswer.ts'
import { LostAnswer } from './lostAnswer.ts'
import { namesOf } from './namedResources.ts'
import type { Answer, Operation } from './operation.ts'
import type { Performer } from './performer.ts'
import type { OnMeeting } from './refusedMeeting.ts'
import type { Services } from './services.ts'

/** A service as far as this server performs it; its operations are the model's. */
export interface Service {
  readonly codec: ServiceCodec
  readonly operations: readonly Operation<never>[]
}

/**
 * A dispatcher for the operations of `offered`, performed on `services` and answering in the forms
 * that `layerOf` gives. Reads the models of the services, which the first request would wait for
 * otherwise. REQUIRES: no two services have the same target prefix; their operations are the
 * models'.
 */
export function createDispatcher(
  offered: readonly Service[],
  services: Services,
  layerOf: LayerOf,
  bystanders: Bystanders = {},
): Dispatcher {
  const parts = { services, layerOf, bystanders }
  const operations = new Map<string, ServedOperation>()
  for (const { codec, operations: performed } of offered) {
    const modelled = codec.operationNames()
    for (const operation of performed) {
      const { name } = operation
      invariant(modelled.has(name), `${name} is an operation of the model`)
      operations.set(`${codec.targetPrefix}.${name}`, new BoundOperation(codec, operation, parts))
    }
  }
  return {
    find: (target) => operations.get(target),
    refusalOf: (target) => refusalOf(offered, target),
    nameOf(target) {
      const codec = codecOf(offered, target)
      return codec === undefined ? target : nameWithin(codec, target)
    },
  }
}

/** AWS tells nothing of names that it does not know; of those that it knows we say more. */
function refusalOf(offered: readonly Service[], target: string): ApiError {
  const codec = codecOf(offered, target)
  if (codec === undefined) return unknownOperation()
  const name = nameWithin(codec, target)
  return codec.operationNames().has(name) ? operationUnavailable(name) : unknownOperation()
}

/** The codec of the service that `target` names, whether it has the operation or not. */
function codecOf(offered: readonly Service[], target: string): ServiceCodec | undefined {
  return offered.find(({ codec }) => target.startsWith(`${codec.targetPrefix}.`))?.codec
}

function nameWithin({ targetPrefix }: ServiceCodec, target: string): string {
  return target.slice(targetPrefix.length + 1)
}

/** Who has a part in requests beside their operations. */
export interface Bystanders {
  /** Told of each answer. */
  readonly observer?: RequestObserver | undefined
  /** Asked before each request that has a principal; there must be one for those. */
  readonly gate?: Gate | undefined
  /** Performs each request in the place of its handler; asked for each time, for it may change. */
  readonly performer?: Performer | undefined
  /** Told of each request that is refused because it met another one. */
  readonly onMeeting?: OnMeeting | undefined
}

/** What all operations of a dispatcher have in common. */
interface DispatcherParts {
  readonly services: Services
  readonly layerOf: LayerOf
  readonly bystanders: Bystanders
}

const noBytes: Uint8Array = new Uint8Array(0)

class BoundOperation implements ServedOperation {
  readonly name: string
  readonly access: Access
  readonly signingName: string
  readonly #codec: ServiceCodec
  readonly #operation: Operation<never>
  readonly #services: Services
  readonly #layerOf: LayerOf
  readonly #observer: RequestObserver | undefined
  readonly #gate: Gate | undefined
  readonly #bystanders: Bystanders

  constructor(codec: ServiceCodec, operation: Operation<never>, parts: DispatcherParts) {
    this.name = operation.name
    this.access = operation.access
    this.signingName = codec.signingName()
    this.#codec = codec
    this.#operation = operation
    this.#services = parts.services
    this.#layerOf = parts.layerOf
    this.#observer = parts.bystanders.observer
    this.#gate = parts.bystanders.gate
    this.#bystanders = parts.bystanders
  }

  perform(
    bodyText: string,
    context: RequestContext,
    trace?: RequestTrace,
  ): Uint8Array | Promise<Uint8Array> {
    const { name } = this
    const told = this.#observer === undefined ? undefined : this.#begin(bodyText.length)
    try {
      const request = this.#codec.decode(name, bodyText)
      if (told !== undefined) told.request = request
      if (trace !== undefined) this.#traceResources(trace, request)
      this.#codec.check(name, request, bodyText.length)
      const { catchUp } = this.#services
      const answer =
        catchUp === undefined
          ? this.#handle(request, context)
          : this.#handleUpToDate(catchUp, request, context)
      if (answer instanceof Promise) {
        const isHeard = told !== undefined || this.#bystanders.onMeeting !== undefined
        const refuse = isHeard ? this.#refuseTold(told, context) : this.#refuse
        return answer.then((settled) => this.#encode(settled, trace, told), refuse)
      }
      return this.#encode(answer, trace, told)
    } catch (error) {
      throw this.#formOf(error, told, context)
    }
  }

  #begin(requestLength: number): AnsweredRequest {
    return {
      operation: this.#operation,
      request: undefined,
      answer: undefined,
      error: undefined,
      startMs: this.#services.clock.monotonicMs(),
      durationMs: 0,
      requestLength,
      bodyBytes: 0,
    }
  }

  readonly #refuse = (error: unknown): never => {
    throw this.#formOf(error, undefined, undefined)
  }

  #refuseTold(
    told: AnsweredRequest | undefined,
    context: RequestContext,
  ): (error: unknown) => never {
    return (error) => {
      throw this.#formOf(error, told, context)
    }
  }

  /** The one place where an error takes the form that its client sees. */
  #formOf(
    error: unknown,
    told: AnsweredRequest | undefined,
    context: RequestContext | undefined,
  ): unknown {
    if (error instanceof LostAnswer) {
      return new BrokenAnswer(error.breakage, this.#encode(error.answer, undefined, told))
    }
    // Nobody has been answered.
    if (error instanceof BrokenAnswer) return error
    if (told !== undefined) {
      told.error = error
      this.#tell(told)
    }
    const { onMeeting } = this.#bystanders
    if (onMeeting !== undefined && context !== undefined && error instanceof ApiError) {
      if (meetingsOf(error) !== undefined) onMeeting({ operation: this.name, context, error })
    }
    return inForm(this.#layerOf, this.name, error)
  }

  #tell(told: AnsweredRequest): void {
    told.durationMs = this.#services.clock.monotonicMs() - told.startMs
    this.#observer?.answered(told)
  }

  async #handleUpToDate(
    catchUp: () => Promise<boolean>,
    request: Record<string, unknown>,
    context: RequestContext,
  ): Promise<Answer> {
    const known = catchUp()
    const start = earlyStartOf(this.#operation, request)
    const handle = (): Answer | Promise<Answer> => this.#handle(request, context)
    if (start !== undefined) return startedEarly(start, known, handle)
    await known
    return handle()
  }

  #handle(request: Record<string, unknown>, context: RequestContext): Answer | Promise<Answer> {
    if (context.principal !== undefined) {
      invariant(this.#gate !== undefined, 'who has to prove who he is is asked about')
      const asked = this.#gate(this.#operation, this.#services, request, context)
      if (asked instanceof Promise) return this.#handleOnce(asked, request, context)
    }
    return this.#run(request, context)
  }

  async #handleOnce(
    permitted: Promise<void>,
    request: Record<string, unknown>,
    context: RequestContext,
  ): Promise<Answer> {
    await permitted
    return this.#run(request, context)
  }

  #run(request: Record<string, unknown>, context: RequestContext): Answer | Promise<Answer> {
    const { performer } = this.#bystanders
    if (performer !== undefined) {
      const operation = this.#operation
      return performer.perform({ operation, services: this.#services, request, context })
    }
    return this.#operation.handler(this.#services, request as never, context)
  }

  #traceResources(trace: RequestTrace, request: Record<string, unknown>): void {
    const names = namesOf(this.#operation.resources(request as never))
    if (names.length > 0) trace.tableName = names.join(',')
  }

  #encode(
    answer: Answer,
    trace: RequestTrace | undefined,
    told: AnsweredRequest | undefined,
  ): Uint8Array {
    const { response, usage } = answer
    if (trace !== undefined) {
      const units = totalOf(usage)
      if (units !== undefined) trace.consumedUnits = units
    }
    const body = response === emptyAnswer ? noBytes : this.#codec.encode(response)
    if (told !== undefined) {
      told.answer = answer
      told.bodyBytes = body.length
      this.#tell(told)
    }
    return body
  }
}
