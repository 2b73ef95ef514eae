import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml'
import { maxIdentitiesEntries } from '../../limits.ts'
import { checkBounds, maxDepth, nestedTooDeeply, tooManyEntries } from './documentBounds.ts'
import { IdentitiesFault, type Position } from './identitiesFault.ts'

/** Names of members and positions of items, from the root of a document. */
export type DocumentPath = readonly (string | number)[]

/** What a file of JSON or YAML says: texts, lists and objects of them, and where each stands. */
export interface ReadDocument {
  readonly value: unknown
  /** Where the member or the item at `path` stands; of what is not there, what would have it. */
  positionOf(path: DocumentPath): Position
  /** Whether at `path` is a scalar without quotes: in JSON a number or a word. */
  isPlain(path: DocumentPath): boolean
}

/**
 * Reads JSON or YAML, of which JSON is a part. Every scalar is the text that it was written as, so
 * that an account keeps its zeros and a secret is never a number. Throws IdentitiesFault.
 */
export function readDocument(text: string): ReadDocument {
  checkBounds(text, (offset) => placeIn(text, offset))
  const lines = new LineCounter()
  // Names are looked at for doubles below: the library compares each with all before it.
  const document = parseDocument(text, {
    schema: 'failsafe',
    prettyErrors: false,
    uniqueKeys: false,
    lineCounter: lines,
  })
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined)
    throw new IdentitiesFault(sentence(problem.message), positionAt(problem.pos[0]))
  const root: Node | null = document.contents
  const value = new Valuation(positionAt).valueOf(root)
  return {
    value,
    positionOf: (path) => positionAt(placeOf(path, root, document).offset),
    isPlain(path) {
      const { node } = placeOf(path, root, document)
      const target = isAlias(node) ? node.resolve(document) : node
      return isScalar(target) && target.type === 'PLAIN'
    },
  }
}

function placeIn(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

function sentence(message: string): string {
  const text = message.trim().replaceAll(/\s*\n\s*/g, ' ')
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** Makes plain values of nodes. Aliases of aliases of aliases end at a number of entries. */
class Valuation {
  readonly #positionAt: (offset: number) => Position
  /** What aliases stand for: anchors come before them. */
  readonly #anchors = new Map<string, Node>()
  #entries = 0

  constructor(positionAt: (offset: number) => Position) {
    this.#positionAt = positionAt
  }

  valueOf(node: unknown, depth = 0): unknown {
    const target = isAlias(node) ? this.#anchors.get(node.source) : node
    this.#entries += 1
    if (this.#entries > maxIdentitiesEntries) throw this.#fault(node, tooManyEntries)
    if (depth > maxDepth) throw this.#fault(node, nestedTooDeeply)
    if (isNode(target) && !isAlias(target) && target.anchor !== undefined) {
      this.#anchors.set(target.anchor, target)
    }
    if (isMap(target)) return this.#objectOf(target, depth)
    if (isSeq(target)) return target.items.map((item) => this.valueOf(item, depth + 1))
    if (isScalar(target)) return String(target.value)
    if (target === null || (target === undefined && !isAlias(node))) return ''
    throw this.#fault(node, 'An alias stands before its anchor, or has none.')
  }

  #objectOf(map: YAMLMap, depth: number): object {
    const object = Object.create(null) as Record<string, unknown>
    for (const { key, value } of map.items) {
      if (!isScalar(key)) throw this.#fault(key ?? map, 'The name of a member must be a text.')
      const name = String(key.value)
      if (name in object) throw this.#fault(key, 'Map keys must be unique.')
      object[name] = this.valueOf(value, depth + 1)
    }
    return object
  }

  #fault(node: unknown, message: string): IdentitiesFault {
    return new IdentitiesFault(message, this.#positionAt(startOf(node)))
  }
}

function startOf(node: unknown): number {
  return (node as Node | undefined)?.range?.[0] ?? 0
}

/** Where something stands, and what it is; undefined for what is not there. */
interface Place {
  readonly offset: number
  readonly node: unknown
}

/** A member is where its name is, an item where it begins. */
function placeOf(path: DocumentPath, root: Node | null, document: Document.Parsed): Place {
  let node: unknown = root
  let offset = startOf(root)
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step)
      if (pair === undefined) return { offset, node: undefined }
      offset = startOf(pair.key)
      node = pair.value
    } else if (isSeq(node) && typeof step === 'number' && node.items[step] !== undefined) {
      node = node.items[step]
      offset = startOf(node)
    } else {
      return { offset, node: undefined }
    }
  }
  return { offset, node }
}
