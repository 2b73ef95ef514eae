import { createHash } from 'node:crypto'
import { nextTokenOfOtherRequest, unreadableNextToken } from '../../errors/statementErrors.ts'
import type { RangesPosition } from '../../reads/readRanges.ts'
import { orderedJson } from '../items/requestDigest.ts'
import type { StatementParameters } from './statementParameters.ts'

const format = 1
const digestBytes = 16
const rangeBytes = 4

/**
 * A token as clients get it: where to go on, bound to the statement, its parameters and the table
 * with this id, in base64 and with a digest. Nothing of it is kept by the server.
 */
export function encodeNextToken(
  request: StatementParameters,
  tableId: string,
  { range, behind }: RangesPosition,
): string {
  const rangeNumber = Buffer.alloc(rangeBytes)
  rangeNumber.writeUInt32BE(range)
  const content = behind === undefined ? rangeNumber : Buffer.concat([rangeNumber, behind])
  const bound = requestDigest(request, tableId)
  const seal = digest('next token', bound, content)
  return Buffer.concat([Buffer.of(format), seal, bound, content]).toString('base64')
}

/**
 * The inverse of {@link encodeNextToken}. Throws unreadableNextToken for what was never given out,
 * nextTokenOfOtherRequest for a token of another request. Whoever knows how can make a token, so
 * its position is to be looked at.
 */
export function decodeNextToken(
  text: string,
  request: StatementParameters,
  tableId: string,
): RangesPosition {
  const bytes = Buffer.from(text, 'base64')
  const sealed = bytes.subarray(1, 1 + digestBytes)
  const bound = bytes.subarray(1 + digestBytes, 1 + 2 * digestBytes)
  const content = bytes.subarray(1 + 2 * digestBytes)
  const isOurs =
    bytes.toString('base64') === text &&
    bytes[0] === format &&
    content.length >= rangeBytes &&
    digest('next token', bound, content).equals(sealed)
  if (!isOurs) throw unreadableNextToken()
  if (!requestDigest(request, tableId).equals(bound)) throw nextTokenOfOtherRequest()
  const behind = content.length > rangeBytes ? content.subarray(rangeBytes) : undefined
  return { range: content.readUInt32BE(), behind }
}

function requestDigest({ Statement, Parameters = [] }: StatementParameters, id: string): Buffer {
  return digest('statement', Statement, orderedJson(Parameters), id)
}

function digest(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length} `).update(part)
  return hash.digest().subarray(0, digestBytes)
}
