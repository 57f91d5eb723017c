// A small page on the client's origin that waits for drawings exactly as CONTRACT §5.5 says.
const UPDATE = "generation-job:update"
const SOCKET_MS = 8_000
const EVENT_MS = 120_000
const api = new URLSearchParams(location.search).get("api")
let csrf = ""
let socket = null

const pause = (ms) => new Promise((done) => setTimeout(done, ms))

async function call(method, path, body, headers = {}) {
  const response = await fetch(`${api}/api${path}`, {
    method,
    credentials: "include",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, ...headers },
    body: body && JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${response.status} ${path} ${await response.text()}`)
  return response.json()
}

async function signUp(email, password) {
  csrf = (await call("GET", "/csrf")).csrfToken
  await call("POST", "/auth/register", { email, password, name: "Ada", agreedToTerms: true })
  socket = io(api, { withCredentials: true })
}

function connected() {
  if (socket.connected) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Socket connection timed out")), SOCKET_MS)
    socket.once("connect", () => { clearTimeout(timer); resolve() })
    socket.once("connect_error", (error) => { clearTimeout(timer); reject(error) })
  })
}

function ended(jobId) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no terminal event")), EVENT_MS)
    const listen = (update) => {
      if (update.jobId !== jobId || !["SUCCEEDED", "FAILED"].includes(update.status)) return
      clearTimeout(timer)
      socket.off(UPDATE, listen)
      resolve(update)
    }
    socket.on(UPDATE, listen)
  })
}

// `late`: the page is busy between the answer and listening, so that it misses the first news.
async function generate(late) {
  const body = { prompt: "a red fox asleep", style: "flat", model: "gpt-4o", privacy: false }
  const key = { "x-idempotency-key": crypto.randomUUID() }
  const { job } = await call("POST", "/svg/generate-svg", body, key)
  await connected()
  if (late) await pause(late)
  const update = await ended(job.id)
  const told = Date.now()
  const final = (await call("GET", `/svg/generation-jobs/${job.id}`)).job
  const waited = told - Math.max(Date.parse(final.finishedAt), 0)
  return { status: update.status, waited, drawn: Boolean(final.generation?.svg), late: late || 0 }
}

// One after the other: a socket that stays; one that is connected anew; a page that is busy.
async function rounds(count) {
  const seen = []
  for (let number = 0; number < count; number++) {
    if (number % 3 === 1) socket.disconnect().connect()
    seen.push(await generate(number % 3 === 2 ? 400 : 0))
  }
  return seen
}
