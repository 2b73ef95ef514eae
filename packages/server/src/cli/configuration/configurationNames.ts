import { flags, type Flag } from '../flags.ts'

/** The flags that a configuration file may have, by what they are called there, in their order. */
export const flagsInFile: ReadonlyMap<string, Flag> = new Map(
  flags.filter(({ help }) => help !== undefined).map((flag) => [nameInFile(flag), flag]),
)

/** Members of a configuration file that are for its readers. */
export const notes = { schema: '$schema', from: '$from', environment: '$environment' } as const

/** What a flag is called in a configuration file: `--data-dir` is `dataDir`. */
export function nameInFile({ names }: Pick<Flag, 'names'>): string {
  const [ours = ''] = names
  return ours.slice(2).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
