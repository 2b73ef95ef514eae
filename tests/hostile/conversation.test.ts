import { describe, expect, test } from 'vitest'
import { answersIn } from './conversation.ts'

const answer = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`

describe('answersIn', () => {
  test('takes whole answers apart, whatever is in their bodies', () => {
    const inner = answer('500 Oops', 'x')
    expect(answersIn('')).toEqual([])
    expect(
      answersIn(
        `HTTP/1.1 100 Continue\r\n\r\n${answer('200 OK', inner)}${answer('404 Not Found', '')}`,
      ),
    ).toEqual([
      { status: 100, body: '' },
      { status: 200, body: inner },
      { status: 404, body: '' },
    ])
  })

  test.each([
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['half a body', answer('200 OK', 'abc').slice(0, -1)],
    ['something behind', `${answer('200 OK', 'abc')}d`],
    ['no length', 'HTTP/1.1 200 OK\r\nx: y\r\n\r\n'],
    ['a broken header', 'HTTP/1.1 200 OK\r\nx\r\nContent-Length: 0\r\n\r\n'],
  ])('refuses %s', (_, received) => {
    expect(() => answersIn(received)).toThrow()
  })
})
