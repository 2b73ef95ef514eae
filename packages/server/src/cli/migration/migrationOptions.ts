import { resolve } from 'node:path'
import { maskedAddress } from '../engineAddress.ts'
import type { Flag } from '../flags.ts'
import { usageError } from '../operatorError.ts'

/** Where a store is. */
export type Place =
  | { readonly kind: 'directory'; readonly directory: string }
  | { readonly kind: 'engine'; readonly address: string }

/** What `dynatom migrate` was asked for. */
export interface MigrateOptions {
  readonly from: Place
  readonly to: Place
  /** Gives up a migration that has not ended. */
  readonly cancel: boolean
}

/** Options while they are being read. */
export interface MigrateDraft {
  from?: string
  to?: string
  cancel: boolean
}

/** Every flag of `dynatom migrate`, in the order of the help. */
export const migrateFlags: readonly Flag<MigrateDraft>[] = [
  {
    names: ['--from'],
    placeholder: 'PLACE',
    help: 'the store to be moved: a data directory, or postgres://user@host/database',
    apply: (draft, value) => {
      draft.from = value
    },
  },
  {
    names: ['--to'],
    placeholder: 'PLACE',
    help: 'where it is to be, empty until then: the other of the two',
    apply: (draft, value) => {
      draft.to = value
    },
  },
  {
    names: ['--cancel'],
    help: 'give up a migration that was interrupted; the source is as it was',
    apply: (draft) => {
      draft.cancel = true
    },
  },
]

/** Throws UsageError. */
export function migrateOptions({ from, to, cancel }: MigrateDraft): MigrateOptions {
  if (from === undefined || to === undefined) throw usageError('migrate needs --from and --to.')
  const options = { from: placeOf('--from', from), to: placeOf('--to', to), cancel }
  if (options.from.kind === options.to.kind) {
    throw usageError('migrate moves a store between a data directory and postgres://.')
  }
  return options
}

function placeOf(name: string, text: string): Place {
  const [, scheme] = /^([A-Za-z][\w+.-]*):\/\//.exec(text) ?? []
  if (scheme === undefined) return { kind: 'directory', directory: text }
  if (scheme === 'postgres' || scheme === 'postgresql') return { kind: 'engine', address: text }
  throw usageError(
    `There is no engine ${scheme}: ${name} takes a data directory, ` +
      'or postgres://user@host/database.',
  )
}

/** The same place has the same name, whoever names it; no password is in it. */
export const nameOfPlace = (place: Place): string =>
  place.kind === 'directory' ? resolve(place.directory) : maskedAddress(place.address)
