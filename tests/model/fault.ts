import type { Refusal } from './refusal.ts'

/** A request as it is sent, whose members a fault takes the place of. */
export type Body = Readonly<Record<string, unknown>>

/** What makes a request one that is refused before anybody looks for its table. */
export interface Fault {
  readonly name: string
  readonly spoil: (body: Body) => Body
  readonly refusal: Refusal
}
