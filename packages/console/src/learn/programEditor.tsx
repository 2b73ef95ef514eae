import { javascript } from '@codemirror/lang-javascript'
import { CodeEditor } from '../parts/codeEditor.tsx'

interface ProgramEditorProps {
  readonly label: string
  readonly text: string
  readonly onText: (text: string) => void
  readonly onRun: () => void
}

const language = javascript()

/** Where the program of a step is written; Ctrl+Enter runs it. */
export const ProgramEditor = (props: ProgramEditorProps) => (
  <CodeEditor {...props} language={language} hint="Ctrl+Enter runs it." />
)
