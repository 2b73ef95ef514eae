import type { ApiError } from '../errors/apiError.ts'
import { emptyAttributeName, emptyAttributeNameInTransaction } from '../errors/valueErrors.ts'
import {
  maxNestingLevels,
  maxNestingLevelsTold,
  maxTransactedNestingLevels,
  maxTransactedNestingLevelsTold,
} from '../limits.ts'

/** How an operation reads the attribute values of a request (behaviour digest 2.4). */
export interface ValueRules {
  /** Most levels of keys and of the values of expressions; a scalar or set has one. */
  readonly maxLevels: number
  /** Beyond so many levels both validation layers have the same text. */
  readonly maxLevelsTold: number
  /** An attribute of an item without a name. */
  readonly emptyName: () => ApiError
}

/** The rules of all operations that are no transactions. */
export const usualValueRules: ValueRules = {
  maxLevels: maxNestingLevels,
  maxLevelsTold: maxNestingLevelsTold,
  emptyName: emptyAttributeName,
}

/** The rules of both transactional operations. */
export const transactedValueRules: ValueRules = {
  maxLevels: maxTransactedNestingLevels,
  maxLevelsTold: maxTransactedNestingLevelsTold,
  emptyName: emptyAttributeNameInTransaction,
}
