import { suggestion } from '../policies/policyElements.ts'
import { IdentitiesFault, type Position } from './identitiesFault.ts'
import type { DocumentPath, ReadDocument } from './readDocument.ts'

/** A member or an item of a document, with its place. Its methods throw IdentitiesFault. */
export class DocumentEntry {
  readonly value: unknown
  readonly #path: DocumentPath
  readonly #document: ReadDocument

  constructor(document: ReadDocument, path: DocumentPath = [], value: unknown = document.value) {
    this.#document = document
    this.#path = path
    this.value = value
  }

  /** A fault of this entry, or of what is at `path` in it. */
  fault(message: string, path: DocumentPath = []): IdentitiesFault {
    const position = this.#document.positionOf([...this.#path, ...path])
    return new IdentitiesFault(message, position)
  }

  /** Where this entry stands. */
  get position(): Position {
    return this.#document.positionOf(this.#path)
  }

  /** Whether it is a text that was written without quotes. */
  get isPlain(): boolean {
    return this.#document.isPlain(this.#path)
  }

  /** Refuses members that are not `known`, each with the one that was probably meant. */
  refuseUnknown(known: readonly string[], what: string): void {
    for (const [name, entry] of this.members(what)) {
      if (known.includes(name)) continue
      throw entry.fault(`${what} has no member ${name}.${suggestion(name, known)}`)
    }
  }

  /** The members of an object, by their names. */
  members(what: string): readonly (readonly [string, DocumentEntry])[] {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) {
      throw this.fault(`${what} must be an object.`)
    }
    return Object.entries(this.value).map(([name, value]) => [name, this.#child(name, value)])
  }

  /** A member of an object. REQUIRES: it is an object. */
  member(name: string): DocumentEntry | undefined {
    const value = (this.value as Record<string, unknown>)[name]
    return value === undefined ? undefined : this.#child(name, value)
  }

  /** A member that has to be there. */
  required(name: string, what: string): DocumentEntry {
    const entry = this.member(name)
    if (entry === undefined) throw this.fault(`${what} needs ${name}.`)
    return entry
  }

  items(what: string): readonly DocumentEntry[] {
    if (!Array.isArray(this.value)) throw this.fault(`${what} must be a list.`)
    return this.value.map((value: unknown, i) => this.#child(i, value))
  }

  /** A text of the form that `pattern` says. */
  text(pattern: RegExp, form: string): string {
    if (typeof this.value === 'string' && pattern.test(this.value)) return this.value
    throw this.fault(form)
  }

  flag(what: string): boolean {
    if (this.value === 'true') return true
    if (this.value === 'false') return false
    throw this.fault(`${what} must be true or false.`)
  }

  #child(step: string | number, value: unknown): DocumentEntry {
    return new DocumentEntry(this.#document, [...this.#path, step], value)
  }
}
