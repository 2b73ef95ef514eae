import type { Breakage } from '../wire/brokenAnswer.ts'
import type { Answer } from './operation.ts'

/** What a {@link Performer} rejects with when what was done is not told, or not to its end. */
export class LostAnswer extends Error {
  readonly answer: Answer
  readonly breakage: Breakage

  constructor(answer: Answer, breakage: Breakage) {
    super(`the answer is lost: ${breakage}`)
    this.name = 'LostAnswer'
    this.answer = answer
    this.breakage = breakage
  }
}
