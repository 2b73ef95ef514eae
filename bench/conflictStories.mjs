import { randomUUID } from 'node:crypto'
import { inParallel, kindOf, Tally } from './hotCaller.mjs'

/*
 * What becomes of requests that meet, told by what is there afterwards. Each story gives a line, and
 * throws when something is lost, torn or done twice.
 */

const tableName = 'Conflicts'
const keyOf = (id) => ({ id: { S: id } })

export const addition = (id, name) => ({
  TableName: tableName,
  Key: keyOf(id),
  UpdateExpression: `ADD ${name} :one`,
  ExpressionAttributeValues: { ':one': { N: '1' } },
})
export const additionToBoth = (name) => ({
  TransactItems: ['a', 'b'].map((id) => ({ Update: addition(id, name) })),
})

export async function createItems(caller) {
  await caller.call('CreateTable', {
    TableName: tableName,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
  for (let i = 0; i < 200; i++) {
    const { body } = await caller.call('DescribeTable', { TableName: tableName })
    if (body.Table?.TableStatus === 'ACTIVE') return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the table does not become ACTIVE')
}

export async function numberOf(caller, id, name) {
  const request = { TableName: tableName, Key: keyOf(id), ConsistentRead: true }
  const { body } = await caller.call('GetItem', request)
  return Number(body.Item?.[name]?.N ?? 0)
}

async function mustBe(caller, expected, what) {
  for (const [id, name, number] of expected) {
    const found = await numberOf(caller, id, name)
    if (found !== number) throw new Error(`${what}: ${id}.${name} is ${found}, not ${number}`)
  }
}

/** Transactions and single writes of the same two items, while both are read in one transaction. */
async function mixed(caller, { requests, connections }) {
  const [transactions, singles, reads] = [new Tally(), new Tally(), new Tally()]
  const got = { a: 0, b: 0 }
  const progress = { isOver: false, torn: 0 }
  const Gets = ['a', 'b'].map((id) => ({ Get: { TableName: tableName, Key: keyOf(id) } }))
  const reader = (async () => {
    while (!progress.isOver) {
      const answer = await caller.call('TransactGetItems', { TransactItems: Gets })
      if (reads.add(answer) !== 'ok') continue
      const [a, b] = answer.body.Responses.map(({ Item }) => Item?.t?.N)
      if (a !== b) progress.torn += 1
    }
  })()
  const jobs = Array.from({ length: requests }, (_, i) => [
    async () => transactions.add(await caller.call('TransactWriteItems', additionToBoth('t'))),
    async () => {
      const id = i % 2 === 0 ? 'a' : 'b'
      if (singles.add(await caller.call('UpdateItem', addition(id, 's'))) === 'ok') got[id] += 1
    },
  ]).flat()
  await inParallel(jobs, connections)
  progress.isOver = true
  await reader
  const done = transactions.count('ok')
  const expected = ['a', 'b'].flatMap((id) => [
    [id, 't', done],
    [id, 's', got[id]],
  ])
  await mustBe(caller, expected, 'transactions and single writes')
  if (progress.torn > 0) throw new Error(`${progress.torn} snapshots were torn`)
  return `transactions: ${transactions.text}; single writes: ${singles.text}; reading transactions: ${reads.text}`
}

/** Everybody reads a number and writes the next one under the condition that it is still there. */
async function optimistic(caller, { requests, connections }) {
  const tally = new Tally()
  const rounds = Math.max(4, Math.floor(requests / connections))
  const jobs = Array.from({ length: rounds * connections }, () => async () => {
    const read = await numberOf(caller, 'a', 'v')
    const TransactItems = ['a', 'b'].map((id) => ({
      Update: {
        TableName: tableName,
        Key: keyOf(id),
        UpdateExpression: 'SET v = :next',
        ConditionExpression: 'v = :read OR attribute_not_exists(v)',
        ExpressionAttributeValues: { ':read': { N: `${read}` }, ':next': { N: `${read + 1}` } },
      },
    }))
    tally.add(await caller.call('TransactWriteItems', { TransactItems }))
  })
  await inParallel(jobs, connections)
  const done = tally.count('ok')
  await mustBe(
    caller,
    [
      ['a', 'v', done],
      ['b', 'v', done],
    ],
    'optimistic locking',
  )
  return `optimistic locking: ${tally.text}`
}

/** One token, many at once. */
async function oneToken(caller) {
  const tally = new Tally()
  const request = {
    ClientRequestToken: randomUUID(),
    TransactItems: [{ Update: addition('c', 'x') }],
  }
  const jobs = Array.from({ length: 32 }, () => async () => {
    tally.add(await caller.call('TransactWriteItems', request))
  })
  await inParallel(jobs, 32)
  const again = kindOf(await caller.call('TransactWriteItems', request))
  if (again !== 'ok') throw new Error(`a token that is sent again: ${again}`)
  await mustBe(caller, [['c', 'x', 1]], 'one token')
  return `one token, 32 at once: ${tally.text}`
}

/** Of those that put an item which must not be there one succeeds, with all of its transaction. */
async function putIfAbsent(caller) {
  const tally = new Tally()
  for (let round = 0; round < 10; round++) {
    const jobs = Array.from({ length: 32 }, (_, i) => async () => {
      const Item = { ...keyOf(`p${round}`), by: { N: `${i}` } }
      const ConditionExpression = 'attribute_not_exists(id)'
      const TransactItems = [
        { Put: { TableName: tableName, Item, ConditionExpression } },
        { Update: addition(`won${round}`, 'n') },
      ]
      tally.add(await caller.call('TransactWriteItems', { TransactItems }))
    })
    await inParallel(jobs, 32)
    await mustBe(caller, [[`won${round}`, 'n', 1]], 'put if absent')
  }
  return `put if absent, 10 times 32 at once: ${tally.text}`
}

/** What a transaction would have written that is cancelled is never seen. */
async function cancelled(caller, { requests, connections }) {
  const tally = new Tally()
  const progress = { isOver: false }
  const Check = {
    TableName: tableName,
    Key: keyOf('nothing'),
    ConditionExpression: 'attribute_exists(id)',
  }
  const watch = async () => {
    while (!progress.isOver) await mustBe(caller, [['e', 'n', 0]], 'a cancelled transaction')
  }
  const watching = Promise.all([watch(), watch()])
  const jobs = Array.from({ length: Math.min(requests, 500) }, () => async () => {
    const TransactItems = [{ Update: addition('e', 'n') }, { ConditionCheck: Check }]
    tally.add(await caller.call('TransactWriteItems', { TransactItems }))
  })
  await inParallel(jobs, Math.min(connections, 16))
  progress.isOver = true
  await watching
  return `cancelled transactions: ${tally.text}`
}

/** Single writes of one item never fail for each other. */
async function singleWrites(caller, { requests, connections }) {
  const tally = new Tally()
  const jobs = Array.from({ length: requests }, () => async () => {
    tally.add(await caller.call('UpdateItem', addition('f', 'n')))
  })
  await inParallel(jobs, connections)
  await mustBe(caller, [['f', 'n', tally.count('ok')]], 'single writes')
  return `single writes of one item: ${tally.text}`
}

/** All stories; `options` are how many `requests` over how many `connections`. */
export const stories = [mixed, optimistic, oneToken, putIfAbsent, cancelled, singleWrites]
