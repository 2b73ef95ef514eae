import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandProcess } from '../means/commandProcess.mjs'
import { pythonCommand, runProgram, runShell } from './clientProgram.mjs'

/** What a program prints; fails unless it ends well. */
function printed({ exitCode, stdout, stderr }) {
  assert.equal(exitCode, 0, stderr)
  return stdout.trim()
}

const page = await readFile(fileURLToPath(new URL('../../docs/lab.md', import.meta.url)), 'utf8')

/** The blocks of the page in a language. */
const blocksOf = (language) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code,
  )

/** What pytest does with a file, without pytest: each test after what sets it up. */
const testRunner = `
import runpy, sys
tests = runpy.run_path(sys.argv[1])
names = [name for name in tests if name.startswith("test_")]
for name in names:
    tests["setup_function"]()
    tests[name]()
print(len(names))
`

/** A class with a main that does with a Lab what a test of JUnit would. */
const javaTest = (statements) => `
final class InTest {
    public static void main(String[] args) {
        Lab lab = new Lab(args[0]);
        lab.send("POST", "/reset", "");
        ${statements}
        System.out.println(lab.send("GET", "/faults", ""));
    }
}
`

/** The examples of docs/lab.md in other languages, as they stand there, against a server with a lab. */
export async function lab({ test }) {
  const server = new CommandProcess(['--port', '0', '--in-memory', '--lab', '--log', 'silent'])
  const directory = await mkdtemp(join(tmpdir(), 'dynatom-lab-'))
  try {
    const endpoint = await server.endpoint()
    const run = async (...command) => printed(await runProgram(endpoint, ...command))
    const shell = async (line) => printed(await runShell(endpoint, line))

    await test('Python', async () => {
      const [code] = blocksOf('python')
      const file = join(directory, 'test_orders.py')
      await writeFile(file, code)
      const [python] = pythonCommand('')
      assert.equal(await run(python, ['-c', testRunner, file]), '2')
    })

    await test('Java', async () => {
      const [helper, use] = blocksOf('java')
      const sources = [join(directory, 'Lab.java'), join(directory, 'InTest.java')]
      await writeFile(sources[0], helper)
      await writeFile(sources[1], javaTest(use))
      await run('javac', ['-d', directory, ...sources])
      const { faults } = JSON.parse(await run('java', ['-cp', directory, 'InTest', endpoint]))
      assert.equal(faults[0].rule.error.name, 'TransactionCanceledException')
    })

    await test('a transaction that loses its answer is done once, by the AWS CLI', async () => {
      await fetch(`${endpoint}/_dynatom/lab/reset`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      })
      await shell(
        'aws dynamodb create-table --table-name Orders --billing-mode PAY_PER_REQUEST ' +
          '--attribute-definitions AttributeName=OrderID,AttributeType=S ' +
          '--key-schema AttributeName=OrderID,KeyType=HASH',
      )
      const block = blocksOf('sh').find((each) => /^aws /m.test(each))
      await shell(block.replaceAll('http://127.0.0.1:8000', endpoint))
      const key = `'{"OrderID":{"S":"1001"}}'`
      const read = await shell(`aws dynamodb get-item --table-name Orders --key ${key}`)
      assert.deepEqual(JSON.parse(read).Item.paid, { N: '1' })
      const answer = await fetch(`${endpoint}/_dynatom/lab/faults`)
      const { faults } = await answer.json()
      assert.equal(faults[0].done, 1)
    })
  } finally {
    await server.kill('SIGTERM')
    await rm(directory, { recursive: true })
  }
}
