// the secret is shown this once: keep it where the receiver finds it
const { CHATSVG_URL, CHATSVG_API_KEY, RECEIVER_URL } = process.env;

const made = await fetch(`${CHATSVG_URL}/v1/webhooks`, {
  method: "POST",
  headers: { "X-API-Key": CHATSVG_API_KEY, "Content-Type": "application/json" },
  body: JSON.stringify({
    url: RECEIVER_URL,
    events: ["generation.succeeded", "generation.failed"],
  }),
});
if (!made.ok) throw new Error(await made.text());
console.log((await made.json()).secret);
