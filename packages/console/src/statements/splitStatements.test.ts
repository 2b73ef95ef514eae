import { expect, test } from 'vitest'
import { splitStatements } from './splitStatements.ts'

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
