import { headerOf } from './rawMessage.ts'
import type { RawRequest } from './rawMessage.ts'

/** The codings of bodies, of requests and of answers. */
export type ContentCoding = 'gzip' | 'deflate'

/** The longest answer that is sent as it is to a client that would take it compressed, in bytes. */
const longestPlainAnswer = 4096

/**
 * How the body of `request` is coded: undefined if it is not, 'unknown' in any way that this server
 * does not understand, several codings one upon the other among them.
 */
export function codingOfRequest(request: RawRequest): ContentCoding | 'unknown' | undefined {
  const value = headerOf(request, 'content-encoding')
  if (value === undefined) return undefined
  const name = canonicalName(value)
  if (name === '' || name === 'identity') return undefined
  return name === 'gzip' || name === 'deflate' ? name : 'unknown'
}

/**
 * How an answer of `length` bytes to `request` is coded; undefined for not at all. Of two codings
 * with the same weight gzip is chosen. A short answer is coded only if the client refuses it plain.
 */
export function codingOfAnswer(request: RawRequest, length: number): ContentCoding | undefined {
  const accepted = headerOf(request, 'accept-encoding')
  if (accepted === undefined || length === 0) return undefined
  const weights = weightsOf(accepted)
  const others = weights.get('*')
  const gzip = weights.get('gzip') ?? others ?? 0
  const deflate = weights.get('deflate') ?? others ?? 0
  const best = Math.max(gzip, deflate)
  // Plain answers are welcome unless they are refused, and weigh nothing unless it is said.
  const plain = weights.get('identity') ?? others
  if (best === 0 || best < (plain ?? 0)) return undefined
  if (length <= longestPlainAnswer && plain !== 0) return undefined
  return gzip === best ? 'gzip' : 'deflate'
}

/** The weights of an Accept-Encoding header by coding; what is no weight is left out (RFC 9110). */
function weightsOf(accepted: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const element of accepted.split(',')) {
    const [name = '', weight] = element.split(';')
    const quality = weight === undefined ? 1 : qualityOf(weight)
    if (quality !== undefined) weights.set(canonicalName(name), quality)
  }
  return weights
}

function qualityOf(weight: string): number | undefined {
  const match = /^\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/i.exec(weight)
  return match === null ? undefined : Number(match[1])
}

/** HTTP takes `x-gzip` for `gzip` (RFC 9110, 8.4.1.3). */
function canonicalName(name: string): string {
  const plain = name.trim().toLowerCase()
  return plain === 'x-gzip' ? 'gzip' : plain
}
