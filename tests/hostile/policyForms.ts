/** A policy of a resource, of one form at any length, and what becomes of it. */
export interface PolicyForm {
  readonly name: string
  /** Its document, of at most `bytes` bytes of UTF-8; about that many, beyond a few hundred. */
  text(bytes: number): string
  /** How the message of its refusal begins behind what all have; undefined where it is taken. */
  readonly refusal?: string
}

/** What is repeated, by its number. */
type Unit = string | ((i: number) => string)

/** The longest text of one pattern or value that a policy may have, less a little. */
const longest = 4000

/** `head`, as many of `unit` as there is room for, and `tail`. */
function repeated(head: string, unit: Unit, tail: string): (bytes: number) => string {
  return (bytes) => {
    const units: string[] = []
    let room = bytes - Buffer.byteLength(head) - Buffer.byteLength(tail)
    for (let i = 0; ; i++) {
      const next = typeof unit === 'string' ? unit : unit(i)
      room -= Buffer.byteLength(next)
      if (room < 0) return `${head}${units.join('')}${tail}`
      units.push(next)
    }
  }
}

const about = '"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/app"}'
const action = '"Action":"dynamodb:GetItem"'
const resource = '"Resource":"*"'
const head = `{"Version":"2012-10-17","Statement":[{${about},`

/** The members of the one statement of a policy. */
const members = (before: string, unit: Unit, after: string): ((bytes: number) => string) =>
  repeated(`${head}${before}`, unit, `${after}}]}`)

/** A condition of one key, with values that are made of `unit`, as long as they may be. */
function valuesOf(operator: string, [before, unit, after]: readonly string[]) {
  const of = `${action},${resource},"Condition":{"${operator}":{"dynamodb:LeadingKeys":[`
  return (bytes: number): string => {
    const room = bytes - head.length - of.length - 5
    const wanted = Math.max(1, Math.ceil(room / longest))
    const each = repeated(`"${before}`, unit as string, `${after}"`)(Math.floor(room / wanted) - 1)
    return `${head}${of}${Array(wanted).fill(each).join(',')}]}}}]}`
  }
}

const distinct = (i: number): string => String.fromCharCode(0x4e00 + i)

/** As many different characters as there is room for, in texts that are as long as they may be. */
const distinctCharacters = (before: string, after: string): Unit => {
  return (i) => `${i % 1200 === 0 ? `${i === 0 ? '' : `${after}",`}"${before}` : ''}${distinct(i)}`
}

const like = 'ForAllValues:StringLike'
const leadingKeys = `${action},${resource},"Condition":{"${like}":{"dynamodb:LeadingKeys":[`

const taken: readonly Omit<PolicyForm, 'refusal'>[] = [
  { name: 'stars', text: valuesOf(like, ['', '*', 'b']) },
  { name: 'letters between stars', text: valuesOf(like, ['', '*a', '*b']) },
  { name: 'any letters between stars', text: valuesOf(like, ['*', '?*', 'b']) },
  { name: 'a long piece that nearly occurs', text: valuesOf(like, ['*', 'a', 'b*']) },
  { name: 'gaps in a long piece', text: valuesOf(like, ['*', 'a?', 'b*']) },
  { name: 'variables', text: valuesOf(like, ['', '${aws:username}', '']) },
  { name: 'variables between stars', text: valuesOf(like, ['*', '${aws:username}*', 'b']) },
  { name: 'variables with defaults', text: valuesOf(like, ['', "${aws:x, 'a}'}", '*']) },
  { name: 'characters that stand for themselves', text: valuesOf(like, ['*', '${*}', '*']) },
  {
    name: 'many patterns',
    text: members(leadingKeys, (i) => `${i === 0 ? '' : ','}"*a${i}*"`, ']}}'),
  },
  {
    name: 'different characters',
    text: members(leadingKeys, distinctCharacters('*', '*'), '*"]}}'),
  },
  {
    name: 'half characters',
    text: valuesOf('ForAllValues:StringEquals', ['', '\\ud800', '\\udc00']),
  },
  {
    name: 'many values',
    text: members(
      `${action},${resource},"Condition":{"StringNotEquals":{"dynamodb:LeadingKeys":[`,
      (i) => `${i === 0 ? '' : ','}"${i}"`,
      ']}}',
    ),
  },
  {
    name: 'many keys',
    text: members(
      `${action},${resource},"Condition":{"StringNotLike":{`,
      (i) => `${i === 0 ? '' : ','}"aws:PrincipalTag/k${i}":"*a*"`,
      '}}',
    ),
  },
  {
    name: 'names of every object',
    text: members(
      `${action},${resource},"Condition":{"Null":{`,
      (i) => `${i === 0 ? '' : ','}"${['__proto__', 'constructor', 'toString'][i % 3]}":"true"`,
      '}}',
    ),
  },
  {
    name: 'one key many times',
    text: members(
      `${action},${resource},"Condition":{"StringEquals":{"aws:username":"x"`,
      ',"aws:username":"app"',
      '}}',
    ),
  },
  {
    name: 'numbers with many digits',
    text: members(
      `${action},${resource},"Condition":{"NumericLessThan":{"aws:EpochTime":["1`,
      (i) => (i % longest === longest - 1 ? '9","1' : '9'),
      '"]}}',
    ),
  },
  {
    name: 'ranges of addresses',
    text: members(
      `${action},${resource},"Condition":{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8"`,
      (i) => `,"10.${Math.floor(i / 256) % 256}.${i % 256}.0/24"`,
      ']}}',
    ),
  },
  {
    name: 'base64',
    text: members(
      `${action},${resource},"Condition":{"BinaryEquals":{"dynamodb:LeadingKeys":["AAAA`,
      (i) => (i % 1000 === 999 ? '","AAAA' : 'AAAA'),
      '"]}}',
    ),
  },
  {
    name: 'stars in an action',
    text: members(
      `${resource},"Action":["dynamodb:GetItem`,
      (i) => (i % longest === longest - 1 ? '","dynamodb:GetItem*' : '*'),
      '"]',
    ),
  },
  {
    name: 'many actions',
    text: members(
      `${resource},"Action":["dynamodb:PutItem"`,
      (i) => `,"dynamodb:G${'?'.repeat(i % 3)}*${'*'.repeat(i % 7)}"`,
      ']',
    ),
  },
  {
    name: 'stars in a resource',
    text: members(
      `${action},"Resource":["arn:aws:dynamodb:*:*:*`,
      (i) => (i % 1900 === 1899 ? '*e","arn:aws:dynamodb:*:*:*' : '*e'),
      '"]',
    ),
  },
  {
    name: 'colons in a resource',
    text: members(
      `${action},"Resource":["arn:`,
      (i) => (i % 1900 === 1899 ? '*:","arn:*' : '*:'),
      '"]',
    ),
  },
  {
    name: 'many resources',
    text: members(`${action},"Resource":["arn:*"`, (i) => `,"arn:*:table/*${i}*"`, ']'),
  },
  {
    name: 'many statements',
    text: repeated(
      `{"Version":"2012-10-17","Statement":[{${about},${action},${resource}}`,
      ',{"Effect":"Deny","Principal":"*","NotAction":"dynamodb:*","Resource":"*"}',
      ']}',
    ),
  },
  {
    name: 'many principals',
    text: repeated(
      '{"Statement":{"Effect":"Allow","Principal":{"AWS":["123456789012"',
      (i) => `,"${String(i).padStart(12, '0')}"`,
      `]},${action},${resource}}}`,
    ),
  },
  { name: 'blanks', text: repeated(`${head}${action},${resource}`, ' \n\t\r', '}]}') },
]

const document = 'One or more parameter values were invalid: Invalid policy document: '
const noJson = `${document}This policy contains invalid Json`
const syntaxError = `${document}Syntax error at position (1,`

const refused: readonly PolicyForm[] = [
  { name: 'lists that do not end', text: repeated('', '[', ''), refusal: noJson },
  {
    name: 'lists in lists',
    text: (bytes) => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2),
    refusal: `${syntaxError}1)`,
  },
  {
    name: 'objects in a condition',
    text(bytes) {
      const levels = Math.floor((bytes - head.length - 60) / 6)
      return `${head}${action},${resource},"Condition":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}]}`
    },
    refusal: syntaxError,
  },
  {
    name: 'lists in a value',
    text: (bytes) =>
      `${head}${leadingKeys}${'['.repeat((bytes - 300) / 2)}${']'.repeat((bytes - 300) / 2)}]}}}]}`,
    refusal: syntaxError,
  },
  {
    name: 'a member __proto__',
    text: repeated('{"__proto__":{"Statement":"', 'x', '"}}'),
    refusal: syntaxError,
  },
  {
    name: 'an operator that is none',
    text: members(`${action},${resource},"Condition":{"String`, 'Equals', '":{"a":"b"}}'),
    refusal: syntaxError,
  },
  {
    name: 'an effect that is none',
    text: repeated('{"Statement":{"Effect":"', 'Allow', `",${action},${resource}}}`),
    refusal: syntaxError,
  },
  {
    name: 'actions that are none',
    text: members(
      `${resource},"Action":["dynamodb:No"`,
      (i) => `,"dynamodb:N*${'*o'.repeat(i % 5)}x"`,
      ']',
    ),
    refusal: `${document}The following action names are invalid: "dynamodb:No", "dynamodb:N*x"`,
  },
  {
    name: 'a statement that stands twice',
    text: repeated(
      '{"Statement":[',
      `{"Sid":"A",${about},${action},${resource}},`,
      `{"Sid":"A",${about},${action},${resource}},{"Sid":"A",${about},${action},${resource}}]}`,
    ),
    refusal: `${document}The Statement Ids in the policy are not unique`,
  },
  {
    name: 'half characters as an id',
    text: members(`${action},${resource},"Sid":"`, '\\ud800', '"'),
    refusal: syntaxError,
  },
  {
    name: 'variables that do not end',
    text: valuesOf(like, ['', '${', '']),
    refusal: syntaxError,
  },
  {
    name: 'quotes that do not end',
    text: valuesOf(like, ['', "${a, '", '']),
    refusal: syntaxError,
  },
  {
    name: 'a principal of wildcards',
    text: repeated(
      '{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::',
      '*',
      `"},${action},${resource}}}`,
    ),
    refusal: 'Invalid principal in policy document.',
  },
  {
    name: 'everyone, many times',
    text: repeated(
      `{"Statement":{"Effect":"Allow","Principal":{"AWS":["*"`,
      ',"*"',
      `]},${action},${resource}}}`,
    ),
    refusal: 'Resource-based policy grants unbounded access in one or more elements.',
  },
  { name: 'zeros', text: repeated('', '\0', ''), refusal: noJson },
]

export const policyForms: readonly PolicyForm[] = [...taken, ...refused]
