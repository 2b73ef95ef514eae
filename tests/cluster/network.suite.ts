import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { isPrivateNetwork, Network } from './network.ts'

const reaches = (wrapper: readonly string[], host: string): boolean => {
  const script = `const s=require('net').connect({host:'${host}',port:9});
    s.setTimeout(500,()=>process.exit(1));s.on('error',e=>process.exit(e.code==='ECONNREFUSED'?0:1))`
  const [program, ...args] = [...wrapper, process.execPath, '-e', script]
  return spawnSync(program, args).status === 0
}

test.runIf(isPrivateNetwork())('ways between machines are cut and mended', async () => {
  const network = await Network.open(3)
  const [a, b, c] = [1, 2, 3].map((node) => network.place(node)) as [Place, Place, Place]
  const ways = (): boolean[] => [
    reaches(a.wrapper, b.host),
    reaches(b.wrapper, a.host),
    reaches(a.wrapper, c.host),
    reaches(b.wrapper, c.host),
    reaches([], a.host),
    reaches(a.wrapper, a.host),
  ]
  // Who was cut off looks for the others anew, which takes a moment.
  const expectMended = () =>
    expect.poll(ways, { timeout: 20_000 }).toEqual([true, true, true, true, true, true])
  await expectMended()
  network.cut(1, 2)
  expect(ways()).toEqual([false, false, true, true, true, true])
  network.heal()
  await expectMended()
  network.isolate(1)
  expect(ways()).toEqual([false, false, false, true, true, true])
  network.heal()
  await expectMended()
  network.close()
})

type Place = ReturnType<Network['place']>
