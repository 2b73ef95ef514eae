import { describe, expect, it } from 'vitest'
import { keywords, operatorWords } from './keywords.ts'
import { parseStatement } from './parseStatement.ts'

const select = (name: string): unknown => parseStatement(`SELECT ${name} FROM T`).syntax

/** What an expression of its own may begin with, so that it is no name but no fault either. */
const literals = new Set(['true', 'false', 'null', 'missing'])

describe('keywords', () => {
  it.each([...keywords].filter((word) => !literals.has(word)))('%s is no bare name', (word) => {
    for (const written of [word, word.toUpperCase()]) {
      expect(() => select(written)).toThrow(
        operatorWords.has(word) || word === 'not' ? /Unexpected/ : 'Unexpected keyword',
      )
      expect(() => select(`a.${written}`)).toThrow('Invalid path dot component')
      expect(() => parseStatement(`UPDATE T SET ${written} = 1`)).toThrow(
        'Expected identifier for simple path',
      )
    }
    expect(select(`"${word}"`)).toMatchObject({ columns: [{ elements: [word] }] })
    expect(select(`a."${word}"`)).toMatchObject({ columns: [{ elements: ['a', word] }] })
  })

  it.each(
    (
      'year month day hour minute second name status type title data state owner role ttl items ' +
      'offset replace over lead partition explain both leading trailing keys values_ end_exec'
    ).split(' '),
  )('%s is a bare name', (word) => {
    expect(select(word)).toMatchObject({ columns: [{ elements: [word] }] })
    expect(select(`a.${word}`)).toMatchObject({ columns: [{ elements: ['a', word] }] })
  })
})
