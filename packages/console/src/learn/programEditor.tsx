import { TextArea } from '../parts/field.tsx'

interface ProgramEditorProps {
  readonly label: string
  readonly text: string
  readonly onText: (text: string) => void
  readonly onRun: () => void
}

/** Where the program of a step is written. */
export function ProgramEditor({ label, text, onText }: ProgramEditorProps) {
  return <TextArea label={label} rows={18} value={text} onText={onText} />
}
