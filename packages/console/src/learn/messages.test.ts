import { expect, test } from 'vitest'
import { readMessage } from './messages.ts'

const node = { constructor: undefined, type: 'img', props: {}, key: null }
const empty = { requestId: '', operation: '', error: '', message: '' }

test.each([
  [undefined, undefined],
  [null, undefined],
  ['line', undefined],
  [{}, undefined],
  [{ kind: 'ready', text: node }, { kind: 'ready' }],
  [{ kind: 'ended' }, { kind: 'ended' }],
  [
    { kind: 'line', text: 'a' },
    { kind: 'line', text: 'a' },
  ],
  [
    { kind: 'line', text: node },
    { kind: 'line', text: '' },
  ],
  [
    { kind: 'failed', text: 'x'.repeat(3000) },
    { kind: 'failed', text: 'x'.repeat(2000) },
  ],
  [
    { kind: 'refused', refusal: node },
    { kind: 'refused', refusal: empty },
  ],
  [{ kind: 'refused' }, { kind: 'refused', refusal: empty }],
  [
    { kind: 'refused', refusal: { ...empty, operation: node, error: 'E', codes: ['None', node] } },
    { kind: 'refused', refusal: { ...empty, error: 'E', codes: ['None', ''] } },
  ],
])('%j is read as text or not at all', (data, message) => {
  expect(readMessage(data)).toEqual(message)
})
