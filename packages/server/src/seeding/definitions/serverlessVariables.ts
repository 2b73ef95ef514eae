import { dirname, join } from 'node:path'
import { ContentUnusable } from '../contentUnusable.ts'
import { parseStructured } from '../parseStructured.ts'
import { readFileText } from '../readFileText.ts'
import { isRecord, recordOf, textOf, type JsonRecord } from '../records.ts'
import type { TemplateSurroundings } from './templateFunctions.ts'

const mostNested = 50

/** A variable that has no other one within; what is between its braces. */
const innermost = /\$\{([a-zA-Z][^${}]*)\}/
/** Where a variable is from; what Fn::Sub takes is not, such as `AWS::Region`. */
const ofServerless =
  /^(self|opt|sls|env|param|file|aws|cf|ssm|s3|custom|git|terraform|output|strToBool)\b(?!::)/

/**
 * A serverless.yml with the variables worked out that need neither an account nor other programs:
 * self, opt, param, sls:stage, env, file, aws:region, aws:accountId and strToBool, with defaults.
 * Others stay as they are: a table that needs them is refused when it is looked at.
 */
export class ServerlessVariables {
  readonly #root: JsonRecord
  readonly #fileName: string
  readonly #surroundings: TemplateSurroundings
  readonly #environment: Readonly<Record<string, string | undefined>>

  constructor(
    root: JsonRecord,
    fileName: string,
    surroundings: TemplateSurroundings,
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.#root = root
    this.#fileName = fileName
    this.#surroundings = surroundings
    this.#environment = environment
  }

  /** Rejects with ContentUnusable for variables that lead to each other, or to a broken file. */
  async resolve(value: unknown, depth = 0): Promise<unknown> {
    if (depth > mostNested) {
      throw new ContentUnusable(`${this.#fileName}: its variables lead to each other.`)
    }
    if (typeof value === 'string') return this.#resolveText(value, depth)
    if (Array.isArray(value)) {
      return Promise.all(value.map((each) => this.resolve(each, depth + 1)))
    }
    if (!isRecord(value)) return value
    const members = Object.entries(value).map(
      async ([name, each]) => [name, await this.resolve(each, depth + 1)] as const,
    )
    return Object.fromEntries(await Promise.all(members))
  }

  /** A text that is one variable becomes what that stands for; others have theirs as text. */
  async #resolveText(text: string, depth: number): Promise<unknown> {
    let rest = text
    let done = ''
    for (;;) {
      const match = innermost.exec(rest)
      if (match === null) return done + rest
      const [whole, inner = ''] = match
      const before = rest.slice(0, match.index)
      const after = rest.slice(match.index + whole.length)
      const value = ofServerless.test(inner) ? await this.#valueOf(inner, depth) : undefined
      if (value === undefined) {
        done += before + whole
        rest = after
        continue
      }
      if (done === '' && before === '' && after === '') return this.resolve(value, depth + 1)
      if (typeof value === 'object') {
        throw new ContentUnusable(`${this.#fileName}: ${whole} is no text.`)
      }
      rest = `${before}${textOf(value)}${after}`
    }
  }

  /** The value of a variable or of the first of its defaults that has one. */
  async #valueOf(variable: string, depth: number): Promise<unknown> {
    for (const [i, source] of splitByCommas(variable).entries()) {
      const value = await this.#valueOfSource(source, depth)
      if (value !== undefined && value !== null) return value
      if (i > 0) {
        const literal = literalOf(source)
        if (literal !== undefined) return literal
      }
    }
    return undefined
  }

  async #valueOfSource(source: string, depth: number): Promise<unknown> {
    const file = /^file\(([^)]+)\)(?::(.+))?$/.exec(source)
    if (file !== null) return this.#valueInFile(file[1] as string, file[2], depth)
    const colon = source.indexOf(':')
    const [kind, name] = [source.slice(0, colon), source.slice(colon + 1)]
    const { parameters, region, accountId } = this.#surroundings
    switch (kind) {
      case 'self':
        return this.resolve(await this.#member(this.#root, name, depth), depth + 1)
      case 'env':
        return this.#environment[name]
      case 'opt':
      case 'param':
        if (Object.hasOwn(parameters, name)) return parameters[name]
        return name === 'stage' ? this.#stage(depth) : this.#standardParameter(kind, name, depth)
      case 'sls':
        return name === 'stage' ? this.#stage(depth) : undefined
      case 'aws':
        return { region, accountId }[name]
      default:
        return undefined
    }
  }

  async #stage(depth: number): Promise<unknown> {
    const { stage } = this.#surroundings.parameters
    if (stage !== undefined) return stage
    const declared = recordOf(this.#root['provider'])['stage']
    const isOwn = typeof declared === 'string' && /\$\{(opt|sls):\s*stage/.test(declared)
    if (declared === undefined || (isOwn && !declared.includes(','))) return undefined
    if (!isOwn) return this.resolve(declared, depth + 1)
    const [, ...defaults] = splitByCommas(declared.replace(/^\$\{|\}$/g, ''))
    return literalOf(defaults.at(-1) ?? '')
  }

  async #standardParameter(kind: string, name: string, depth: number): Promise<unknown> {
    if (kind !== 'param') return undefined
    const standard = recordOf(recordOf(this.#root['params'])['default'])[name]
    return standard === undefined ? undefined : this.resolve(standard, depth + 1)
  }

  async #valueInFile(name: string, path: string | undefined, depth: number): Promise<unknown> {
    if (!/\.(ya?ml|json)$/.test(name)) return undefined
    const fileName = join(dirname(this.#fileName), name)
    const content = parseStructured(await readFileText(fileName), fileName)
    const value = path === undefined ? content : await this.#member(content, path, depth)
    return this.resolve(value, depth + 1)
  }

  /** The member at a path of names with points; what is on the way may be a variable. */
  async #member(root: unknown, path: string, depth: number): Promise<unknown> {
    let value = root
    for (const name of path.split('.')) {
      if (typeof value === 'string') value = await this.resolve(value, depth + 1)
      if (Array.isArray(value)) value = (value as unknown[])[Number(name)]
      else value = isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined
    }
    return value
  }
}

/** Commas within quotes or brackets separate nothing. */
function splitByCommas(text: string): readonly string[] {
  return (text.match(/(?:'[^']*'|"[^"]*"|\([^)]*\)|[^,'"(])+/g) ?? []).map((each) => each.trim())
}

function literalOf(source: string): unknown {
  const quoted = /^'([^']*)'$|^"([^"]*)"$/.exec(source)
  if (quoted !== null) return quoted[1] ?? quoted[2]
  if (source === 'true' || source === 'false') return source === 'true'
  return /^-?\d+(\.\d+)?$/.test(source) ? Number(source) : undefined
}
