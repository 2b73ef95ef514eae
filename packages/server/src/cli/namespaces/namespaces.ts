import { isNamespaceName, namespaceNameText } from '../../access/namespaceName.ts'
import { ApiError } from '../../errors/apiError.ts'
import { controlNotFound } from '../../errors/controlErrors.ts'
import { strangerAtNamespace, tooManyNamespaces } from '../../errors/namespaceErrors.ts'
import { internalServerError } from '../../errors/wireErrors.ts'
import type { ControlSurface } from '../../http/controlDoor.ts'
import type { RawRequest, RawResponse } from '../../http/rawMessage.ts'
import { refusalResponse } from '../../http/refusalResponse.ts'
import type { Responder } from '../../http/respond.ts'
import { maxNamespaces } from '../../limits.ts'
import { namespacesInDirectory, removeNamespaceDirectory } from './namespaceDirectory.ts'
import { namespaceOf, namespaceOfAddress } from './namespaceOf.ts'

/** A namespace that is open. */
export interface OpenNamespace<Handle> {
  /** Answers the operations of requests that choose it. */
  readonly respond: Responder
  /** Its lab over HTTP, if there is one. */
  readonly surface: ControlSurface | undefined
  /** What may be looked at of it over HTTP, where anything may. */
  readonly watch?: ControlSurface | undefined
  /** For this process. */
  readonly database: Handle
  /** Resolves when it has answered all that it was asked. */
  close(): Promise<void>
}

export interface NamespacesOptions<Handle> {
  open(name: string): Promise<OpenNamespace<Handle>>
  /** Where those that were opened before have their data; undefined in memory. */
  readonly dataDirectory: string | undefined
  readonly nextRequestId: () => string
  /** Told of what no request can be answered with. */
  readonly onFault: (requestId: string, error: unknown) => void
}

/**
 * The namespaces of a database: databases of their own, made when they are first asked for, by the
 * access key id `dynatom-NAME`. INVARIANT: a name has one database at a time; the next one begins
 * when the one before has ended.
 */
export class Namespaces<Handle> {
  private readonly options: NamespacesOptions<Handle>
  private readonly opening = new Map<string, Promise<OpenNamespace<Handle>>>()
  /** What needs no waiting for. */
  private readonly open = new Map<string, OpenNamespace<Handle>>()
  private readonly ending = new Map<string, Promise<void>>()
  private isClosed = false
  private isEnded = false

  constructor(options: NamespacesOptions<Handle>) {
    this.options = options
  }

  /** A responder that has requests answered by the namespace that they choose, others by `main`. */
  responder(main: Responder): Responder {
    return (request) => {
      if (this.isEnded) return main(request)
      const name = namespaceOf(request)
      const place = namespaceOfAddress(request)
      if (place !== undefined && place !== name) return this.refuseStranger(place, request)
      if (name === undefined) return main(request)
      const open = this.open.get(name)
      return open === undefined ? this.answerLater(name, request) : open.respond(request)
    }
  }

  /** The lab over HTTP: of the namespace in the query, or of the main database. */
  surface(main: ControlSurface): ControlSurface {
    return this.chosen(main, ({ surface }) => surface)
  }

  /** The same of what may be looked at; no namespace is made by looking at it. */
  watch(main: ControlSurface): ControlSurface {
    const chosen = this.chosen(main, ({ watch }) => watch)
    return async (request) => {
      const name = request.query.get('namespace')
      const isThere = name === null || (await this.list()).includes(name)
      if (!isThere) throw controlNotFound(`namespace "${name}"`)
      return chosen(request)
    }
  }

  private chosen(
    main: ControlSurface,
    surfaceOf: (namespace: OpenNamespace<Handle>) => ControlSurface | undefined,
  ): ControlSurface {
    return async (request) => {
      const name = request.query.get('namespace')
      if (name === null) return main(request)
      if (!isNamespaceName(name)) throw controlNotFound(`namespace "${name}"`)
      const surface = surfaceOf(await this.get(name))
      const query = new URLSearchParams(request.query)
      query.delete('namespace')
      if (surface === undefined) throw controlNotFound(`lab of namespace "${name}"`)
      return surface({ ...request, query })
    }
  }

  /**
   * The namespace, which is made if it is not there. Rejects with RangeError for what is no name,
   * and with what its opening rejects with.
   */
  async get(name: string): Promise<OpenNamespace<Handle>> {
    if (!isNamespaceName(name)) {
      throw new RangeError(
        `"${name}" is not the name of a namespace: that has ${namespaceNameText}.`,
      )
    }
    let opening = this.opening.get(name)
    if (opening === undefined) {
      if (this.isClosed) throw new Error('The database is closed.')
      if (this.isEnded) throw new Error('A store of several servers has no namespaces.')
      if (this.opening.size >= maxNamespaces) throw tooManyNamespaces(maxNamespaces)
      opening = this.begin(name)
      this.opening.set(name, opening)
    }
    return opening
  }

  /** The names of those that are there, in order. */
  async list(): Promise<readonly string[]> {
    const { dataDirectory } = this.options
    const stored = dataDirectory === undefined ? [] : await namespacesInDirectory(dataDirectory)
    const left = stored.filter((name) => !this.ending.has(name))
    return [...new Set([...this.opening.keys(), ...left])].sort()
  }

  /** Ends a namespace and forgets its data. Resolves to whether it was there. */
  async drop(name: string): Promise<boolean> {
    if (!(await this.list()).includes(name)) return false
    const opening = this.opening.get(name)
    this.opening.delete(name)
    this.open.delete(name)
    const ending = this.end(name, opening)
    this.ending.set(name, ending)
    try {
      await ending
    } finally {
      if (this.ending.get(name) === ending) this.ending.delete(name)
    }
    return true
  }

  /** From now on there are none, and every request is of the main database. */
  endChoice(): void {
    this.isEnded = true
  }

  /** REQUIRES: no request is under way or comes later. */
  async close(): Promise<void> {
    this.isClosed = true
    const all = [...this.opening.values()].map(async (opening) => (await opening).close())
    this.open.clear()
    await Promise.allSettled([...all, ...this.ending.values()])
  }

  private refuseStranger(name: string, request: RawRequest): RawResponse {
    return refusalResponse(request, this.options.nextRequestId(), strangerAtNamespace(name))
  }

  private async begin(name: string): Promise<OpenNamespace<Handle>> {
    try {
      await this.ending.get(name)
      const namespace = await this.options.open(name)
      this.open.set(name, namespace)
      return namespace
    } catch (error) {
      this.opening.delete(name)
      throw error
    }
  }

  private async end(
    name: string,
    opening: Promise<OpenNamespace<Handle>> | undefined,
  ): Promise<void> {
    const namespace = await opening?.catch(() => undefined)
    this.open.delete(name)
    await namespace?.close()
    const { dataDirectory } = this.options
    if (dataDirectory !== undefined) await removeNamespaceDirectory(dataDirectory, name)
  }

  private async answerLater(name: string, request: RawRequest): Promise<RawResponse> {
    try {
      const { respond } = await this.get(name)
      return await respond(request)
    } catch (error) {
      const requestId = this.options.nextRequestId()
      if (error instanceof ApiError) return refusalResponse(request, requestId, error)
      this.options.onFault(requestId, error)
      return refusalResponse(request, requestId, internalServerError())
    }
  }
}
