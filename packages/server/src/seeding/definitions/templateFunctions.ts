import { ContentUnusable } from '../contentUnusable.ts'
import { isRecord, recordOf, textOf, type JsonRecord } from '../records.ts'

/** What a template is evaluated with. */
export interface TemplateSurroundings {
  /** Where it is from, for messages. */
  readonly source: string
  /** Values of its parameters, before their defaults. */
  readonly parameters: Readonly<Record<string, string>>
  readonly region: string
  readonly accountId: string
}

/** Stands for a member that is left out: the value of AWS::NoValue. */
const noValue = Symbol('AWS::NoValue')

/** Functions and conditions may lead through one another, no deeper than this. */
const mostNested = 100

type Evaluate = (functions: TemplateFunctions, argument: unknown, place: Place) => unknown

/** Where in the template a value is, and how many functions are around it. */
interface Place {
  readonly path: string
  readonly depth: number
}

/** The intrinsic functions of CloudFormation that can be worked out without a stack. */
export class TemplateFunctions {
  readonly #template: JsonRecord
  readonly #surroundings: TemplateSurroundings
  readonly #pseudo: JsonRecord

  constructor(template: JsonRecord, surroundings: TemplateSurroundings) {
    this.#template = template
    this.#surroundings = surroundings
    const { region, accountId } = surroundings
    this.#pseudo = {
      'AWS::Region': region,
      'AWS::AccountId': accountId,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': 'dynatom',
      'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/dynatom/0`,
      'AWS::NotificationARNs': [],
      'AWS::NoValue': noValue,
    }
  }

  /**
   * `value` with its functions replaced by what they give. Throws ContentUnusable, which names
   * `path`, for what only a stack knows.
   */
  resolve(value: unknown, path: string): unknown {
    const resolved = this.#resolve(value, { path, depth: 0 })
    return resolved === noValue ? undefined : resolved
  }

  /** Whether the condition holds; true without one. */
  holds(condition: unknown, path: string): boolean {
    if (condition === undefined) return true
    return this.#condition(condition, { path, depth: 0 })
  }

  #resolve(value: unknown, { path, depth }: Place): unknown {
    if (depth > mostNested) throw this.#fault(path, 'functions are nested too deeply')
    if (Array.isArray(value)) {
      return value
        .map((each, i) => this.#resolve(each, { path: `${path}[${i}]`, depth: depth + 1 }))
        .filter((each) => each !== noValue)
    }
    if (!isRecord(value)) return value
    const all = Object.entries(value)
    const [name, argument] = all[0] ?? ['', undefined]
    if (all.length === 1 && isFunction(name)) {
      const evaluate = allFunctions.get(name)
      if (evaluate === undefined) throw this.#fault(path, `${name} needs a stack`)
      return evaluate(this, argument, { path, depth: depth + 1 })
    }
    const members = Object.entries(value).map(([member, each]) => {
      const place = { path: `${path}.${member}`, depth: depth + 1 }
      return [member, this.#resolve(each, place)] as const
    })
    return Object.fromEntries(members.filter(([, each]) => each !== noValue))
  }

  text(value: unknown, place: Place): string {
    const resolved = this.#resolve(value, place)
    if (typeof resolved === 'string') return resolved
    if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved)
    throw this.#fault(place.path, 'a text is needed here')
  }

  list(value: unknown, place: Place, least = 0): readonly unknown[] {
    const resolved = this.#resolve(value, place)
    if (Array.isArray(resolved) && resolved.length >= least) return resolved as unknown[]
    throw this.#fault(place.path, 'a list is needed here')
  }

  /** The arguments of a function, not evaluated. */
  arguments(value: unknown, { path }: Place, least: number): readonly unknown[] {
    if (Array.isArray(value) && value.length >= least) return value as unknown[]
    throw this.#fault(path, `the function needs a list of ${least}`)
  }

  ref(name: unknown, place: Place): unknown {
    const { path } = place
    if (typeof name !== 'string') throw this.#fault(path, 'Ref needs a name')
    if (Object.hasOwn(this.#pseudo, name)) return this.#pseudo[name]
    const parameter = this.#parameter(name, path)
    if (parameter !== undefined) return parameter
    const resource = recordOf(this.#template['Resources'])[name]
    if (!isRecord(resource)) throw this.#fault(path, `there is no "${name}"`)
    return this.#nameOfResource(name, resource, place)
  }

  attribute(of: unknown, { path, depth }: Place): unknown {
    const parts = typeof of === 'string' ? of.split('.') : this.list(of, { path, depth }, 2)
    const [resource, attribute] = parts.map(String) as [string, string]
    const { region, accountId } = this.#surroundings
    if (attribute !== 'Arn') throw this.#fault(path, `${resource}.${attribute} needs a stack`)
    const name = String(this.ref(resource, { path, depth }))
    return `arn:aws:dynamodb:${region}:${accountId}:table/${name}`
  }

  substitute(argument: unknown, place: Place): string {
    const [template, given] = Array.isArray(argument) ? (argument as unknown[]) : [argument]
    if (typeof template !== 'string') throw this.#fault(place.path, 'Fn::Sub needs a text')
    const values = recordOf(given)
    return template.replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, inner: string) => {
      if (literal !== '') return `\${${inner}}`
      const name = inner.trim()
      if (Object.hasOwn(values, name)) return this.text(values[name], place)
      const value = name.includes('.') ? this.attribute(name, place) : this.ref(name, place)
      return this.text(value, place)
    })
  }

  mapped(argument: unknown, place: Place): unknown {
    const [map, first, second, options] = this.arguments(argument, place, 3)
    const names = [map, first, second].map((each) => this.text(each, place))
    let found: unknown = this.#template['Mappings']
    for (const name of names) found = recordOf(found)[name]
    if (found !== undefined) return this.#resolve(found, place)
    const standard = recordOf(options)['DefaultValue']
    if (standard !== undefined) return this.#resolve(standard, place)
    throw this.#fault(place.path, `there is no ${names.join('.')} in Mappings`)
  }

  choose(argument: unknown, place: Place): unknown {
    const [condition, whenTrue, whenFalse] = this.arguments(argument, place, 3)
    return this.#resolve(this.#condition(condition, place) ? whenTrue : whenFalse, place)
  }

  condition(argument: unknown, place: Place): boolean {
    return this.#condition(argument, place)
  }

  /** A condition by its name, or as a function. */
  #condition(condition: unknown, { path, depth }: Place): boolean {
    const place = { path, depth: depth + 1 }
    if (typeof condition !== 'string') return this.#resolve(condition, place) === true
    const conditions = recordOf(this.#template['Conditions'])
    if (!Object.hasOwn(conditions, condition)) {
      throw this.#fault(path, `there is no condition "${condition}"`)
    }
    return this.#resolve(conditions[condition], place) === true
  }

  #parameter(name: string, path: string): unknown {
    const declared = recordOf(this.#template['Parameters'])[name]
    const { parameters } = this.#surroundings
    const given = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (!isRecord(declared)) return given
    const value = given ?? declared['Default']
    if (value === undefined) throw this.#fault(path, `the parameter "${name}" has no value`)
    const isList = /^(CommaDelimitedList|List<)/.test(String(declared['Type']))
    return isList
      ? textOf(value)
          .split(',')
          .map((each) => each.trim())
      : value
  }

  /** What Ref gives for a resource: of a table its name. */
  #nameOfResource(name: string, resource: JsonRecord, { path, depth }: Place): unknown {
    const given = recordOf(resource['Properties'])['TableName']
    if (given === undefined) return name
    return this.#resolve(given, { path, depth: depth + 1 })
  }

  #fault(path: string, reason: string): ContentUnusable {
    return new ContentUnusable(`${this.#surroundings.source}: ${path}: ${reason}.`)
  }
}

const isFunction = (name: string): boolean =>
  name === 'Ref' || name === 'Condition' || name.startsWith('Fn::')

const allFunctions: ReadonlyMap<string, Evaluate> = new Map<string, Evaluate>([
  ['Ref', (functions, argument, place) => functions.ref(argument, place)],
  ['Condition', (functions, argument, place) => functions.condition(argument, place)],
  ['Fn::GetAtt', (functions, argument, place) => functions.attribute(argument, place)],
  ['Fn::Sub', (functions, argument, place) => functions.substitute(argument, place)],
  ['Fn::FindInMap', (functions, argument, place) => functions.mapped(argument, place)],
  ['Fn::If', (functions, argument, place) => functions.choose(argument, place)],
  [
    'Fn::Join',
    (functions, argument, place) => {
      const [separator, parts] = functions.arguments(argument, place, 2)
      const texts = functions.list(parts, place).map((each) => functions.text(each, place))
      return texts.join(functions.text(separator, place))
    },
  ],
  [
    'Fn::Split',
    (functions, argument, place) => {
      const [separator, whole] = functions.arguments(argument, place, 2)
      return functions.text(whole, place).split(functions.text(separator, place))
    },
  ],
  [
    'Fn::Select',
    (functions, argument, place) => {
      const [index, list] = functions.arguments(argument, place, 2)
      const at = Number(functions.text(index, place))
      return functions.list(list, place, at + 1)[at]
    },
  ],
  [
    'Fn::Equals',
    (functions, argument, place) => {
      const [left, right] = functions.arguments(argument, place, 2)
      return functions.text(left, place) === functions.text(right, place)
    },
  ],
  [
    'Fn::Not',
    (functions, argument, place) => {
      return !functions.condition(functions.arguments(argument, place, 1)[0], place)
    },
  ],
  [
    'Fn::And',
    (functions, argument, place) => {
      return functions
        .arguments(argument, place, 2)
        .every((each) => functions.condition(each, place))
    },
  ],
  [
    'Fn::Or',
    (functions, argument, place) => {
      return functions
        .arguments(argument, place, 2)
        .some((each) => functions.condition(each, place))
    },
  ],
  [
    'Fn::Base64',
    (functions, argument, place) => {
      return Buffer.from(functions.text(argument, place), 'utf8').toString('base64')
    },
  ],
  [
    'Fn::Length',
    (functions, argument, place) => {
      return functions.list(argument, place).length
    },
  ],
])
