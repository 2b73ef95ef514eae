/** A file of identities of one form at any length, and how it is refused. */
export interface IdentityForm {
  readonly name: string
  /** About `length` characters. */
  text(length: number): string
  /** The sentence of its refusal, or the beginning of it. */
  readonly refusal: string
}

const repeated = (unit: string | ((i: number) => string), length: number): string => {
  if (typeof unit === 'string') return unit.repeat(Math.floor(length / unit.length))
  const units: string[] = []
  for (let [i, room] = [0, length]; room > 0; i++) {
    const next = unit(i)
    room -= next.length
    units.push(next)
  }
  return units.join('')
}

const form = (
  name: string,
  unit: string | ((i: number) => string),
  refusal: string,
  [before = '', after = '']: readonly string[] = [],
): IdentityForm => ({
  name,
  refusal,
  text: (length) => `${before}${repeated(unit, length)}${after}`,
})

const tooDeep = 'The file is nested too deeply.'
const noObject = 'A file of identities must be an object.'

/** Each is refused, so that whoever was let in before still is. */
export const identityForms: readonly IdentityForm[] = [
  form('lists in lists', '[', tooDeep),
  {
    name: 'lists in lists that end',
    refusal: tooDeep,
    text: (length) => '['.repeat(length / 2) + ']'.repeat(length / 2),
  },
  form('objects in objects', '{"a":', tooDeep),
  form('items of items', '- ', tooDeep),
  form('names of names', '? ', tooDeep),
  form('items and names', '- ? ', tooDeep),
  form('values of values', 'a: ', tooDeep),
  {
    name: 'blocks in blocks',
    refusal: tooDeep,
    text: (length) =>
      Array.from(
        { length: Math.floor(Math.sqrt(2 * length)) },
        (_, i) => `${' '.repeat(i)}a:`,
      ).join('\n'),
  },
  {
    name: 'blocks whose colons come nearer',
    refusal: tooDeep,
    text(length) {
      const levels = Math.floor(Math.sqrt(length))
      const line = (i: number): string => `${' '.repeat(i)}"${'k'.repeat(levels - i)}":`
      return Array.from({ length: levels }, (_, i) => line(i)).join('\n')
    },
  },
  form('names', (i) => `k${i}: x\n`, 'A file of identities has no member k0.'),
  form('names in braces', (i) => `"k${i}":1,`, 'A file of identities has no member k0.', [
    '{',
    '}',
  ]),
  form('one name', 'users: {}\n', 'Map keys must be unique.'),
  form('anchors', (i) => `k${i}: &a${i} x\n`, 'A file of identities has no member k0.'),
  form('aliases', (i) => `k${i}: *a\n`, 'A file of identities has no member a.', ['a: &a x\n']),
  form('aliases without an anchor', (i) => `k${i}: *a\n`, 'An alias stands before its anchor'),
  form('tags', '!!a ', 'A node can have at most one tag.'),
  form('directives', '%A b\n', 'Missing directives-end indicator line.'),
  form('comments', '# x\n', noObject),
  form('documents', '---\n', 'Source contains multiple documents;'),
  form('a quote that does not end', 'a\n', 'Missing closing "quote.', ['"']),
  form('escapes', '\\"', noObject, ['"', '"']),
  form('half characters', '\\ud800', noObject, ['"', '"']),
  form('zeros', '\0', noObject),
  form('a long name', 'users', 'A file of identities has no member users', ['{"', '": {}}']),
  form('a long name of a policy', 'Reads', 'There is no policy ReadsReads', [
    'users:\n  a:\n    policies: [',
    ']',
  ]),
  form(
    'many policies, none of which is meant',
    (i) =>
      `  Reads${i}: { Version: 2012-10-17, Statement: { Effect: Allow, Action: '*', Resource: '*' } }\n`,
    'There is no policy Nothing.',
    ['users: { a: { policies: [Nothing] } }\npolicies:\n'],
  ),
  form(
    'names of every object',
    (i) => `  ${['__proto__', 'constructor'][i % 2]}${i}: {}\n`,
    'A policy needs',
    ['policies:\n  a: {}\n'],
  ),
]
