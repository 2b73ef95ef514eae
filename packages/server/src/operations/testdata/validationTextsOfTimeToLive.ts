import {
  constraint,
  serialization,
  validation,
  type ExpectedError,
  type PreparingCall,
  type ValidationText,
} from './validationTextRow.ts'

function row(
  [operation, request]: PreparingCall,
  expected: ExpectedError,
  { setup, quote }: { readonly setup?: readonly PreparingCall[]; readonly quote?: string } = {},
): ValidationText {
  return {
    source: '5',
    quote: quote ?? String(expected['message']),
    operation,
    request,
    expected,
    ...(setup !== undefined && { setup }),
  }
}

function update(AttributeName: string, Enabled = true, TableName = 'Simple'): PreparingCall {
  return [
    'UpdateTimeToLive',
    { TableName, TimeToLiveSpecification: { AttributeName, Enabled } },
  ] as const
}

const specified = (specification: object): PreparingCall => [
  'UpdateTimeToLive',
  { TableName: 'Simple', TimeToLiveSpecification: specification },
]

const path = 'timeToLiveSpecification'
const otherAttribute = validation(
  'TimeToLive is active on a different AttributeName: current AttributeName is ends',
)
const onOther = {
  setup: [update('ends')],
  quote: 'TimeToLive is active on a different AttributeName: current AttributeName is …',
}
const noTable = {
  __type: 'ResourceNotFoundException',
  message: 'Requested resource not found: Table: Missing not found',
}

const states: readonly ValidationText[] = [
  row(update('ends'), validation('TimeToLive is already enabled'), { setup: [update('ends')] }),
  row(update('other'), otherAttribute, onOther),
  row(update('other', false), otherAttribute, onOther),
  row(update('ends', false), validation('TimeToLive is already disabled')),
  row(
    update('ends', false),
    validation('Time to live has been modified multiple times within a fixed interval'),
    { setup: [update('ends')] },
  ),
]

const missing: readonly ValidationText[] = [
  row(update('ends', true, 'Missing'), noTable, {
    quote: 'Requested resource not found: Table: … not found',
  }),
  row(['DescribeTimeToLive', { TableName: 'Missing' }], noTable, { quote: '…' }),
  row(
    ['DescribeContinuousBackups', { TableName: 'Missing' }],
    { __type: 'TableNotFoundException', message: 'Table not found: Missing' },
    { quote: 'Table not found: …' },
  ),
  row(
    [
      'DescribeContinuousBackups',
      { TableName: 'arn:aws:dynamodb:us-east-1:000000000000:table/Missing' },
    ],
    { __type: 'TableNotFoundException', message: 'Table not found: Missing' },
    { quote: 'Table not found: …' },
  ),
]

const atLeastOne = 'Member must have length greater than or equal to 1'
const notNull = 'Member must not be null'

const constraints: readonly ValidationText[] = [
  row(update(''), constraint("''", `${path}.attributeName`, atLeastOne), { quote: '…' }),
  row(
    update('n'.repeat(256)),
    constraint(
      `'${'n'.repeat(256)}'`,
      `${path}.attributeName`,
      'Member must have length less than or equal to 255',
    ),
    { quote: '…' },
  ),
  row(specified({ Enabled: true }), constraint('null', `${path}.attributeName`, notNull), {
    quote: '…',
  }),
  row(specified({ AttributeName: 'ends' }), constraint('null', `${path}.enabled`, notNull), {
    quote: '…',
  }),
  row(['UpdateTimeToLive', { TableName: 'Simple' }], constraint('null', path, notNull), {
    quote: '…',
  }),
  row(
    ['UpdateTimeToLive', { TimeToLiveSpecification: { AttributeName: 'ends', Enabled: true } }],
    constraint('null', 'tableName', notNull),
    { quote: '…' },
  ),
  row(
    specified({ AttributeName: 'ends', Enabled: 'yes' }),
    serialization('Unexpected token received from parser'),
    { quote: '…' },
  ),
]

/** Section 5: what UpdateTimeToLive, DescribeTimeToLive and DescribeContinuousBackups refuse. */
export const validationTextsOfTimeToLive: readonly ValidationText[] = [
  ...states,
  ...missing,
  ...constraints,
]
