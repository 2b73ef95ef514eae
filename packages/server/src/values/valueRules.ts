import type { ApiError } from '../errors/apiError.ts'
import { emptyAttributeName, emptyAttributeNameInTransaction } from '../errors/valueErrors.ts'
import {
  maxNestingLevels,
  maxNestingLevelsTold,
  maxTransactedNestingLevels,
  maxTransactedNestingLevelsTold,
} from '../limits.ts'
import type { ExponentReading } from './number.ts'

/** How an operation reads the attribute values of a request (behaviour digest 2.3 and 2.4). */
export interface ValueRules {
  /** Most levels of keys and of the values of expressions; a scalar or set has one. */
  readonly maxLevels: number
  /** Beyond so many levels both validation layers have the same text. */
  readonly maxLevelsTold: number
  readonly exponents: ExponentReading
  /** An attribute of an item without a name. */
  readonly emptyName: () => ApiError
}

/** The rules of operations on one item, of BatchGetItem and of Query. */
export const usualValueRules: ValueRules = {
  maxLevels: maxNestingLevels,
  maxLevelsTold: maxNestingLevelsTold,
  exponents: 'long',
  emptyName: emptyAttributeName,
}

/** The rules of BatchWriteItem and Scan. */
export const olderValueRules: ValueRules = { ...usualValueRules, exponents: 'int' }

/** The rules of both transactional operations. */
export const transactedValueRules: ValueRules = {
  maxLevels: maxTransactedNestingLevels,
  maxLevelsTold: maxTransactedNestingLevelsTold,
  exponents: 'int',
  emptyName: emptyAttributeNameInTransaction,
}
