import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** Attributes as DynamoDB JSON. */
export type Item = Readonly<Record<string, AttributeValue>>

/** The types of key attributes by name: the partition key first, then the sort key, if any. */
export type TableKey = Readonly<Record<string, 'S' | 'N' | 'B'>>

/** A table before a step: its key and all its items. */
export interface StagedTable {
  readonly key: TableKey
  readonly items: readonly Item[]
}

/** What a database must have, or a program have printed. Exactly one of the members but `says`. */
export type Expectation =
  | { readonly kind: 'table'; readonly table: string; readonly key: TableKey }
  | { readonly kind: 'absent'; readonly table: string }
  /** An item with these attributes, among them its key; it may have others. */
  | { readonly kind: 'has'; readonly table: string; readonly attributes: Item }
  /** These items, each with these attributes exactly, and no others. */
  | { readonly kind: 'items'; readonly table: string; readonly items: readonly Item[] }
  /** A line that the program prints. */
  | { readonly kind: 'prints'; readonly line: string }

export interface Check {
  readonly expectation: Expectation
  /** What is wanted, in words. */
  readonly says: string
}

/** An item that somebody else's transaction holds when the program begins, until it is met. */
export interface Rival {
  readonly table: string
  readonly key: Item
}

export interface Step {
  readonly id: string
  readonly title: string
  /** Paragraphs, with blank lines between them; what is between backticks is code. */
  readonly text: string
  readonly hint: string
  /** What the editor begins with. */
  readonly code: string
  readonly solution: string
  /** The same step for one's own terminal, to come after the course's own beginnings. */
  readonly python: string
  readonly shell: string
  /** All tables of the database before the step. */
  readonly stage: Readonly<Record<string, StagedTable>>
  /** Made with the lab, where there is one. */
  readonly rival?: Rival
  readonly checks: readonly Check[]
}

/** An exercise, as a file has it. */
export interface Course {
  readonly name: string
  readonly title: string
  readonly minutes: number
  readonly about: string
  readonly scenario: string
  readonly goal: string
  /** What programs and scripts of one's own begin with; {endpoint}, {key}, {region} are put in. */
  readonly python: string
  readonly shell: string
  readonly steps: readonly Step[]
}

/** The access key id of the namespace that a course is done in. */
export const keyOfCourse = (name: string): string => `dynatom-${namespaceOfCourse(name)}`

export const namespaceOfCourse = (name: string): string => `course-${name}`
