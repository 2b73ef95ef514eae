import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'

interface Named {
  readonly label: string
  /** What is said below it, and read with it. */
  readonly hint?: string | undefined
}

/** What names the control of a field, and what is said of it. */
interface Names {
  readonly id: string
  readonly 'aria-describedby': string | undefined
}

interface FieldProps extends Named {
  readonly control: (names: Names) => JSX.Element
}

/** A control with its label above it, and a hint below. */
function Field({ label, hint, control }: FieldProps) {
  const id = useId()
  const hintId = `${id}-hint`
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {control({ id, 'aria-describedby': hint === undefined ? undefined : hintId })}
      {hint !== undefined && (
        <p class="hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  )
}

type TextFieldProps = Named &
  Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'onInput' | 'label' | 'value'> & {
    readonly value: string
    readonly onText: (text: string) => void
  }

/** A text with its label. */
export function TextField({ label, hint, value, onText, ...others }: TextFieldProps) {
  const control = (names: Names) => (
    <input
      type="text"
      autocomplete="off"
      spellcheck={false}
      {...others}
      {...names}
      value={value}
      onInput={(event) => onText(event.currentTarget.value)}
    />
  )
  return <Field label={label} hint={hint} control={control} />
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
  const control = (names: Names) => (
    <select
      {...names}
      disabled={disabled}
      value={value}
      onChange={(event) => onChoose(event.currentTarget.value as Choice)}
    >
      {choices.map(([choice, text]) => (
        <option key={choice} value={choice} selected={choice === value}>
          {text}
        </option>
      ))}
    </select>
  )
  return <Field label={label} hint={hint} control={control} />
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
  const control = (names: Names) => (
    <textarea
      {...names}
      rows={rows}
      readOnly={isReadOnly ?? false}
      spellcheck={false}
      value={value}
      onInput={(event) => onText(event.currentTarget.value)}
    />
  )
  return <Field label={label} hint={hint} control={control} />
}

interface FileFieldProps extends Named {
  /** The ends of names that the browser offers. */
  readonly accept: string
  /** Undefined for none. */
  readonly onFile: (file: File | undefined) => void
}

/** A file that is chosen, with its label. */
export function FileField({ label, hint, accept, onFile }: FileFieldProps) {
  const control = (names: Names) => (
    <input
      {...names}
      type="file"
      accept={accept}
      onChange={(event) => onFile(event.currentTarget.files?.[0])}
    />
  )
  return <Field label={label} hint={hint} control={control} />
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
