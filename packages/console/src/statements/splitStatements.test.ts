import { expect, test } from 'vitest'
import { endsWithinText, splitStatements, statementAround } from './splitStatements.ts'

const statementsOf = (text: string) =>
  splitStatements(text).map((each) => [each.text, each.parameterCount])

test('semicolons and question marks count outside of texts, names and remarks', () => {
  expect(
    statementsOf(`SELECT * FROM "a;?" WHERE b = 'it''s; ?' AND c = ?; -- why? ;
      DELETE FROM d /* ; ? */ WHERE e IN [?, ?] ;;`),
  ).toEqual([
    [`SELECT * FROM "a;?" WHERE b = 'it''s; ?' AND c = ?`, 1],
    ['-- why? ;\n      DELETE FROM d /* ; ? */ WHERE e IN [?, ?]', 2],
  ])
})

test('what is no statement is none', () => {
  expect(statementsOf('')).toEqual([])
  expect(statementsOf(' ; -- nothing\n ; /* nothing */')).toEqual([])
})

test('what does not end ends with the text', () => {
  expect(statementsOf(`SELECT 'a; ?`)).toEqual([[`SELECT 'a; ?`, 0]])
  expect(statementsOf('SELECT 1 /* ; ?')).toEqual([['SELECT 1 /* ; ?', 0]])
  expect(statementsOf('SELECT 3 - 2 / 1')).toEqual([['SELECT 3 - 2 / 1', 0]])
})

test('the statement around a place ends at semicolons alone', () => {
  const text = `SELECT ';' FROM a; DELETE FROM b -- ;
    WHERE c; UPDATE d`
  const around = (word: string): string => {
    const { start, end } = statementAround(text, text.indexOf(word))
    return text.slice(start, end).trim()
  }
  expect(around('FROM a')).toBe(`SELECT ';' FROM a`)
  expect(around('WHERE')).toBe('DELETE FROM b -- ;\n    WHERE c')
  expect(around('UPDATE')).toBe('UPDATE d')
})

test('texts and remarks that are open are known, and those that are closed', () => {
  const open = ["SELECT 'a", "'it''", "'", '-- why', '/* a', '/*/', `"it's" = 'x`]
  const closed = ["SELECT 'a'", "'it''s'", '-- why\n', '/* a */', '"it\'s', 'a', '']
  expect(open.filter((text) => !endsWithinText(text))).toEqual([])
  expect(closed.filter(endsWithinText)).toEqual([])
})
