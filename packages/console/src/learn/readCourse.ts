import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type {
  Check,
  Course,
  Expectation,
  Item,
  Rival,
  StagedTable,
  Step,
  TableKey,
} from './course.ts'

type Members = Readonly<Record<string, unknown>>

/** A course out of the content of its file. Throws an Error that names the place of a fault. */
export function readCourse(name: string, content: unknown): Course {
  const course = membersAt(content, name)
  const text = (member: string): string => textAt(course[member], `${name}.${member}`)
  const steps = listAt(course['steps'], `${name}.steps`).map((step, i) =>
    readStep(membersAt(step, `${name}.steps[${i}]`), `${name}.steps[${i}]`),
  )
  if (new Set(steps.map(({ id }) => id)).size < steps.length) throw fault(name, 'steps of one id')
  const { minutes } = course
  if (typeof minutes !== 'number') throw fault(`${name}.minutes`, 'no number')
  return {
    name,
    title: text('title'),
    minutes,
    about: text('about'),
    scenario: text('scenario'),
    goal: text('goal'),
    python: text('python'),
    shell: text('shell'),
    steps,
  }
}

function readStep(step: Members, place: string): Step {
  const text = (member: string): string => textAt(step[member], `${place}.${member}`)
  const stage = Object.entries(membersAt(step['stage'], `${place}.stage`))
  return {
    id: text('id'),
    title: text('title'),
    text: text('text'),
    hint: text('hint'),
    code: text('code'),
    solution: text('solution'),
    python: text('python'),
    shell: text('shell'),
    stage: Object.fromEntries(
      stage.map(([table, staged]) => [table, readStaged(staged, `${place}.stage.${table}`)]),
    ),
    ...(step['rival'] !== undefined && { rival: readRival(step['rival'], `${place}.rival`) }),
    checks: listAt(step['checks'], `${place}.checks`).map((check, i) =>
      readCheck(check, `${place}.checks[${i}]`),
    ),
  }
}

function readStaged(content: unknown, place: string): StagedTable {
  const { key, items } = membersAt(content, place)
  return {
    key: readKey(key, `${place}.key`),
    items: readItems(items, `${place}.items`),
  }
}

function readRival(content: unknown, place: string): Rival {
  const { table, key } = membersAt(content, place)
  return { table: textAt(table, `${place}.table`), key: readItem(key, `${place}.key`) }
}

function readCheck(content: unknown, place: string): Check {
  const check = membersAt(content, place)
  return {
    expectation: readExpectation(check, place),
    says: textAt(check['says'], `${place}.says`),
  }
}

function readExpectation(check: Members, place: string): Expectation {
  const { prints, key, absent, has, items } = check
  if (prints !== undefined) return { kind: 'prints', line: textAt(prints, `${place}.prints`) }
  const table = textAt(check['table'], `${place}.table`)
  if (absent === true) return { kind: 'absent', table }
  if (key !== undefined) return { kind: 'table', table, key: readKey(key, `${place}.key`) }
  if (has !== undefined) {
    return { kind: 'has', table, attributes: readItem(has, `${place}.has`) }
  }
  return { kind: 'items', table, items: readItems(items, `${place}.items`) }
}

function readKey(content: unknown, place: string): TableKey {
  const key = membersAt(content, place)
  const types = Object.values(key)
  const areTypes = types.every((type) => type === 'S' || type === 'N' || type === 'B')
  if (!areTypes || types.length === 0 || types.length > 2) throw fault(place, 'no key')
  return key as TableKey
}

const readItems = (content: unknown, place: string): readonly Item[] =>
  listAt(content, place).map((item, i) => readItem(item, `${place}[${i}]`))

function readItem(content: unknown, place: string): Item {
  const item = membersAt(content, place)
  for (const [name, value] of Object.entries(item)) {
    const [type, ...others] = Object.keys(membersAt(value, `${place}.${name}`))
    if (type === undefined || !types.has(type) || others.length > 0) {
      throw fault(`${place}.${name}`, 'no attribute value')
    }
    const text = (value as Members)[type]
    if (texts.has(type) && typeof text !== 'string') throw fault(`${place}.${name}`, 'no text')
  }
  return item as Readonly<Record<string, AttributeValue>>
}

const texts = new Set(['S', 'N'])
const types = new Set([...texts, 'BOOL', 'NULL', 'L', 'M', 'SS', 'NS'])

function membersAt(content: unknown, place: string): Members {
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    return content as Members
  }
  throw fault(place, 'no object')
}

function listAt(content: unknown, place: string): readonly unknown[] {
  if (Array.isArray(content)) return content as readonly unknown[]
  throw fault(place, 'no list')
}

function textAt(content: unknown, place: string): string {
  if (typeof content === 'string' && content !== '') return content
  throw fault(place, 'no text')
}

const fault = (place: string, what: string): Error =>
  new Error(`The file of the course has a fault: ${place} is ${what}.`)
