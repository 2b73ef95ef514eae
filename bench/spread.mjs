/** A prime above every number of items, so that a walk by it visits each item exactly once. */
const stride = 15_485_863

/**
 * Where step `i` of a walk over all of `0 .. count - 1` leads: each is visited once before the
 * first is visited again, and neighbours in the walk lie far apart. REQUIRES: count < 10,000,000.
 */
export function spreadIndex(i, count) {
  return (i * stride) % count
}

/** A one-to-one image of the 32-bit number `n`, in 8 hexadecimal digits that look random. */
export function scrambled(n) {
  let bits = n ^ (n >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  bits ^= bits >>> 16
  return (bits >>> 0).toString(16).padStart(8, '0')
}
