import assert from 'node:assert/strict'

/** Requests that a race keeps in flight at once, each on its own connection. */
export const inFlight = 64

const maxRounds = 40

/**
 * Repeats `round(number)` until it tells that it saw what the race is for. A race that never
 * showed it is a failure: a test that saw no conflict has tested nothing.
 */
export async function roundsUntilSeen(what, round) {
  for (let number = 0; number < maxRounds; number += 1) {
    if (await round(number)) return
  }
  assert.fail(`${what} was not seen in ${maxRounds} rounds of ${inFlight} requests`)
}

/** What a failed request told its caller: the error, its text, and the reasons by position. */
export function failureOf(error) {
  const reasons = error.CancellationReasons?.map((reason) => reason.Code)
  return { name: error.name, message: error.message, ...(reasons && { reasons }) }
}

/** The failure of a transaction that was cancelled for `codes`, one for each of its actions. */
export function cancelledFor(...codes) {
  const text = 'Transaction cancelled, please refer cancellation reasons for specific reasons'
  return {
    name: 'TransactionCanceledException',
    message: `${text} [${codes.join(', ')}]`,
    reasons: codes,
  }
}

/** The failure of a single-item write on an item that a transaction holds. */
export const writeConflict = {
  name: 'TransactionConflictException',
  message: 'Transaction is ongoing for the item',
}

/**
 * Starts all `requests` (functions) at once and sorts the outcomes: `done` holds the indexes of
 * those that succeeded, `failures` what the others were told, by index.
 */
export async function race(requests) {
  const outcomes = await Promise.allSettled(requests.map((request) => request()))
  const done = []
  const failures = new Map()
  outcomes.forEach((outcome, index) => {
    if (outcome.status === 'fulfilled') done.push(index)
    else failures.set(index, failureOf(outcome.reason))
  })
  return { done, failures }
}
