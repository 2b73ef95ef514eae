import { CompletionContext, type CompletionSource } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { expect, test } from 'vitest'
import { partiql } from './partiqlLanguage.ts'

const language = partiql({
  tables: () => Promise.resolve(['Orders', 'Old-Orders']),
  indexesOf: (name) => Promise.resolve(name === 'Orders' ? ['byCustomer'] : []),
  attributesOf: (name) => Promise.resolve(name === 'Orders' ? ['id', 'size', 'a b'] : ['other']),
})

/** What completes a statement at the sign `|`, which is not a part of it. */
async function completed(text: string, explicit = false) {
  const position = text.indexOf('|')
  const doc = text.replace('|', '')
  const state = EditorState.create({ doc, extensions: language })
  const [source] = state.languageDataAt<CompletionSource>('autocomplete', position)
  const result = await source?.(new CompletionContext(state, position, explicit))
  return result === null || result === undefined
    ? undefined
    : { typed: doc.slice(result.from, position), labels: result.options.map(({ label }) => label) }
}

test('tables stand behind FROM, INTO and UPDATE', async () => {
  for (const text of ['SELECT * FROM "Or|', 'insert into Or|', 'UPDATE Or|']) {
    expect(await completed(text)).toEqual({ typed: 'Or', labels: ['Orders', 'Old-Orders'] })
  }
})

test('indexes stand behind a table and a dot', async () => {
  const wanted = { typed: 'by', labels: ['byCustomer'] }
  expect(await completed('SELECT * FROM "Orders"."by|')).toEqual(wanted)
  expect(await completed('SELECT * FROM Orders.by|')).toEqual(wanted)
})

test('attributes are those of the tables of the same statement, also behind the cursor', async () => {
  const found = await completed('SELECT i| FROM "Orders"; SELECT * FROM Payments')
  expect(found?.labels).toEqual(expect.arrayContaining(['id', 'size', 'a b', 'SELECT', 'contains']))
  expect(found?.labels).not.toContain('other')
  // In double quotes there are no keywords.
  const quoted = await completed('SELECT * FROM Orders WHERE "a|')
  expect(quoted).toEqual({ typed: 'a', labels: ['id', 'size', 'a b'] })
})

test('nothing completes texts and remarks, nor what is not begun', async () => {
  expect(await completed("SELECT * FROM Orders WHERE id = 'FROM |")).toBeUndefined()
  expect(await completed('SELECT * -- FROM |')).toBeUndefined()
  expect(await completed('SELECT * FROM Orders |')).toBeUndefined()
  expect((await completed('SELECT * FROM Orders |', true))?.labels).toContain('WHERE')
})
