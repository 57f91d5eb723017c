// Connects as the React client does, and tells as lines of JSON what happens.
// node listen.cjs PACKAGES URL COOKIE OPTIONS; a line on stdin is run: connect, disconnect, emit.
const [packages, url, cookie, options] = process.argv.slice(2)
const { io } = require(`${packages}/socket.io-client`)

const tell = (what, more) => console.log(JSON.stringify({ what, at: Date.now() / 1000, ...more }))
const transport = () => socket.io.engine?.transport.name
const socket = io(url, {
  extraHeaders: cookie ? { Cookie: cookie } : {},
  ...JSON.parse(options),
})
socket.on("connect", () => {
  tell("connect", { transport: transport() })
  socket.io.engine.on("upgrade", () => tell("upgrade", { transport: transport() }))
})
socket.on("connect_error", (error) => tell("connect_error", { message: error.message, active: socket.active }))
socket.on("disconnect", (reason) => tell("disconnect", { reason, active: socket.active }))
socket.onAny((name, payload) => tell("event", { name, payload, transport: transport() }))

const orders = {
  connect: () => socket.connect(),
  disconnect: () => socket.disconnect(),
  emit: () => socket.emit("join", { room: "user:somebody" }, () => tell("acknowledged")),
}
require("readline").createInterface({ input: process.stdin }).on("line", (line) => orders[line]())
