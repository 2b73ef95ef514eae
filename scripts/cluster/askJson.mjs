const answerMs = 3000

/**
 * What a node answers as JSON; with `body` it is posted. Rejects when it answers with an error, or
 * not in time.
 * @param {string} url
 * @param {object} [body]
 * @returns {Promise<Record<string, unknown>>}
 */
export async function askJson(url, body) {
  const response = await fetch(url, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(answerMs),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text}`)
  return /** @type {Record<string, unknown>} */ (JSON.parse(text))
}
