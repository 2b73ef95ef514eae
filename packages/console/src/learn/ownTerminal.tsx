import { useState } from 'preact/hooks'
import type { About } from '../database/connection.ts'
import { ChoiceField, TextArea } from '../parts/field.tsx'
import { notify, notifyError } from '../parts/notices.tsx'
import { keyOfCourse, type Course, type Step } from './course.ts'

type Language = 'python' | 'shell'

const languages: readonly (readonly [Language, string])[] = [
  ['python', 'Python (boto3)'],
  ['shell', 'AWS CLI'],
]

interface OwnTerminalProps {
  readonly about: About
  readonly course: Course
  readonly step: Step
  /** What was printed there. */
  readonly pasted: string
  readonly onPasted: (text: string) => void
  readonly onPrepare: () => void
  readonly onCheck: () => void
  readonly isBusy: boolean
}

/** A step as one does it outside of the page, and the check of that. */
export function OwnTerminal(props: OwnTerminalProps) {
  const { about, course, step, pasted, onPasted, onPrepare, onCheck, isBusy } = props
  const [language, setLanguage] = useState<Language>('python')
  const text = textFor(about, course, step, language)
  const copy = (): void => {
    const copied = navigator.clipboard.writeText(text)
    copied.then(() => notify({ text: 'Copied.' }), notifyError)
  }
  return (
    <details class="own-terminal">
      <summary>In your own terminal</summary>
      <p>
        The key <code>{keyOfCourse(course.name)}</code> leads to the database of this course. It
        does not matter where a step is done: the check looks at the database.
      </p>
      <ChoiceField label="Language" value={language} choices={languages} onChoose={setLanguage} />
      <pre tabIndex={0} role="region" aria-label="Program for your terminal">
        {text}
      </pre>
      <div class="actions">
        <button type="button" onClick={copy}>
          Copy
        </button>
        <button type="button" disabled={isBusy} onClick={onPrepare}>
          Set the stage
        </button>
      </div>
      {step.checks.some(({ expectation }) => expectation.kind === 'prints') && (
        <TextArea
          label="What your program printed"
          hint="This step is about what a program says, so paste that here."
          value={pasted}
          onText={onPasted}
        />
      )}
      <button type="button" disabled={isBusy} onClick={onCheck}>
        Check
      </button>
    </details>
  )
}

/** The beginning of the course and the step, with the address and the key of this server's. */
function textFor({ region }: About, course: Course, step: Step, language: Language): string {
  const values = { endpoint: location.origin, key: keyOfCourse(course.name), region }
  return `${course[language].trim()}\n\n${step[language].trim()}\n`.replaceAll(
    /\{(endpoint|key|region)\}/g,
    (_, name: keyof typeof values) => values[name],
  )
}
