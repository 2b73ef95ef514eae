const answerMs = 2000

/**
 * Whether a server says that it is healthy.
 * @param {string} endpoint
 */
export async function askHealth(endpoint) {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(answerMs) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
