import { ApiError, type ErrorKind } from './apiError.ts'

/*
 * Errors of CloudWatch. AWS's texts where they were seen (service model; reports of users; what
 * other implementations agree on); the rest say in CloudWatch's manner what is wrong.
 */

function cloudwatchKind(name: string, queryCode: string, statusCode = 400): ErrorKind {
  return {
    name,
    namespace: 'com.amazonaws.cloudwatch',
    statusCode,
    messageMember: 'message',
    queryCode,
  }
}

const invalidValueKind = cloudwatchKind('InvalidParameterValueException', 'InvalidParameterValue')
const combinationKind = cloudwatchKind(
  'InvalidParameterCombinationException',
  'InvalidParameterCombination',
)
const missingKind = cloudwatchKind('MissingRequiredParameterException', 'MissingParameter')
const nextTokenKind = cloudwatchKind('InvalidNextToken', 'InvalidNextToken')
const validationKind = cloudwatchKind('ValidationException', 'ValidationError')
const malformedKind = cloudwatchKind('SerializationException', 'MalformedInput')

/** A fault that the layer before the operations has found, as CloudWatch tells it. */
export function cloudwatchValidation(message: string): ApiError {
  return new ApiError(validationKind, message)
}

/** A request that has not the form of its operation. */
export function cloudwatchMalformed(message: string | undefined): ApiError {
  return new ApiError(malformedKind, message)
}

/** A time that begins when it has ended. */
export function startNotBeforeEnd(): ApiError {
  return new ApiError(
    invalidValueKind,
    'The parameter StartTime must be less than the parameter EndTime.',
  )
}

/** A period that no metric has. */
export function periodNotAllowed(): ApiError {
  return new ApiError(
    invalidValueKind,
    'The parameter Period must be a value in the set [1, 5, 10, 20, 30] or a multiple of 60.',
  )
}

/** Neither of the two kinds of statistics. */
export function statisticsRequired(): ApiError {
  return new ApiError(missingKind, 'Must specify either Statistics or ExtendedStatistics.')
}

/** More points than an answer of GetMetricStatistics has. */
export function tooManyDatapoints(asked: number, limit: number): ApiError {
  const shown = (count: number): string => count.toLocaleString('en-US')
  return new ApiError(
    combinationKind,
    `You have requested up to ${shown(asked)} datapoints, which exceeds the limit of ` +
      `${shown(limit)}. You may reduce the datapoints requested by increasing Period, or ` +
      'decreasing the time range.',
  )
}

/** A token of another request, or of none. */
export function invalidNextToken(): ApiError {
  return new ApiError(nextTokenKind, 'The next token specified is invalid.')
}

/** A statistic that CloudWatch does not know, or that is not built. */
export function unknownStatistic(statistic: string, isModelled: boolean): ApiError {
  const fault = isModelled ? 'is not available in Dynatom' : 'is not a statistic'
  return new ApiError(invalidValueKind, `The value ${statistic} ${fault}.`)
}

/** Several queries with one Id. */
export function queryIdTwice(id: string): ApiError {
  return cloudwatchValidation(
    `The values for parameter id in MetricDataQueries are not unique: ${id}.`,
  )
}

/** An Id that is no name. */
export function queryIdMalformed(id: string): ApiError {
  return cloudwatchValidation(
    `The value ${id} for parameter id in MetricDataQueries must start with a lowercase letter ` +
      'and contain only letters, digits and underscores.',
  )
}

/** A query that asks for a metric and has an expression, or has neither. */
export function queryNotOneKind(id: string): ApiError {
  return cloudwatchValidation(
    `The MetricDataQuery ${id} must have either MetricStat or Expression, and not both.`,
  )
}

/** More queries than a request of GetMetricData has. */
export function tooManyQueries(limit: number): ApiError {
  return cloudwatchValidation(`MetricDataQueries can have at most ${limit} elements.`)
}

/** Queries of which none gives data. */
export function nothingReturned(): ApiError {
  return cloudwatchValidation('At least one MetricDataQuery must have ReturnData true.')
}

/** More points for a page than there may be, or none. */
export function maxDatapointsOutOfRange(limit: number): ApiError {
  return cloudwatchValidation(`MaxDatapoints must be from 1 to ${limit}.`)
}

/** An expression that cannot be worked out; `reason` is a sentence. */
export function expressionRefused(id: string, reason: string): ApiError {
  return cloudwatchValidation(`Error in expression '${id}': ${reason}`)
}
