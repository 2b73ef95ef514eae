import type { ValidationTextRow } from './validationTextRow.ts'
import { validationTextsBeyondDigest } from './validationTextsBeyondDigest.ts'
import { validationTextsOfExpressions } from './validationTextsOfExpressions.ts'
import { validationTextsOfItems } from './validationTextsOfItems.ts'
import { validationTextsOfPrecedence } from './validationTextsOfPrecedence.ts'
import { validationTextsOfReads } from './validationTextsOfReads.ts'
import { validationTextsOfTables } from './validationTextsOfTables.ts'
import { validationTextsOfTimeToLive } from './validationTextsOfTimeToLive.ts'
import { validationTextsOfTransactions } from './validationTextsOfTransactions.ts'
import { validationTextsOfValues } from './validationTextsOfValues.ts'
import { validationTextsOfWire } from './validationTextsOfWire.ts'

/** Every validation of sections 1.6, 2, 3, 4 and 5 of the behaviour digest. */
export const validationTextRows: readonly ValidationTextRow[] = [
  ...validationTextsOfTransactions,
  ...validationTextsOfValues,
  ...validationTextsOfExpressions,
  ...validationTextsOfPrecedence,
  ...validationTextsOfItems,
  ...validationTextsOfReads,
  ...validationTextsOfWire,
  ...validationTextsOfTables,
  ...validationTextsOfTimeToLive,
  ...validationTextsBeyondDigest,
]
