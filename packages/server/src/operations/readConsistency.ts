import type { ItemReader } from '../reads/itemReader.ts'
import type { Coordinator } from '../transactions/coordinator.ts'
import type { Services } from './services.ts'

/** How old the state is that an eventually consistent read answers from. */
export interface ReadLag {
  /** The most that is ever drawn, in milliseconds. */
  readonly maxMs: number
  /** That of the next read, in milliseconds. */
  drawMs(): number
}

/** Where single items are read. */
export type ItemSource = Pick<Coordinator, 'read' | 'readMany'>

/** Where a request reads single items: in the last committed state, or one that may be older. */
export function itemSourceOf(
  { coordinator, eventual }: Pick<Services, 'coordinator' | 'eventual'>,
  consistentRead: boolean | undefined,
): ItemSource {
  return eventual === undefined || consistentRead === true ? coordinator : eventual
}

/** Where a request reads many items, all that it reads in states of one age. */
export function readerOf(
  { reader, eventual }: Pick<Services, 'reader' | 'eventual'>,
  consistentRead: boolean | undefined,
): ItemReader {
  return eventual === undefined || consistentRead === true ? reader : eventual.reader()
}
