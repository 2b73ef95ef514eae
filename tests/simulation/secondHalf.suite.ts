import { testHalf } from './simulate.ts'

testHalf('second')
