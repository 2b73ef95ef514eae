/**
 * `npm run model -- path/to/service-2.json`: what is different in that model of a service from the one
 * that the package ships, a line for each difference. `--write` takes it over, without its texts for
 * people. `--against FILE` compares with that file, and writes it, in place of the shipped one.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { inRoot } from './workspace.mjs'

const usage = 'Usage: npm run model -- service-2.json [--against FILE] [--write]'
const shippedDirectory = inRoot('packages', 'server', 'model')

/** npm runs scripts at the root of the work tree and says where it was called. */
const fromCaller = (path) => resolve(process.env.INIT_CWD ?? process.cwd(), path)

const readModel = (path) => withoutTexts(JSON.parse(readFileSync(path, 'utf8')))

/** The parts of a model whose keys are names that AWS gave, not words of the format. */
const namedParts = new Set(['operations', 'shapes', 'members'])

/** A model without its `documentation`, which is most of it and not needed. */
function withoutTexts(value, isNamed = false) {
  if (Array.isArray(value)) return value.map((element) => withoutTexts(element))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => isNamed || key !== 'documentation')
  return Object.fromEntries(
    kept.map(([key, part]) => [key, withoutTexts(part, !isNamed && namedParts.has(key))]),
  )
}

/** The one form in which models are shipped. */
const textOf = (model) => `${JSON.stringify(model, null, 1)}\n`

/** The shipped model of the same service; undefined if there is none. */
function shippedFor({ metadata }) {
  return readdirSync(shippedDirectory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(shippedDirectory, name))
    .find((path) => readModel(path).metadata.targetPrefix === metadata.targetPrefix)
}

function differencesOf(before, after) {
  return [
    ...differencesOfParts('', { metadata: before.metadata }, { metadata: after.metadata }),
    ...differencesOfNamed('operation', before.operations, after.operations),
    ...differencesOfNamed('shape', before.shapes, after.shapes),
  ]
}

/** Both are records of named things of one kind, such as shapes or the members of one. */
function differencesOfNamed(kind, before = {}, after = {}) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap((name) => {
    const title = `${kind} ${name}`
    if (before[name] === undefined) return [`${title} added${briefly(after[name])}`]
    if (after[name] === undefined) return [`${title} removed${briefly(before[name])}`]
    return differencesOfParts(`${title}: `, before[name], after[name])
  })
}

/** What a shape or a member is, for one that came or went. */
function briefly({ type, shape }) {
  const word = shape ?? type
  return word === undefined ? '' : ` (${word})`
}

/** The differences in the parts of one thing: members, lists of names, and single values. */
function differencesOfParts(title, before, after) {
  const parts = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return parts.flatMap((part) => {
    const [old, now] = [before[part], after[part]]
    if (JSON.stringify(old) === JSON.stringify(now)) return []
    if (part === 'members') {
      return differencesOfNamed('member', old, now).map((line) => `${title}${line}`)
    }
    if (Array.isArray(old ?? now) && Array.isArray(now ?? old)) {
      return differencesOfLists(`${title}${part} `, old ?? [], now ?? [])
    }
    return [`${title}${part} ${shown(now)} instead of ${shown(old)}`]
  })
}

function differencesOfLists(title, before, after) {
  const [old, now] = [before.map(shown), after.map(shown)]
  const added = now.filter((each) => !old.includes(each)).map((each) => `${title}${each} added`)
  const removed = old.filter((each) => !now.includes(each)).map((each) => `${title}${each} removed`)
  const changes = [...added, ...removed]
  return changes.length > 0 ? changes : [`${title}in another order: ${now.join(', ')}`]
}

function shown(value) {
  if (value === undefined) return 'none'
  if (typeof value === 'string') return value
  return Object.keys(value).join() === 'shape' ? value.shape : JSON.stringify(value)
}

/** The arguments; undefined when one is unknown or missing. */
function parse(args) {
  const rest = [...args]
  const parsed = { path: undefined, against: undefined, writes: false }
  while (rest.length > 0) {
    const arg = rest.shift()
    if (arg === '--write') parsed.writes = true
    else if (arg === '--against' && rest.length > 0) parsed.against = fromCaller(rest.shift())
    else if (!arg.startsWith('-') && parsed.path === undefined) parsed.path = fromCaller(arg)
    else return undefined
  }
  return parsed.path === undefined ? undefined : parsed
}

function main(args) {
  const parsed = parse(args)
  if (parsed === undefined) {
    console.error(usage)
    return 1
  }
  const model = readModel(parsed.path)
  if (model.metadata?.targetPrefix === undefined || model.shapes === undefined) {
    console.error(`${parsed.path} is no model of a service: a service-2.json is wanted.`)
    return 1
  }
  const against = parsed.against ?? shippedFor(model)
  if (against === undefined) {
    console.error(`No model with the target prefix ${model.metadata.targetPrefix} is shipped.`)
    return 1
  }
  const differences = differencesOf(readModel(against), model)
  for (const line of differences) console.log(line)
  console.log(`${differences.length} differences`)
  if (parsed.writes) writeFileSync(against, textOf(model))
  return 0
}

process.exitCode = main(process.argv.slice(2))
