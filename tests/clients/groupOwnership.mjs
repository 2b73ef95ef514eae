import assert from 'node:assert/strict'
import { runPython } from './clientProgram.mjs'
import { cancelledFor, writeConflict } from './rounds.mjs'

const script = 'groupOwnership.py'
const owners = 32

const notAlice = 'Alice is not the owner of the group'
const alreadyBob = 'Bob is already the owner of the group'

const conditionFailed = 'ConditionalCheckFailed'
const conflict = 'TransactionConflict'

const clientError = (operation, { name, message }) =>
  `An error occurred (${name}) when calling the ${operation} operation: ${message}`

/** What dokklib_db makes of a transaction that was cancelled for `codes`. */
function cancelled(...codes) {
  const failure = cancelledFor(...codes)
  return {
    error: failure.name,
    message: clientError('TransactWriteItems', failure),
    conflict: codes.includes(conflict),
    conditionFailed: codes.includes(conditionFailed),
    reasons: codes.map((code) => (code === 'None' ? null : `${code}Exception`)),
  }
}

/** What dokklib_db makes of a single-item write that failed. */
const refused = (operation, failure) => ({
  error: failure.name,
  message: clientError(operation, failure),
})

const failedCondition = {
  name: 'ConditionalCheckFailedException',
  message: 'The conditional request failed',
}

async function playTransfer({ test, endpoint }) {
  let played
  await test('transfers the group: one owner deleted, the other inserted', async () => {
    played = await runPython(endpoint(), script, 'transfer')
    assert.deepEqual(played.result.before, ['alice'])
    assert.deepEqual(played.result.steps[0], { raised: null, owners: ['bob'] })
  })
  await test('reasons tell the two failures apart, and nothing changes', () => {
    assert.deepEqual(played.result.steps.slice(1), [
      { raised: cancelled(conditionFailed, conditionFailed), owners: ['bob'] },
      { raised: cancelled(conditionFailed, 'None'), owners: ['bob'] },
      { raised: cancelled('None', conditionFailed), owners: ['alice', 'bob'] },
    ])
  })
  await test('the handler prints the failures that apply', () => {
    assert.deepEqual(played.printed, [notAlice, alreadyBob, notAlice, alreadyBob])
  })
}

async function playOperations({ test, endpoint }) {
  await test('put, insert, update and delete, alone and in one transaction', async () => {
    const { result } = await runPython(endpoint(), script, 'operations')
    const { times, ...stored } = result
    assert.deepEqual(stored, {
      together: ['ann', 'ben'],
      failures: [refused('PutItem', failedCondition), refused('DeleteItem', failedCondition)],
      ann: { PK: 'crew', SK: 'ann', Since: '2018', Role: 'founder' },
      owners: ['ann'],
    })
    for (const time of Object.values(times)) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  })
}

const ownerName = (index) => `owner-${`${index}`.padStart(2, '0')}`
const witnessName = (index) => `witness-${`${index}`.padStart(2, '0')}`
const succeeded = (outcomes) => outcomes.flatMap((raised, index) => (raised ? [] : [index]))

/** INVARIANT: one owner gave the group to Bob, all others kept it. */
function assertTransfers({ outcomes, owners: stored }) {
  for (const raised of outcomes.filter(Boolean)) {
    const expected = raised.conflict
      ? { ...cancelled('None', conflict), told: ['Transaction conflict'] }
      : { ...cancelled('None', conditionFailed), told: [alreadyBob] }
    assert.deepEqual(raised, expected)
  }
  const done = succeeded(outcomes)
  assert.equal(done.length, 1)
  const others = Array.from({ length: owners }, (_, index) => index).filter(
    (index) => index !== done[0],
  )
  assert.deepEqual(stored, ['bob', ...others.map(ownerName)])
}

/** INVARIANT: every successful transaction left its witness, and no other one did. */
function assertPuts({ outcomes, owners: stored }) {
  outcomes.forEach((raised, index) => {
    if (raised === null) return
    const isPut = index % 2 === 1
    assert.deepEqual(
      raised,
      isPut ? refused('PutItem', writeConflict) : cancelled(conflict, 'None'),
    )
  })
  const done = succeeded(outcomes).filter((index) => index % 2 === 0)
  assert.deepEqual(stored, ['bob', ...done.map(witnessName)])
}

async function playRaces({ test, endpoint }) {
  let races
  const assertRace = (name, assertRound) => {
    for (const round of races[name]) assertRound(round)
    const rounds = races[name].length
    assert.ok(races[name].at(-1).seen, `the conflict was not seen in ${rounds} rounds`)
  }
  await test('has_error and reasons tell a conflict from a failed condition', async () => {
    races = (await runPython(endpoint(), script, 'races')).result
    assertRace('transfers', assertTransfers)
  })
  await test('a put of an item in a transaction raises TransactionConflictException', () => {
    assertRace('puts', assertPuts)
  })
}

/** The ownership of groups with dokklib_db, transferred, contested, and there after a kill -9. */
export async function groupOwnership(suite) {
  await playTransfer(suite)
  await playOperations(suite)
  await suite.holdUp()
  await playRaces(suite)

  let before
  await suite.test('the transferred group belongs to its owners', async () => {
    before = (await runPython(suite.endpoint(), script, 'look')).result
    assert.deepEqual(before['my-group'], ['alice', 'bob'])
    assert.deepEqual(before.crew, ['ann'])
    assert.equal(before['transfers-0'].length, owners)
    assert.equal(before['puts-0'][0], 'bob')
  })
  await suite.crash()
  await suite.test('after a kill -9 every group has the same owners', async () => {
    assert.deepEqual((await runPython(suite.endpoint(), script, 'look')).result, before)
  })
}
