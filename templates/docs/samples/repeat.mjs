// asked twice, drawn once: the second answer is the first, byte for byte
const { CHATSVG_URL, CHATSVG_API_KEY } = process.env;

const order = () =>
  fetch(`${CHATSVG_URL}/v1/svg/generate`, {
    method: "POST",
    headers: {
      "X-API-Key": CHATSVG_API_KEY,
      "Content-Type": "application/json",
      "Idempotency-Key": "order-4711-from-javascript",
    },
    body: JSON.stringify({ prompt: "a paper boat", style: "outline" }),
  });

const first = await order();
const second = await order();
console.log("Idempotent-Replayed:", second.headers.get("Idempotent-Replayed"));
console.log((await first.text()) === (await second.text()) ? "one job" : "two jobs");
