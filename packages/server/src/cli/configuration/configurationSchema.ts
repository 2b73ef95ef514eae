import type { FlagValue } from '../flagValue.ts'
import type { Flag } from '../flags.ts'
import { defaultSettings } from '../settings.ts'
import { flagsInFile, notes } from './configurationNames.ts'

/** The JSON Schema of a configuration file, for editors, as its file has it. */
export function configurationSchema(): string {
  const properties: Record<string, object> = {
    [notes.schema]: { type: 'string', description: 'where this schema is' },
  }
  for (const [name, flag] of flagsInFile) properties[name] = propertyOf(flag)
  properties[notes.from] = noteOf('where each value was given, as --print-config tells')
  properties[notes.environment] = noteOf('what the environment says, as --print-config tells')
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of Dynatom',
    type: 'object',
    additionalProperties: false,
    properties,
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}

const noteOf = (description: string): object => ({
  type: 'object',
  description,
  additionalProperties: { type: 'string' },
})

/** The default is said where there is one for every server. */
function propertyOf(flag: Flag): object {
  const standard = flag.inForce?.(defaultSettings)
  return {
    description: `${flag.names[0]}: ${flag.help}`,
    ...(flag.placeholder === undefined ? { type: 'boolean' } : formOf(flag.value)),
    ...(standard !== undefined && { default: standard }),
  }
}

function formOf(value: FlagValue | undefined): object {
  switch (value?.kind) {
    case 'number': {
      const { least, most, isWhole } = value.range
      return { type: isWhole ? 'integer' : 'number', minimum: least, maximum: most }
    }
    case 'choice':
      return { enum: value.choices }
    case 'switch':
      return { enum: [true, false, 'on', 'off'] }
    case 'texts': {
      const text = { type: 'string', minLength: 1 }
      return { anyOf: [text, { type: 'array', minItems: 1, items: text }] }
    }
    case 'text':
    case undefined:
      break
  }
  const pattern = value?.pattern
  return { type: 'string', minLength: 1, ...(pattern !== undefined && { pattern }) }
}
