import type { Explanation } from '../../lab/explanations/explanation.ts'
import { explanationText } from '../../lab/explanations/explanationText.ts'
import { OperatorError } from '../operatorError.ts'
import { defaultPort } from '../settings.ts'
import { readToken } from '../tokenFile.ts'
import { parseEndpoint, type ExplainOptions } from './explainOptions.ts'

/** How many refusals are shown when none is asked for by its id. */
const shownRefusals = 10
const patienceMs = 30_000

/**
 * `dynatom explain`: shows why a request was refused, or the last ones, by asking the lab of a
 * server. Throws OperatorError.
 */
export async function explain(
  options: ExplainOptions,
  environment: Readonly<Record<string, string | undefined>>,
  write: (text: string) => void,
): Promise<void> {
  const { requestId, controlTokenFile, json } = options
  const known = environment['AWS_ENDPOINT_URL_DYNAMODB'] || `http://127.0.0.1:${defaultPort}`
  const endpoint = options.endpoint ?? parseEndpoint(known)
  const token = controlTokenFile && readToken(controlTokenFile)
  const path =
    requestId === undefined
      ? `explanations?limit=${shownRefusals}`
      : `explanations/${encodeURIComponent(requestId)}`
  const answer = await ask(new URL(`/_dynatom/lab/${path}`, endpoint), token)
  if (json) {
    write(`${JSON.stringify(answer, null, 2)}\n`)
    return
  }
  const explanations =
    requestId === undefined
      ? (answer as { readonly explanations: readonly Explanation[] }).explanations
      : [answer as Explanation]
  if (explanations.length === 0)
    write('No request has been refused that there is more to say of.\n')
  for (const each of explanations) write(explanationText(each))
}

async function ask(url: URL, token: string | undefined): Promise<unknown> {
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  let response: Response
  try {
    response = await fetch(url, { headers, signal: AbortSignal.timeout(patienceMs) })
  } catch (error) {
    const { cause = error } = error as Error
    const { code = 'no answer' } = cause as { readonly code?: string }
    throw new OperatorError(`The server at ${url.origin} cannot be asked (${code}).`)
  }
  const answer = await contentOf(response)
  if (response.ok && answer !== undefined) return answer
  const message = answerMessage(answer)
  if (response.status === 404 && url.pathname.includes('/explanations')) {
    const isOff = typeof message === 'string' && message.includes('/_dynatom')
    if (isOff)
      throw new OperatorError(`The server at ${url.origin} has no lab: start it with --lab.`)
  }
  if (typeof message === 'string') throw new OperatorError(message)
  throw new OperatorError(`What is at ${url.origin} is no server with a lab.`)
}

const answerMessage = (answer: { readonly message?: unknown } = {}): unknown => answer.message

async function contentOf(response: Response): Promise<object | undefined> {
  try {
    const content: unknown = await response.json()
    return typeof content === 'object' && content !== null ? content : undefined
  } catch {
    return undefined
  }
}
