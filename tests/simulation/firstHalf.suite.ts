import { testHalf } from './simulate.ts'

testHalf('first')
