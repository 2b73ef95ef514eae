import { expect, test } from 'vitest'
import { hushLibraries } from './libraryVoices.ts'

test('what libraries say is one line, without a stack', () => {
  const written: string[] = []
  const target = { error: (): void => undefined, warn: (): void => undefined }
  hushLibraries(target, (text) => written.push(text))
  const speak: (...said: readonly unknown[]) => void = target.error
  speak(Object.assign(new Error('Input/output error'), { code: 5 }))
  speak('In aftercommit callback', new TypeError('no\nway'))
  target.warn()
  speak('x'.repeat(1000))
  expect(written).toEqual([
    'a library says: Error: Input/output error\n',
    'a library says: In aftercommit callback TypeError: no\n',
    'a library says: \n',
    `a library says: ${'x'.repeat(300)}\n`,
  ])
})
