import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'

interface Named {
  readonly label: string
  /** What is said below it, and read with it. */
  readonly hint?: string | undefined
}

type TextFieldProps = Named &
  Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'onInput' | 'label' | 'value'> & {
    readonly value: string
    readonly onText: (text: string) => void
  }

/** A text with its label. */
export function TextField({ label, hint, value, onText, ...others }: TextFieldProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        autocomplete="off"
        spellcheck={false}
        {...others}
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <Hint id={`${id}-hint`} hint={hint} />
    </div>
  )
}

interface ChoiceProps<Choice extends string> extends Named {
  readonly value: Choice
  /** What is chosen from, with what each is called. */
  readonly choices: readonly (readonly [Choice, string])[]
  readonly onChoose: (choice: Choice) => void
  readonly disabled?: boolean
}

/** One of several, with its label. */
export function ChoiceField<Choice extends string>(props: ChoiceProps<Choice>) {
  const { label, hint, value, choices, onChoose, disabled = false } = props
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        disabled={disabled}
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChoose(event.currentTarget.value as Choice)}
      >
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice} selected={choice === value}>
            {text}
          </option>
        ))}
      </select>
      <Hint id={`${id}-hint`} hint={hint} />
    </div>
  )
}

interface CheckProps {
  readonly label: string
  readonly checked: boolean
  readonly onCheck: (checked: boolean) => void
}

export function CheckField({ label, checked, onCheck }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onCheck(event.currentTarget.checked)}
      />
      {label}
    </label>
  )
}

interface AreaProps extends Named {
  readonly value: string
  readonly rows?: number
  readonly isReadOnly?: boolean
  readonly onText: (text: string) => void
}

/** Text of several lines, with its label. */
export function TextArea({ label, hint, value, rows = 4, isReadOnly, onText }: AreaProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={rows}
        readOnly={isReadOnly ?? false}
        spellcheck={false}
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <Hint id={`${id}-hint`} hint={hint} />
    </div>
  )
}

interface FileFieldProps extends Named {
  /** The ends of names that the browser offers. */
  readonly accept: string
  /** Undefined for none. */
  readonly onFile: (file: File | undefined) => void
}

/** A file that is chosen, with its label. */
export function FileField({ label, hint, accept, onFile }: FileFieldProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="file"
        accept={accept}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onFile(event.currentTarget.files?.[0])}
      />
      <Hint id={`${id}-hint`} hint={hint} />
    </div>
  )
}

function Hint({ id, hint }: { readonly id: string; readonly hint: string | undefined }) {
  if (hint === undefined) return null
  return (
    <p class="hint" id={id}>
      {hint}
    </p>
  )
}

/** Fields that belong together. */
export function Group({
  legend,
  children,
}: {
  readonly legend: string
  readonly children: ComponentChildren
}) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {children}
    </fieldset>
  )
}
