import { invalidNextToken } from '../../errors/metricErrors.ts'
import { decodePageToken, encodePageToken } from './pageToken.ts'

/** What one query of GetMetricData has found. */
export interface QueryResult {
  readonly id: string
  readonly label: string
  /** Timestamps in seconds, and values, in the order of the answer. */
  readonly points: readonly (readonly [number, number])[]
}

export interface PageOptions {
  /** The request without its token. */
  readonly asked: object
  readonly token: string | undefined
  /** Most points of a page. */
  readonly most: number
  readonly isAscending: boolean
}

/** Where a page begins: with what result, and behind which of its timestamps. */
interface Place {
  readonly result: number
  readonly after?: number
}

/**
 * One page of `results`, as the output of GetMetricData. A page is found again by timestamps, so
 * that values that come meanwhile move nothing. Throws InvalidNextToken.
 */
export function pageOfResults(results: readonly QueryResult[], options: PageOptions): object {
  const begin = options.token === undefined ? { result: 0 } : placeOf(options.asked, options.token)
  const told: object[] = []
  let left = options.most
  let next: Place | undefined
  for (let i = begin.result; i < results.length && next === undefined; i++) {
    const { id, label, points } = results[i] as QueryResult
    const after = i === begin.result ? begin.after : undefined
    const rest = after === undefined ? points : pointsBehind(points, after, options.isAscending)
    if (left === 0 && rest.length > 0) {
      next = { result: i, ...(after !== undefined && { after }) }
      break
    }
    const page = rest.slice(0, left)
    left -= page.length
    const last = page.at(-1)
    if (page.length < rest.length && last !== undefined) next = { result: i, after: last[0] }
    told.push({
      Id: id,
      Label: label,
      Timestamps: page.map(([timestamp]) => timestamp),
      Values: page.map(([, value]) => value),
      StatusCode: next === undefined ? 'Complete' : 'PartialData',
    })
  }
  return {
    MetricDataResults: told,
    NextToken: next === undefined ? undefined : encodePageToken(options.asked, next),
    Messages: [],
  }
}

function pointsBehind(
  points: QueryResult['points'],
  after: number,
  isAscending: boolean,
): QueryResult['points'] {
  return points.filter(([timestamp]) => (isAscending ? timestamp > after : timestamp < after))
}

function placeOf(asked: object, token: string): Place {
  const place = decodePageToken(asked, token) as Partial<Place> | null
  const { result, after } = place ?? {}
  const isPlace = Number.isInteger(result) && (after === undefined || Number.isFinite(after))
  if (!isPlace) throw invalidNextToken()
  return place as Place
}
