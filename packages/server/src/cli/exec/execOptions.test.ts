import { describe, expect, test } from 'vitest'
import { defaultServerLimits } from '../../http/serverLimits.ts'
import { parseCommandLine, type Command } from '../commandLine.ts'
import { OperatorError } from '../operatorError.ts'
import { defaultSettings } from '../settings.ts'

const asked = (...args: string[]): Extract<Command, { kind: 'exec' }>['options'] => {
  const command = parseCommandLine(['exec', ...args])
  if (command.kind !== 'exec') throw new Error(`not exec but ${command.kind}`)
  return command.options
}

function refusal(...args: string[]): string {
  try {
    asked(...args)
  } catch (error) {
    if (error instanceof OperatorError) return error.message
    throw error
  }
  throw new Error('not refused')
}

describe('dynatom exec', () => {
  test('is in memory, on a free port of loopback, and logs nothing', () => {
    expect(asked('--', 'npm', 'test')).toEqual({
      command: ['npm', 'test'],
      settings: {
        ...defaultSettings,
        inMemory: true,
        lab: true,
        port: 0,
        hosts: ['127.0.0.1'],
        log: 'silent',
        limits: { ...defaultServerLimits, closeTimeoutMs: 1000 },
      },
    })
  })

  test('leaves the flags of the command to the command', () => {
    expect(asked('--', 'jest', '--port', '-h', '--').command).toEqual([
      'jest',
      '--port',
      '-h',
      '--',
    ])
    expect(asked('jest', '--help').command).toEqual(['jest', '--help'])
    expect(asked('--', '--odd').command).toEqual(['--odd'])
  })

  test('takes the flags of the database before it', () => {
    const { settings, command } = asked(
      '--region=eu-west-1',
      '--ttl-delay',
      '0',
      '--',
      'go',
      'test',
    )
    expect(command).toEqual(['go', 'test'])
    expect(settings).toMatchObject({ region: 'eu-west-1', ttlDelaySeconds: 0 })
    expect(asked('--port', '8000', '--log', 'json', 'true').settings).toMatchObject({
      port: 8000,
      log: 'json',
    })
  })

  test('shows its help before a command alone', () => {
    expect(parseCommandLine(['exec', '--help'])).toEqual({ kind: 'help' })
    expect(parseCommandLine(['exec', '--ttl-delay', '0', '-h', 'x'])).toEqual({ kind: 'help' })
  })

  test.each([
    [[], 'exec needs a command: dynatom exec -- npm test. See dynatom --help.'],
    [['--'], 'exec needs a command: dynatom exec -- npm test. See dynatom --help.'],
    [['--data-dir', 'x', '--', 'y'], 'Unknown flag --data-dir. See dynatom --help.'],
    [['--auth', 'required', 'y'], 'Unknown flag --auth. See dynatom --help.'],
    [['--regoin', 'x', 'y'], 'Unknown flag --regoin. Did you mean --region? See dynatom --help.'],
  ])('%j is refused', (args, message) => {
    expect(refusal(...args)).toBe(message)
  })
})
