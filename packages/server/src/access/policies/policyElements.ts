import { nearestName } from '../../nearestName.ts'
import { PolicyFault, syntaxFault, type PolicyPath } from './policyFault.ts'

/** An object of a document; its members may have any name. */
export type Members = Readonly<Record<string, unknown>>

/** The members of an object. Throws PolicyFault for anything else. */
export function objectAt(value: unknown, path: PolicyPath, name: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  throw syntaxFault(path, `${name} must be an object.`)
}

/** Throws PolicyFault for a member that is not `known`, and names the one that was meant. */
export function refuseUnknownMembers(
  members: Members,
  known: readonly string[],
  path: PolicyPath,
): void {
  for (const name of Object.keys(members)) {
    if (known.includes(name)) continue
    throw syntaxFault([...path, name], `Unknown element ${name}.${suggestion(name, known)}`)
  }
}

/** ` Did you mean Action?`, or nothing when no name is close. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`
}

/** A text, or a list of texts. Throws PolicyFault for anything else. */
export function textsAt(value: unknown, path: PolicyPath, name: string): readonly string[] {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) throw syntaxFault(path, `${name} must be a text or a list of texts.`)
  return value.map((each: unknown, i) => {
    if (typeof each === 'string') return each
    throw syntaxFault([...path, i], `${name} must be a text or a list of texts.`)
  })
}

/**
 * The one of two members that an element has, such as Action and NotAction: its name and whether it
 * is the second one. Throws PolicyFault for both and for none.
 */
export function oneOfTwo(
  members: Members,
  names: readonly [string, string],
  path: PolicyPath,
): { readonly name: string; readonly negated: boolean } {
  const [plain, negated] = names
  const hasPlain = Object.hasOwn(members, plain)
  const hasNegated = Object.hasOwn(members, negated)
  if (hasPlain && hasNegated) {
    throw syntaxFault([...path, negated], `A statement has ${plain} or ${negated}, not both.`)
  }
  if (hasPlain) return { name: plain, negated: false }
  if (hasNegated) return { name: negated, negated: true }
  const message = `A statement needs ${plain} or ${negated}.`
  throw new PolicyFault('missing', path, message, plain)
}
