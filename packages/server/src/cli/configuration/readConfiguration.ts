import { DocumentEntry } from '../../access/identities/documentEntry.ts'
import { IdentitiesFault } from '../../access/identities/identitiesFault.ts'
import { readDocument } from '../../access/identities/readDocument.ts'
import { readText, unreadableText } from '../../access/identities/watchedIdentities.ts'
import type { Flag } from '../flags.ts'
import { OperatorError, UsageError } from '../operatorError.ts'
import { defaultSettings } from '../settings.ts'
import type { GivenValue } from '../settingsInForce.ts'
import { flagsInFile, notes } from './configurationNames.ts'

const what = 'The configuration'
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
/** What is written without quotes and is no text, in JSON and in YAML. */
const noText = /^(?:true|false|null|~|)$/i

/**
 * The values that a configuration file gives, in its order. Rejects with OperatorError for a file
 * that cannot be read, or says what no flag takes.
 */
export async function readConfiguration(fileName: string): Promise<readonly GivenValue[]> {
  const text = await readText(fileName).catch((error: unknown) => {
    throw new OperatorError(unreadableText(fileName, error), 2)
  })
  try {
    return parseConfiguration(text, fileName)
  } catch (error) {
    if (error instanceof IdentitiesFault) throw new OperatorError(error.in(fileName), 2)
    throw error
  }
}

/** Throws IdentitiesFault, which says where. */
function parseConfiguration(text: string, fileName: string): readonly GivenValue[] {
  const root = new DocumentEntry(readDocument(text))
  // A file of comments alone.
  if (root.value === '') return []
  root.refuseUnknown([...flagsInFile.keys(), ...Object.values(notes)], what)
  const given: GivenValue[] = []
  for (const [name, entry] of root.members(what)) {
    const flag = flagsInFile.get(name)
    if (flag !== undefined) given.push(valueOf(flag, name, entry, fileName))
  }
  refuseContradiction(root, given)
  return given
}

function valueOf(flag: Flag, name: string, entry: DocumentEntry, fileName: string): GivenValue {
  const value = textOf(flag, name, entry)
  const { line, column } = entry.position
  const from = `${fileName}:${line}:${column}`
  if (value !== undefined) {
    try {
      flag.apply({ ...defaultSettings }, value, name)
    } catch (error) {
      if (error instanceof UsageError) throw entry.fault(error.sentence)
      throw error
    }
  }
  return { flag, name, value, from }
}

/** A value as the flag takes it on the command line; undefined when it would not be there. */
function textOf(flag: Flag, name: string, entry: DocumentEntry): string | undefined {
  if (flag.placeholder === undefined) {
    return isTrue(name, entry) ? '' : undefined
  }
  switch (flag.value?.kind) {
    case 'number':
      return numberOf(name, entry)
    case 'switch':
      if (entry.value === 'on' || entry.value === 'off') return entry.value
      return isTrue(name, entry) ? 'on' : 'off'
    case 'texts':
      if (!Array.isArray(entry.value)) return plainTextOf(name, entry)
      return entry
        .items(name)
        .map((item) => plainTextOf(name, item))
        .join(',')
    case 'choice':
    case 'text':
    case undefined:
      break
  }
  return plainTextOf(name, entry)
}

function isTrue(name: string, entry: DocumentEntry): boolean {
  const { value, isPlain } = entry
  if (isPlain && (value === 'true' || value === 'false')) return value === 'true'
  throw entry.fault(`${name} takes true or false, without quotes.`)
}

function numberOf(name: string, entry: DocumentEntry): string {
  const { value, isPlain } = entry
  if (isPlain && jsonNumber.test(String(value))) return String(Number(value))
  throw entry.fault(`${name} takes a number, without quotes.`)
}

function plainTextOf(name: string, entry: DocumentEntry): string {
  const { value, isPlain } = entry
  if (value === '') throw entry.fault(`${name} needs a value.`)
  if (typeof value === 'string' && !(isPlain && noText.test(value))) return value
  throw entry.fault(`${name} takes a text.`)
}

function refuseContradiction(root: DocumentEntry, given: readonly GivenValue[]): void {
  const has = (name: string): boolean =>
    given.some((each) => each.name === name && each.value !== undefined)
  const [one, other] = ['inMemory', 'dataDir', 'engine'].filter(has)
  if (one === undefined || other === undefined) return
  throw root.fault(`${one} and ${other} exclude each other.`, [one])
}
