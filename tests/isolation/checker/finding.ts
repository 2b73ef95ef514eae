import type { Operation } from '../history.ts'

type CycleName = 'G0' | 'G1c' | 'G-single' | 'G2'

/** Adya's names (Weak Consistency, 1999, sections 4 and 5) and names for what they do not cover. */
export type AnomalyName =
  | CycleName
  | `strict-serializability (${CycleName} with real time)`
  | 'G1a'
  | 'G1b'
  | 'incompatible version orders'
  | 'version that nobody wrote'
  | 'duplicate version'
  | 'lost acknowledged write'
  | 'lost visible write'
  | 'stale read'

/** One anomaly: something that no legal execution could have shown. */
export interface Finding {
  readonly name: AnomalyName
  /** What is concerned; for a cycle its operations in their order. */
  readonly operations: readonly Operation[]
  /** For people, several lines: the name, the operations, and what is between them. */
  readonly text: string
}

/** `sentences` say what is wrong, using {@link label} for the operations. */
export function makeFinding(
  name: AnomalyName,
  operations: readonly Operation[],
  sentences: readonly string[],
): Finding {
  const lines = [
    name,
    ...operations.map((operation) => `  ${describe(operation)}`),
    ...sentences.map((sentence) => `  - ${sentence}`),
  ]
  return { name, operations, text: lines.join('\n') }
}

/** How an operation is called in texts. */
export function label(operation: Operation): string {
  return `#${operation.id}`
}

function describe(operation: Operation): string {
  const { client, invoked, completed, outcome, description } = operation
  const time = `${invoked}..${completed ?? ''}`
  return `${label(operation)} client ${client} [${time}] ${outcome}: ${description}`
}

/** All findings as one text; what a failing test prints. */
export function printFindings(findings: readonly Finding[]): string {
  return findings.map(({ text }) => text).join('\n\n')
}
