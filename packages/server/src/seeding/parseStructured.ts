import { isMap, isScalar, isSeq, Pair, parseDocument, Scalar, YAMLMap, type Tags } from 'yaml'
import { ContentUnusable } from './contentUnusable.ts'

/** The functions of CloudFormation that have a short form in YAML, `!Sub`, by their long one. */
const functions = [
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
]

const longNameOf = (short: string): string =>
  short === 'Ref' || short === 'Condition' ? short : `Fn::${short}`

/** What `!Name` stands for; `!GetAtt Table.Arn` has its two parts in one text. */
const shortForms: Tags = [...functions, 'Ref', 'Condition'].flatMap((short) => {
  const name = longNameOf(short)
  const around = (node: unknown): YAMLMap => {
    const map = new YAMLMap()
    map.add(new Pair(new Scalar(name), node))
    return map
  }
  return [
    {
      tag: `!${short}`,
      resolve: (text: string) => ({
        [name]: short === 'GetAtt' && text.includes('.') ? splitOnce(text, '.') : text,
      }),
    },
    { tag: `!${short}`, collection: 'seq' as const, resolve: around },
    { tag: `!${short}`, collection: 'map' as const, resolve: around },
  ]
})

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return [text.slice(0, at), text.slice(at + separator.length)]
}

/**
 * The value of a text of JSON or YAML, the short forms of CloudFormation's functions as their long
 * ones. Throws ContentUnusable, which says where it is broken.
 */
export function parseStructured(text: string, fileName: string): unknown {
  if (/^\s*[[{]/.test(text)) {
    const value = parsedJson(text)
    if (value !== undefined) return value
  }
  const document = parseDocument(text, {
    customTags: shortForms,
    logLevel: 'error',
    merge: true,
    prettyErrors: true,
  })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) {
    const [line = 1, column = 1] = [fault.linePos?.[0].line, fault.linePos?.[0].col]
    const [sentence = ''] = fault.message.split(/ at line \d+/)
    throw new ContentUnusable(`${fileName}:${line}:${column}: ${sentence}.`)
  }
  const { contents } = document
  if (contents !== null && !isMap(contents) && !isSeq(contents) && !isScalar(contents)) {
    throw new ContentUnusable(`${fileName}: it is neither JSON nor YAML.`)
  }
  return document.toJS({ maxAliasCount: 1000 }) as unknown
}

/** Undefined for what is no JSON, or is JSON's null: YAML says what is wrong with it, and where. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
