import type { Answer } from './operation.ts'

/** What a {@link Performer} rejects with when an answer is not to arrive to its end. */
export class CutAnswer extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super('the answer is cut')
    this.name = 'CutAnswer'
    this.answer = answer
  }
}
