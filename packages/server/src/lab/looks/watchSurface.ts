import {
  controlMethodNotAllowed,
  controlNotFound,
  invalidControl,
  refusalForgotten,
} from '../../errors/controlErrors.ts'
import { maxExplanations } from '../../limits.ts'
import type { TransactionInput } from '../dryRun/dryRun.ts'
import type { Explanation } from '../explanations/explanation.ts'
import type { SurfaceRequest } from '../labSurface.ts'
import { dryRunInSight } from './dryRunInSight.ts'
import type { Lookout, Watch } from './lookout.ts'
import { Sight, type Asker } from './sight.ts'
import { transactionsInSight } from './transactionsInSight.ts'

/** A request below `/_dynatom`, and who it is from, where that has to be proved. */
export interface WatchRequest extends SurfaceRequest {
  readonly asker?: Asker | undefined
}

const prefix = '/watch'
const usualLimit = 100

/**
 * What may be asked of the database without changing it or what it does: what a transaction would
 * come to, why a request was refused, what transactions there are and what has met whom. Rejects
 * with a ControlError or an ApiError.
 */
export async function watchSurface(lookout: Lookout, request: WatchRequest): Promise<object> {
  const [name = '', id, ...others] = request.path.slice(prefix.length + 1).split('/')
  const isThere = others.length === 0 && (id === undefined || name === 'explanations')
  const look = isThere ? looks.get(name) : undefined
  if (look === undefined) throw controlNotFound(`/_dynatom${request.path}`)
  const { method, body } = request
  if (method !== look.method) throw controlMethodNotAllowed([look.method])
  if (method === 'GET' && body !== undefined) throw invalidControl('A GET has no body.')
  const watch = await lookout.look()
  return lookout.inTurn(async () => look.answer(watch, request, id))
}

interface Look {
  readonly method: 'GET' | 'POST'
  answer(watch: Watch, request: WatchRequest, id: string | undefined): Promise<object> | object
}

const looks: ReadonlyMap<string, Look> = new Map<string, Look>([
  ['', { method: 'GET', answer: ({ sinceMs }) => ({ since: new Date(sinceMs).toISOString() }) }],
  [
    'transactions',
    {
      method: 'GET',
      answer: (watch, { asker }) => transactionsInSight(watch, new Sight(watch.store, asker)),
    },
  ],
  [
    'explanations',
    {
      method: 'GET',
      answer: (watch, request, id) =>
        id === undefined ? lastRefusals(watch, request) : refusal(watch, request, id),
    },
  ],
  [
    'dry-run',
    {
      method: 'POST',
      answer: (watch, { body, asker }) => dryRunInSight(transactionIn(body), watch, asker),
    },
  ],
])

/** The refusals of the asker's own requests, from the last on. */
async function lastRefusals(
  { session, store }: Watch,
  { query, asker }: WatchRequest,
): Promise<{ readonly explanations: readonly Explanation[] }> {
  const sight = new Sight(store, asker)
  const limit = limitIn(query)
  const own = session.explanations
    .list(maxExplanations)
    .filter(({ caller }) => sight.seesRequestOf(caller))
    .slice(0, limit)
  return { explanations: await Promise.all(own.map((each) => inSight(each, sight))) }
}

/** Those of others are as if they had never been. */
async function refusal(
  { session, store }: Watch,
  { asker }: WatchRequest,
  id: string,
): Promise<Explanation> {
  const sight = new Sight(store, asker)
  const found = session.explanations.find(id)
  if (!sight.seesRequestOf(found.caller)) throw refusalForgotten(id)
  return inSight(found, sight)
}

async function inSight(explanation: Explanation, sight: Sight): Promise<Explanation> {
  const { inProgress, positions, ...about } = explanation
  const holder = inProgress && (await sight.holder(inProgress))
  return {
    ...about,
    positions: await Promise.all(positions.map((each) => sight.position(each))),
    ...(holder !== undefined && { inProgress: holder }),
  }
}

function limitIn(query: URLSearchParams): number {
  const given = query.get('limit')
  if (given === null) return usualLimit
  const limit = /^\d+$/.test(given) ? Number(given) : 0
  if (limit >= 1 && limit <= maxExplanations) return limit
  throw invalidControl(`The limit is a whole number from 1 to ${maxExplanations}.`)
}

function transactionIn(body: unknown): TransactionInput {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw invalidControl('The body is an object.')
}
