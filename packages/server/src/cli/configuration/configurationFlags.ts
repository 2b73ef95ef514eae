import type { Flag } from '../flags.ts'

/** What was asked for about the configuration, while it is being read. */
export interface ConfigurationDraft {
  configFile?: string
  printConfig?: boolean
}

/** The flags of `dynatom start` that a configuration file cannot have, in the order of the help. */
export const configurationFlags: readonly Flag<ConfigurationDraft>[] = [
  {
    names: ['--config'],
    placeholder: 'FILE',
    help: 'JSON or YAML with the values of flags (dynatom.config.json, .yaml, .yml)',
    apply: (draft, value) => {
      draft.configFile = value
    },
  },
  {
    names: ['--print-config'],
    help: 'print what is in force and where it comes from, as JSON, and end',
    apply: (draft) => {
      draft.printConfig = true
    },
  },
]
