/** What `promise` gives; rejects when it takes longer than anything here may take. */
export async function within<T>(what: string, promise: Promise<T>, waitMs = 30_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const give = (): void => reject(new Error(`${what} has not ended after ${waitMs / 1000} s`))
    timer = setTimeout(give, waitMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
