import { describe, expect, test } from 'vitest'
import { useConsole } from './openConsole.ts'

describe('without a lab', () => {
  const console = useConsole()

  test('5: the course says how to start it', async () => {
    const page = await console.open('#/learn/gamePurchase/conflict')
    await page.getByRole('note').getByText('Start the server with --lab').waitFor()
    await page.getByRole('link', { name: '2. The purchase' }).click()
    await page.getByRole('heading', { name: '2. The purchase' }).waitFor()
    expect(await page.getByRole('note').count()).toBe(0)
  })

  test('5: wrong attempts get the reason that the database saw', async () => {
    const page = await console.open('#/learn/ordersAndPayments/pay')
    await page.getByText('A solution').click()
    const solution = await page.getByRole('region', { name: 'Solution' }).innerText()
    await page.getByRole('textbox', { name: 'Program', exact: true }).focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText(solution.replace("S: 'PENDING'", "S: 'OPEN'"))
    await page.getByRole('button', { name: 'Run' }).click()
    const saw = page.getByRole('region', { name: 'What the database saw' })
    await saw.getByText('ConditionalCheckFailed', { exact: true }).waitFor()
    await saw.getByText('Status = {"S":"OPEN"} is false, where Status is {"S":"PENDING"}').waitFor()
  })
})

describe('where keys are verified', () => {
  const console = useConsole('--auth', 'required')

  test('5: programs get no keys of anybody’s: there are no courses', async () => {
    const page = await console.open('#/learn/bookstore')
    await page.getByLabel('Access key id').fill('ROOT')
    await page.getByLabel('Secret access key').fill('secret-of-the-root')
    await page.getByRole('button', { name: 'Use these keys' }).click()
    await page.getByText('a server that verifies keys does not have').waitFor()
    expect(await page.getByRole('button', { name: 'Run' }).count()).toBe(0)
  })
})
