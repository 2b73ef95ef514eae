import { rowsOf, type ValidationText, type ValidationTextRow } from './validationTextRow.ts'
import { validationTextsBeyondDigest } from './validationTextsBeyondDigest.ts'
import { validationTextsOfConstraints } from './validationTextsOfConstraints.ts'
import { validationTextsOfDepth } from './validationTextsOfDepth.ts'
import { validationTextsOfEnvelopes } from './validationTextsOfEnvelopes.ts'
import { validationTextsOfExpressions } from './validationTextsOfExpressions.ts'
import { validationTextsOfItems } from './validationTextsOfItems.ts'
import { validationTextsOfKeyConditions } from './validationTextsOfKeyConditions.ts'
import { validationTextsOfNumbers } from './validationTextsOfNumbers.ts'
import { validationTextsOfPrecedence } from './validationTextsOfPrecedence.ts'
import { validationTextsOfReads } from './validationTextsOfReads.ts'
import { validationTextsOfSearches } from './validationTextsOfSearches.ts'
import { validationTextsOfStatements } from './validationTextsOfStatements.ts'
import { validationTextsOfStatementOrder } from './validationTextsOfStatementOrder.ts'
import { validationTextsOfStatementWrites } from './validationTextsOfStatementWrites.ts'
import { validationTextsOfTables } from './validationTextsOfTables.ts'
import { validationTextsOfTimeToLive } from './validationTextsOfTimeToLive.ts'
import { validationTextsOfTransactions } from './validationTextsOfTransactions.ts'
import { validationTextsOfUpdateWeights } from './validationTextsOfUpdateWeights.ts'
import { validationTextsOfValues } from './validationTextsOfValues.ts'
import { validationTextsOfVectors } from './validationTextsOfVectors.ts'
import { validationTextsOfWire } from './validationTextsOfWire.ts'

/** Every validation of sections 1.6, 2, 3, 4, 5 and 6.2 of the behaviour digest, of 2026's lines, and
 * those of vector search. */
export const validationTexts: readonly ValidationText[] = [
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
  ...validationTextsOfDepth,
  ...validationTextsOfEnvelopes,
  ...validationTextsOfNumbers,
  ...validationTextsOfConstraints,
  ...validationTextsOfKeyConditions,
  ...validationTextsOfUpdateWeights,
  ...validationTextsOfStatements,
  ...validationTextsOfStatementWrites,
  ...validationTextsOfStatementOrder,
  ...validationTextsOfVectors,
  ...validationTextsOfSearches,
]

/** The table: a row for each text and layer. */
export const validationTextRows: readonly ValidationTextRow[] = validationTexts.flatMap(rowsOf)
