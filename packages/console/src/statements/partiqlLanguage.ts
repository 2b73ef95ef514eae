import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { SQLDialect } from '@codemirror/lang-sql'
import type { Extension } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import { functions, keywords, nameText, quotedName } from './partiqlWords.ts'

/** What statements can name. */
export interface Names {
  /** The names of all tables. */
  tables(): Promise<readonly string[]>
  indexesOf(tableName: string): Promise<readonly string[]>
  /** The attributes of a table that are known: of its keys, and of items that were seen. */
  attributesOf(tableName: string): Promise<readonly string[]>
}

const dialect = SQLDialect.define({
  keywords: keywords.join(' ').toLowerCase().replaceAll(/[*]/g, ''),
  builtin: functions.join(' '),
  types: '',
  operatorChars: '*+-<>=!|%',
  specialVar: '?',
})

/** Statements of PartiQL, with completion by what there is. */
export const partiql = (names: Names): Extension => [
  dialect.extension,
  dialect.language.data.of({
    autocomplete: (context: CompletionContext) => completed(context, names),
  }),
]

const afterTable = /\b(?:from|into|update)\s+("?)([\w.-]*)$/i
const afterIndexDot = /\b(?:from)\s+"?([\w.-]+?)"?\.("?)([\w.-]*)$/i
const afterWord = /("?)([A-Za-z_$][\w$-]*)?$/

async function completed(
  context: CompletionContext,
  names: Names,
): Promise<CompletionResult | null> {
  const before = context.state.sliceDoc(0, context.pos)
  const statement = before.slice(before.lastIndexOf(';') + 1)
  if (isWithinText(statement)) return null
  const index = afterIndexDot.exec(statement)
  if (index !== null) {
    const [, tableName = '', quote = '', word = ''] = index
    const found = await names.indexesOf(tableName)
    return result(context, quote + word, found.map(named('index', 'index', quotedName)))
  }
  const table = afterTable.exec(statement)
  if (table !== null) {
    const [, quote = '', word = ''] = table
    const found = await names.tables()
    return result(context, quote + word, found.map(named('table', 'class', quotedName)))
  }
  const [, quote = '', word = ''] = afterWord.exec(statement) ?? []
  if (quote + word === '' && !context.explicit) return null
  return result(context, quote + word, [
    ...(await attributes(context, names)),
    ...(quote === '' ? words : []),
  ])
}

/** The attributes of the tables that the whole statement names, also behind the cursor. */
async function attributes(context: CompletionContext, names: Names): Promise<Completion[]> {
  const statement = statementAt(context.state.sliceDoc(), context.pos)
  const tables = new Set(
    [...statement.matchAll(/\b(?:from|into|update)\s+"?([\w.-]+)"?/gi)].map(([, name]) => name),
  )
  const found = await Promise.all([...tables].map((name) => names.attributesOf(name as string)))
  return [...new Set(found.flat())].map(named('attribute', 'property', nameText))
}

function statementAt(text: string, position: number): string {
  const start = text.lastIndexOf(';', position - 1) + 1
  const end = text.indexOf(';', position)
  return text.slice(start, end === -1 ? undefined : end)
}

/** Whether what follows is within a text in single quotes. */
const isWithinText = (statement: string): boolean =>
  (statement.replaceAll(/"[^"]*"/g, '').split("'").length - 1) % 2 === 1

const named =
  (detail: string, type: string, textOf: (name: string) => string) =>
  (name: string): Completion => ({
    label: name,
    detail,
    type,
    apply: (view, _, from, to) => insert(view, textOf(name), from, to),
  })

const words: readonly Completion[] = [
  ...keywords.map((label) => ({ label, type: 'keyword' })),
  ...functions.map((label) => ({ label, type: 'function', apply: `${label}(` })),
]

/** The quote that the editor has closed by itself is a part of what is replaced. */
function insert(view: EditorView, text: string, from: number, to: number): void {
  const end = view.state.sliceDoc(to, to + 1) === '"' ? to + 1 : to
  const before = view.state.sliceDoc(from - 1, from) === '"' ? from - 1 : from
  view.dispatch({
    changes: { from: before, to: end, insert: text },
    selection: { anchor: before + text.length },
    userEvent: 'input.complete',
  })
}

function result(
  context: CompletionContext,
  typed: string,
  options: readonly Completion[],
): CompletionResult {
  // A quote is no part of what names are compared with.
  const from = context.pos - typed.replace(/^"/, '').length
  return { from, options: [...options], validFor: /^[\w$.-]*$/ }
}
