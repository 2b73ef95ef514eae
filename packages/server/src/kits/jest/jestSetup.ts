import process from 'node:process'
import { ownName, toldScope } from './jestRun.ts'

/* Run before each file of tests, and before what it imports. */

if (toldScope() !== 'run') process.env['AWS_ACCESS_KEY_ID'] = `dynatom-${ownName()}`
