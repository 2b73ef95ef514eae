import { describe, expect, it } from 'vitest'
import { bindStatement } from './bindStatement.ts'
import { readStatement } from './readStatement.ts'

describe('readStatement', () => {
  it('parses a text once, and binds it once when it has no parameters', () => {
    const text = (condition: string): string => `SELECT * FROM Remembered WHERE ${condition}`
    const constant = readStatement(text('a = 1'))
    expect(readStatement(text('a = 1'))).toBe(constant)
    expect(bindStatement(constant, [])).toBe(bindStatement(constant, []))
    const parsed = readStatement(text('a = ?'))
    expect(readStatement(text('a = ?'))).toBe(parsed)
    const [first, second] = ['x', 'y'].map((S) => bindStatement(parsed, [{ S }]))
    expect(first).not.toEqual(second)
    expect(readStatement(text('a = ? '))).not.toBe(parsed)
  })

  it('remembers no text that is refused', () => {
    for (let i = 0; i < 2; i++) {
      expect(() => readStatement('SELECT')).toThrow('Unexpected term')
    }
  })
})
