import { namedDatabase } from '../runDatabase.ts'
import { ownName, toldScope } from './jestRun.ts'

/* Run before each file of tests, when Jest's functions are there. */

type Hook = (begin: () => Promise<void>) => void
declare const beforeAll: Hook
declare const beforeEach: Hook

const begin = (): Promise<void> => namedDatabase(ownName()).close()
if (toldScope() === 'file') beforeAll(begin)
if (toldScope() === 'test') beforeEach(begin)
