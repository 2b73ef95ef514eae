import { genuineSetImmediate, systemClock } from '../../clock.ts'

const pending: object = {}

/**
 * Runs `work`, in which lmdb-js takes the global setImmediate to start its commit, with one that
 * works where a test has put a fake into its place. Nothing else runs meanwhile.
 */
export function withGenuineImmediates<T>(work: () => T): T {
  const { setImmediate, clearImmediate } = globalThis
  if (setImmediate === genuineSetImmediate) return work()
  const defer = (callback: () => void): object => {
    systemClock.defer(() => withGenuineImmediates(callback))
    return pending
  }
  globalThis.setImmediate = defer as unknown as typeof setImmediate
  globalThis.clearImmediate = () => {}
  try {
    return work()
  } finally {
    globalThis.setImmediate = setImmediate
    globalThis.clearImmediate = clearImmediate
  }
}
