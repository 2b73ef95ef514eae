import type { Clock, Random } from '../clock.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { ItemReader } from '../reads/itemReader.ts'
import type { Coordinator } from '../transactions/coordinator.ts'
import type { Notice } from './notice.ts'

/** What operations call. One object per database, made by the composition. */
export interface Services {
  readonly catalog: Catalog
  readonly coordinator: Coordinator
  /** For reads of many items. */
  readonly reader: ItemReader
  readonly clock: Clock
  readonly random: Random
  readonly region: string
  /** Whether reserved words may stand bare in expressions; AWS refuses them. */
  readonly reservedWords: 'refuse' | 'allow'
  /** Tells whoever runs the server. */
  readonly notify: (notice: Notice) => void
}
