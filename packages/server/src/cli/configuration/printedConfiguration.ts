import { accessKeyIdName, secretAccessKeyName } from '../rootKeySource.ts'
import type { SettingsInForce } from '../settingsInForce.ts'
import { flagsInFile, nameInFile, notes } from './configurationNames.ts'

const mask = '********'

/**
 * What is in force, as JSON that is a configuration file itself, with notes on where each value was
 * given. What has no value is left out. Secrets of `environment` are masked.
 */
export function printedConfiguration(
  { settings, values }: SettingsInForce,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const printed: Record<string, unknown> = {}
  const from: Record<string, string> = {}
  for (const [name, flag] of flagsInFile) {
    const value = flag.inForce?.(settings)
    if (value === undefined) continue
    printed[name] = value
    from[name] = 'default'
  }
  for (const { flag, from: place } of values) {
    const name = nameInFile(flag)
    if (name in printed) from[name] = place
  }
  printed[notes.from] = from
  if (settings.auth === 'required') {
    printed[notes.environment] = {
      [accessKeyIdName]: environment[accessKeyIdName] ?? '',
      [secretAccessKeyName]: (environment[secretAccessKeyName] ?? '') === '' ? '' : mask,
    }
  }
  return `${JSON.stringify(printed, null, 2)}\n`
}
