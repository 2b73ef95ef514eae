import { describe, expect, test } from 'vitest'
import { BankLedger } from './bankLedger.ts'
import { beforeUpdate } from './beforeUpdate.ts'
import { CounterWatch } from './counterWatch.ts'
import { Defects } from './defects.ts'
import { chainValue, type Item } from './itemChains.ts'
import { Reservations } from './reservations.ts'
import { RotatingGroup } from './rotatingGroup.ts'

const namesOf = ({ kept }: Defects): string[] => kept.map(({ name }) => name)

describe('bank transfers', () => {
  const account = (id: string, balance: number, chain: readonly string[]): Item => ({
    pk: { S: 'bank.0' },
    sk: { S: id },
    balance: { N: `${balance}` },
    chain: chainValue(chain),
  })

  function bankOf(): { ledger: BankLedger; defects: Defects } {
    const defects = new Defects()
    const ledger = new BankLedger(defects)
    for (const opening of ['a', 'b']) ledger.enter(opening, 100)
    ledger.enter('out', -30)
    ledger.enter('in', 30)
    ledger.enter('tooMuch', -150)
    return { ledger, defects }
  }

  test('before, between and after transfers all is well', () => {
    const { ledger, defects } = bankOf()
    ledger.examineAll([undefined, undefined])
    ledger.examineAll([account('0', 100, ['a']), account('1', 100, ['b'])])
    ledger.examineAll([account('0', 70, ['a', 'out']), account('1', 130, ['b', 'in'])])
    expect(defects.kept).toEqual([])
  })

  test('half a transfer, and half an opening', () => {
    const { ledger, defects } = bankOf()
    ledger.examineAll([account('0', 70, ['a', 'out']), account('1', 100, ['b'])])
    ledger.examineAll([account('0', 100, ['a']), undefined])
    expect(namesOf(defects)).toEqual(['sum', 'sum'])
  })

  test('a balance that does not follow from its transfers', () => {
    const { ledger, defects } = bankOf()
    ledger.examine(account('0', 100, ['a', 'out']))
    ledger.examine(account('0', 40, ['a', 'out']))
    ledger.examine(account('0', 100, ['a', 'unheardOf']))
    expect(namesOf(defects)).toEqual(['balance', 'balance', 'balance'])
  })

  test('an account that is overdrawn', () => {
    const { ledger, defects } = bankOf()
    ledger.examine(account('0', -50, ['a', 'tooMuch']))
    expect(namesOf(defects)).toEqual(['overdraft'])
  })

  test('a withdrawal that was refused although the balance covers it', () => {
    const { ledger, defects } = bankOf()
    ledger.examineRefusal(account('0', 100, ['a']), 101)
    expect(defects.kept).toEqual([])
    ledger.examineRefusal(account('0', 100, ['a']), 100)
    expect(namesOf(defects)).toEqual(['refusal'])
  })
})

describe('unique pairs', () => {
  const user = (id: string, email: string): Item => ({ sk: { S: id }, email: { S: email } })
  const address = (id: string, holder: string): Item => ({ sk: { S: id }, holder: { S: holder } })

  test.each<[string, (Item | undefined)[], (Item | undefined)[], number]>([
    ['nobody', [undefined], [undefined], 0],
    ['a pair', [user('u', 'e'), undefined], [undefined, address('e', 'u')], 0],
    ['two pairs', [user('u', 'e'), user('v', 'f')], [address('e', 'u'), address('f', 'v')], 0],
    ['a user alone', [user('u', 'e')], [undefined], 1],
    ['a reservation alone', [undefined], [address('e', 'u')], 1],
    ['two users with one address', [user('u', 'e'), user('v', 'e')], [address('e', 'u')], 1],
    ['crossed', [user('u', 'e'), user('v', 'f')], [address('e', 'v'), address('f', 'u')], 4],
    ['a move half done', [user('u', 'e')], [address('e', 'u'), address('f', 'u')], 1],
    ['a user without an address', [{ sk: { S: 'u' } }], [undefined], 1],
  ])('%s', (_, users, addresses, found) => {
    const defects = new Defects()
    new Reservations(defects).examine(users, addresses)
    expect(namesOf(defects)).toEqual(Array.from({ length: found }, () => 'unique pair'))
  })
})

describe('counters', () => {
  const watchOf = (): { watch: CounterWatch; defects: Defects } => {
    const defects = new Defects()
    return { watch: new CounterWatch('hits', defects), defects }
  }
  const textsOf = ({ kept }: Defects): string[] => kept.map(({ text }) => text)

  test('increments one after another, at once, unknown and refused', () => {
    const { watch, defects } = watchOf()
    watch.acknowledgeValue(1, watch.send())
    const floors = [watch.send(), watch.send()] as const
    watch.acknowledgeValue(3, floors[0])
    watch.acknowledgeValue(2, floors[1])
    watch.send()
    watch.see(3, watch.floor())
    watch.see(4, watch.floor())
    watch.send()
    watch.refuse()
    watch.seeAtTheEnd(4)
    expect(defects.kept).toEqual([])
  })

  test('an update that was lost', () => {
    const { watch, defects } = watchOf()
    watch.send()
    watch.acknowledge()
    watch.acknowledgeValue(1, watch.send())
    watch.seeAtTheEnd(1)
    expect(textsOf(defects)).toEqual([
      'hits: it was 1 after it had been 2 at least',
      'hits: it was 1 after it had been 2 at least',
    ])
  })

  test('an update that was made twice, or although it was refused', () => {
    const { watch, defects } = watchOf()
    watch.acknowledgeValue(2, watch.send())
    watch.send()
    watch.refuse()
    watch.seeCommitted(2)
    expect(textsOf(defects)).toEqual([
      'hits: it was 2 when 1 increments were sent',
      'hits: it was 2 when 1 increments were sent',
    ])
  })

  test('one value for two increments', () => {
    const { watch, defects } = watchOf()
    const floors = [watch.send(), watch.send()] as const
    for (const floor of floors) watch.acknowledgeValue(1, floor)
    expect(textsOf(defects)).toEqual(['hits: two increments made it 1'])
  })

  test('a value from the past', () => {
    const { watch, defects } = watchOf()
    watch.send()
    watch.see(1, watch.floor())
    watch.see(0, watch.floor())
    expect(textsOf(defects)).toEqual(['hits: it was 0 after it had been 1 at least'])
  })

  test('no number', () => {
    const { watch, defects } = watchOf()
    watch.see(Number.NaN, watch.floor())
    expect(textsOf(defects)).toEqual(['hits: it was NaN'])
  })
})

describe('what an update tells of the chain before it', () => {
  const chain = (versions: readonly string[]): Item => ({ chain: chainValue(versions) })

  test.each([
    ['NONE', undefined, undefined],
    ['ALL_OLD', undefined, []],
    ['UPDATED_OLD', chain(['a']), ['a']],
    ['ALL_NEW', chain(['a', 'b', 'c']), ['a']],
    ['UPDATED_NEW', chain(['b', 'c']), []],
    ['ALL_NEW', chain(['a', 'b']), ['a', 'b', 'not b,c']],
    ['UPDATED_NEW', undefined, ['not b,c']],
  ] as const)('%s', (returned, attributes, before) => {
    expect(beforeUpdate(returned, attributes, ['b', 'c'])).toEqual(before)
  })
})

test('a group takes new items when the old ones have been written often', () => {
  const group = new RotatingGroup('table', 'hot', 2, 3)
  group.addWrites(5)
  expect(group.places()).toEqual([
    { table: 'table', partition: 'hot.0', id: '0' },
    { table: 'table', partition: 'hot.0', id: '1' },
  ])
  group.addWrites(1)
  expect(group.places().map(({ partition }) => partition)).toEqual(['hot.1', 'hot.1'])
  expect(group.allPlaces()).toHaveLength(4)
})
