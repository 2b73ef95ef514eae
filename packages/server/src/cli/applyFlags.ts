import { nearestName } from '../nearestName.ts'
import type { Flag } from './flags.ts'
import { usageError } from './operatorError.ts'

export const helpNames: readonly string[] = ['--help', '-help', '-h']
export const versionNames: readonly string[] = ['--version', '-version']

/** The flags of a command by each of their names. */
export type FlagTable<Draft> = ReadonlyMap<string, Flag<Draft>>

/** Each flag by all of its names. */
export const byName = <Draft>(table: readonly Flag<Draft>[]): FlagTable<Draft> =>
  new Map(table.flatMap((flag) => flag.names.map((name) => [name, flag] as const)))
/** What was given on a command line: flags, and what is none. */
export interface Given<Draft> {
  /** With their values; empty for those that take none. */
  readonly given: readonly { readonly flag: Flag<Draft>; readonly value: string }[]
  readonly operands: readonly string[]
}

/**
 * Puts the values of flags into `draft`. With `ownFlagsOnly` flags end before the first operand or
 * at `--`, and all that follows are operands. Throws OperatorError.
 */
export function applyFlags<Draft>(
  args: readonly string[],
  table: FlagTable<Draft>,
  draft: Draft,
  { ownFlagsOnly = false }: { readonly ownFlagsOnly?: boolean } = {},
): Given<Draft> {
  const given: { flag: Flag<Draft>; value: string }[] = []
  const take = (flag: Flag<Draft>, value: string): void => {
    flag.apply(draft, value, flag.names[0] ?? '')
    given.push({ flag, value })
  }
  const operands: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    if (ownFlagsOnly && (arg === '--' || !arg.startsWith('-'))) {
      return { given, operands: args.slice(arg === '--' ? i + 1 : i) }
    }
    if (!arg.startsWith('-')) {
      operands.push(arg)
      continue
    }
    const equals = arg.indexOf('=')
    const name = equals < 0 ? arg : arg.slice(0, equals)
    const flag = table.get(name)
    if (flag === undefined) throw unknownFlag(name, [...table.keys()])
    if (flag.placeholder === undefined) {
      if (equals >= 0) throw usageError(`${name} takes no value.`)
      take(flag, '')
      continue
    }
    const value = equals >= 0 ? arg.slice(equals + 1) : args[(i += 1)]
    if (value === undefined || value === '') throw usageError(`${name} needs a value.`)
    if (equals < 0 && table.has(value)) throw usageError(`${name} needs a value.`)
    take(flag, value)
  }
  return { given, operands }
}

function unknownFlag(name: string, known: readonly string[]): Error {
  const suggestion = suggested(name, [...known, ...helpNames, ...versionNames])
  return usageError(`Unknown flag ${name}.${suggestion}`)
}

/** ` Did you mean ...?` when one of `candidates` is near `name`; empty otherwise. */
export function suggested(name: string, candidates: readonly string[]): string {
  const nearest = nearestName(name, candidates)
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`
}
