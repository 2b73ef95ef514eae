import { ApiError } from '../../errors/apiError.ts'
import { throttled, type Refusal } from '../../errors/throttlingErrors.ts'
import type { PermittedRequest } from '../../operations/performer.ts'
import { requestedKeys, type RequestedKey } from '../../operations/requestedKeys.ts'
import type { ItemGate } from '../../operations/throughput/throttle.ts'
import type { Answer } from '../../operations/operation.ts'
import type { Services } from '../../operations/services.ts'
import { rowKeyOfItem } from '../../items/primaryKey.ts'
import { noUsage } from '../../capacity/usage.ts'
import { refusalOf } from './errorOfFault.ts'
import type { ActingFault } from './faults.ts'

/** The services of a batch, chosen entries of which are throttled where its items are reached. */
export function refusingServices(
  services: Services,
  asked: PermittedRequest,
  chosen: readonly RequestedKey[],
): Services {
  const names = new Set(chosen.flatMap((each) => nameOf(each) ?? []))
  return { ...services, throttle: new RefusingGate(services, names, asked) }
}

/** The entries that a rule chooses: the last ones of those that it is about. */
export function chosenEntries(
  { rule, keys }: ActingFault,
  asked: PermittedRequest,
): readonly RequestedKey[] {
  const all = rule.key === undefined ? requestedKeys(asked) : keys
  const count = rule.unprocessed?.count ?? all.length
  return all.slice(-count)
}

/**
 * The answer of a batch whose entries are all to come back: DynamoDB refuses it as a whole where
 * that is for throughput alone, which is not what was asked for.
 */
export function allUnprocessed({ operation, request }: PermittedRequest): Answer | undefined {
  const { RequestItems = {} } = request as { readonly RequestItems?: object }
  if (operation.name === 'BatchWriteItem') {
    return { response: { UnprocessedItems: RequestItems }, usage: noUsage }
  }
  if (operation.name !== 'BatchGetItem') return undefined
  const Responses = Object.fromEntries(Object.keys(RequestItems).map((name) => [name, []]))
  return { response: { Responses, UnprocessedKeys: RequestItems }, usage: noUsage }
}

function nameOf({ table, attributes }: RequestedKey): string | undefined {
  try {
    return nameOfRow(rowKeyOfItem(table, attributes))
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}

const nameOfRow = (rowKey: Buffer): string => rowKey.toString('latin1')

/** Refuses some items, and lets the others through to who stands there otherwise. */
class RefusingGate implements ItemGate {
  readonly #inner: ItemGate | undefined
  readonly #names: ReadonlySet<string>
  readonly #asked: PermittedRequest

  constructor({ throttle }: Services, names: ReadonlySet<string>, asked: PermittedRequest) {
    this.#inner = throttle
    this.#names = names
    this.#asked = asked
  }

  read: ItemGate['read'] = (place, perform) =>
    this.#inner === undefined ? perform() : this.#inner.read(place, perform)

  readItem: ItemGate['readItem'] = (source, item, consistentRead) => {
    this.#check(item)
    if (this.#inner === undefined) return source.read(item.rowKey)
    return this.#inner.readItem(source, item, consistentRead)
  }

  warmedRecord: ItemGate['warmedRecord'] = (table) =>
    this.#inner === undefined ? table.record : this.#inner.warmedRecord(table)

  readFound: ItemGate['readFound'] = (table, rowKey, units) => {
    if (this.#refuses(rowKey)) return this.#refusal(table)
    return this.#inner?.readFound(table, rowKey, units)
  }

  write: ItemGate['write'] = async (coordinator, action, perform) => {
    this.#check(action)
    return this.#inner === undefined
      ? perform(action)
      : this.#inner.write(coordinator, action, perform)
  }

  transact: ItemGate['transact'] = (coordinator, plan) =>
    this.#inner === undefined ? coordinator.transact(plan) : this.#inner.transact(coordinator, plan)

  readTransaction: ItemGate['readTransaction'] = (coordinator, actions) =>
    this.#inner === undefined
      ? coordinator.readTransaction(actions)
      : this.#inner.readTransaction(coordinator, actions)

  #check({
    table,
    rowKey,
  }: {
    readonly table: RequestedKey['table']
    readonly rowKey: Buffer
  }): void {
    if (this.#refuses(rowKey)) throw throttled([this.#refusal(table)])
  }

  #refuses(rowKey: Buffer): boolean {
    return this.#names.has(nameOfRow(rowKey))
  }

  #refusal(table: RequestedKey['table']): Refusal {
    return refusalOf({}, table, this.#asked)
  }
}
