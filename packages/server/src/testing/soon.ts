import { vi } from 'vitest'

interface Patience {
  /** In milliseconds. */
  readonly timeout?: number
  readonly interval?: number
}

/**
 * What a check answers once it throws no more, or what it threw last. A busy machine may stand
 * still for longer than the second that `vi.waitFor` has by itself.
 */
export const soon = <T>(
  check: () => T | Promise<T>,
  { timeout = 20_000, interval = 50 }: Patience = {},
): Promise<T> => vi.waitFor(check, { timeout, interval })
