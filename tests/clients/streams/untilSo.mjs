import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'

const pollMs = 100
const givesUpAfterMs = 75_000

/** Asks again and again until `isSo` gives true, and fails with `complaint` in the end. */
export async function untilSo(complaint, isSo) {
  const givesUpAt = Date.now() + givesUpAfterMs
  while (!(await isSo())) {
    if (Date.now() > givesUpAt) assert.fail(complaint)
    await delay(pollMs)
  }
}
