import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { flags } from '../flags.ts'
import { configurationSchema } from './configurationSchema.ts'
import { nameInFile } from './configurationNames.ts'

interface Property {
  readonly type?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly enum?: readonly unknown[]
  readonly default?: unknown
}

const { properties } = JSON.parse(configurationSchema()) as { properties: Record<string, Property> }

test('the schema that is shipped is that of the flags; npm run schema writes it', () => {
  const shipped = new URL('../../../dynatom.config.schema.json', import.meta.url)
  expect(readFileSync(shipped, 'utf8')).toBe(configurationSchema())
})

test('it has every flag that does something, and notes', () => {
  const told = flags.filter(({ help }) => help !== undefined)
  expect(Object.keys(properties)).toEqual([
    '$schema',
    ...told.map(nameInFile),
    '$from',
    '$environment',
  ])
})

test('it tells types, bounds, choices and defaults', () => {
  expect(properties['port']).toMatchObject({ type: 'integer', minimum: 0, maximum: 65_535 })
  expect(properties['port']).toMatchObject({ default: 8000 })
  expect(properties['streamShardHours']).toMatchObject({ type: 'number', minimum: 0.001 })
  expect(properties['log']?.enum).toEqual(['text', 'json', 'silent'])
  expect(properties['metrics']?.enum).toEqual([true, false, 'on', 'off'])
  expect(properties['inMemory']).toMatchObject({ type: 'boolean', default: false })
  expect(properties['accountId']).not.toHaveProperty('default')
  expect(properties['host']?.default).toEqual(['127.0.0.1', '::1'])
})

test('its bounds are those that the flags keep to', () => {
  for (const flag of flags) {
    const { minimum, maximum, type } = properties[nameInFile(flag)] ?? {}
    if (minimum === undefined || maximum === undefined) continue
    const step = type === 'integer' ? 1 : 1e-9
    const taken = (value: number): boolean => {
      try {
        flag.apply({ limits: {} } as never, String(value), 'it')
        return true
      } catch {
        return false
      }
    }
    const bounds = [minimum, maximum, minimum - step, maximum + step].map(taken)
    expect(bounds, nameInFile(flag)).toEqual([true, true, false, false])
  }
})
