// signs in and makes a test key; CHATSVG_EMAIL and CHATSVG_PASSWORD are those of your account
const { CHATSVG_URL, CHATSVG_EMAIL: email, CHATSVG_PASSWORD: password } = process.env;
const cookies = new Map();

async function ask(path, body, headers = {}) {
  const response = await fetch(`${CHATSVG_URL}/api${path}`, {
    method: body ? "POST" : "GET",
    headers: {
      "Content-Type": "application/json",
      Cookie: [...cookies].map((pair) => pair.join("=")).join("; "),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  for (const cookie of response.headers.getSetCookie()) {
    const [name, value] = cookie.split(";")[0].split("=");
    cookies.set(name, value);
  }
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

const csrf = { "X-CSRF-Token": (await ask("/csrf")).csrfToken };
await ask("/auth/login", { email, password }, csrf);
const made = await ask("/keys", { name: "My first key", environment: "test" }, csrf);
console.log(made.key);
