/** The numbers from `least` to `most`, both included. */
export interface NumberRange {
  readonly least: number
  readonly most: number
  readonly isWhole: boolean
}

/**
 * What kind of value a flag takes, for what has it in another form than text: a configuration file
 * and the schema of it. Whether a value is taken the flag decides, in `apply`.
 */
export type FlagValue =
  /** `pattern` is a regular expression for editors. */
  | { readonly kind: 'text'; readonly pattern?: string }
  /** Several texts, with commas between them on the command line. */
  | { readonly kind: 'texts' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** `on` or `off`. */
  | { readonly kind: 'switch' }
  | { readonly kind: 'number'; readonly range: NumberRange }

/** A value in the form that it has in a configuration file. */
export type ConfigurationValue = string | number | boolean | readonly string[]

export const whole = (least: number, most: number): FlagValue => ({
  kind: 'number',
  range: { least, most, isWhole: true },
})
