import { autocompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { Annotation, Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'preact/hooks'

interface CodeEditorProps {
  readonly label: string
  /** What is said below it, and read with it. */
  readonly hint?: string | undefined
  readonly text: string
  readonly onText: (text: string) => void
  /**
   * What is written in it, with its completion: an extension of CodeMirror, such as `javascript()`.
   * REQUIRES: the same one from one drawing to the next while it stays the same (`useMemo`).
   */
  readonly language: Extension
  /** Called for Ctrl+Enter, or Cmd+Enter. */
  readonly onRun?: (() => void) | undefined
  /** Whether it is only to be read. */
  readonly isReadOnly?: boolean
}

/**
 * An editor of code, which Tab leaves like every field. It stands in a shadow root: CodeMirror puts
 * its styles into the style sheets of one, which the page's policy allows, and into elements
 * anywhere else, which it does not.
 */
export function CodeEditor(props: CodeEditorProps) {
  const { label, hint, text, onText, language, onRun, isReadOnly = false } = props
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>()
  const calls = useRef({ onText, onRun })
  calls.current = { onText, onRun }
  const variable = useRef(new Compartment()).current
  // What the caller was told and has not given back yet.
  const told = useRef<string[]>([]).current
  const given = [
    language,
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({
      'aria-label': label,
      // What scrolls is reached by keyboard, in every browser.
      tabindex: '0',
      ...(hint !== undefined && { 'aria-description': hint }),
    }),
  ]
  useEffect(() => {
    const place = host.current
    if (place === null) return undefined
    const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' })
    const extensions = [
      ...always,
      EditorView.updateListener.of((update) => {
        const isOurs = update.transactions.some((each) => each.annotation(fromCaller) === true)
        if (!update.docChanged || isOurs) return
        const changed = update.state.doc.toString()
        told.push(changed)
        calls.current.onText(changed)
      }),
      keymap.of([{ key: 'Mod-Enter', run: () => ran(calls.current.onRun) }, ...keys]),
      variable.of(given),
    ]
    const state = EditorState.create({ doc: text, extensions })
    view.current = new EditorView({ state, parent: root, root })
    return () => view.current?.destroy()
  }, [])
  useEffect(() => {
    view.current?.dispatch({ effects: variable.reconfigure(given) })
  }, [language, isReadOnly, label, hint])
  useEffect(() => {
    // Somebody may have typed on since the caller was told of this.
    const echo = told.indexOf(text)
    told.splice(0, echo === -1 ? told.length : echo + 1)
    const present = view.current?.state.doc
    if (echo !== -1 || present === undefined || present.toString() === text) return
    view.current?.dispatch({
      changes: { from: 0, to: present.length, insert: text },
      annotations: fromCaller.of(true),
    })
  }, [text])
  return (
    <div class="field">
      <span class="code-label" aria-hidden="true" onClick={() => view.current?.focus()}>
        {label}
      </span>
      <div class="code-editor" ref={host} />
      {hint !== undefined && (
        <p class="hint" aria-hidden="true">
          {hint}
        </p>
      )}
    </div>
  )
}

/** Marks what the caller has put in. */
const fromCaller = Annotation.define<boolean>()

function ran(onRun: (() => void) | undefined): boolean {
  onRun?.()
  return onRun !== undefined
}

const keys = [...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]

/** By the colours of the page, which a shadow root inherits. */
const look = EditorView.theme({
  '&': {
    border: '1px solid var(--edge)',
    borderRadius: '6px',
    background: 'var(--raised)',
    color: 'var(--text)',
    fontSize: '0.9rem',
  },
  '&.cm-focused': { outline: '3px solid var(--accent)', outlineOffset: '2px' },
  '.cm-scroller': {
    fontFamily: 'ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace',
    maxHeight: '60vh',
  },
  '.cm-content': { minHeight: '6.5rem', caretColor: 'var(--text)' },
  '.cm-gutters': {
    background: 'var(--ground)',
    color: 'var(--faint)',
    borderRight: '1px solid var(--line)',
    borderRadius: '6px 0 0 6px',
  },
  '&.cm-focused .cm-matchingBracket': { background: 'var(--added)' },
  '&.cm-focused .cm-nonmatchingBracket': { background: 'var(--removed)' },
  '.cm-tooltip': {
    background: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--edge)',
    maxWidth: 'calc(100vw - 2rem)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    background: 'var(--accent)',
    color: 'var(--on-accent)',
  },
  '.cm-completionDetail': { color: 'inherit' },
})

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--accent)' },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: 'var(--code-text)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--code-number)' },
  { tag: [tags.lineComment, tags.blockComment, tags.comment], color: 'var(--faint)' },
  { tag: [tags.typeName, tags.className, tags.standard(tags.name)], color: 'var(--code-name)' },
  { tag: tags.invalid, color: 'var(--danger)' },
])

/**
 * What is typed over a choice is put in here: browsers keep the look of what they replace by a
 * style within the markup, which the page's policy refuses.
 */
function typedOver(event: InputEvent, view: EditorView): boolean {
  const { inputType, data } = event
  const { main, ranges } = view.state.selection
  if (inputType !== 'insertText' || data === null || main.empty || ranges.length > 1) return false
  if (view.composing) return false
  const { from, to } = main
  const insert = () =>
    view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type' })
  const handlers = view.state.facet(EditorView.inputHandler)
  if (!handlers.some((handle) => handle(view, from, to, data, insert))) view.dispatch(insert())
  event.preventDefault()
  return true
}

const always: readonly Extension[] = [
  EditorView.domEventHandlers({ beforeinput: typedOver }),
  lineNumbers(),
  history(),
  bracketMatching(),
  closeBrackets(),
  autocompletion(),
  EditorView.lineWrapping,
  look,
  syntaxHighlighting(colours),
]
