/** dynalite through its API, in memory, tables active at once. Prints its address when ready. */
import dynalite from 'dynalite'

const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 })

server.listen(0, '127.0.0.1', () => {
  console.log(`dynalite ready at http://127.0.0.1:${server.address().port}`)
})
