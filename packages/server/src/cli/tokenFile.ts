import { readFileSync } from 'node:fs'
import { OperatorError } from './operatorError.ts'

const tokenForm = /^[\x21-\x7e]{1,4096}$/
/** What a token is, for texts. */
export const tokenText: string = 'printable ASCII without blanks, at most 4096 characters'

/** Whether a bearer can send `token` in a header. */
export const isToken = (token: string): boolean => tokenForm.test(token)

/** The token in a file, without the line's end. Throws OperatorError. */
export function readToken(path: string): string {
  let token: string
  try {
    token = readFileSync(path, 'utf8').trim()
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    throw new OperatorError(`The token file ${path} cannot be read (${code}).`)
  }
  if (isToken(token)) return token
  throw new OperatorError(`The token file ${path} has no token: it is ${tokenText}.`)
}
