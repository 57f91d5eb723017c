const { CHATSVG_URL, CHATSVG_API_KEY } = process.env;

const answer = await fetch(`${CHATSVG_URL}/v1/svg/generate`, {
  method: "POST",
  headers: {
    "X-API-Key": CHATSVG_API_KEY,
    "Content-Type": "application/json",
    Prefer: "wait=30",
  },
  body: JSON.stringify({ prompt: "a red fox asleep", style: "flat" }),
});
if (!answer.ok) throw new Error(await answer.text());
console.log(answer.status === 200 ? (await answer.json()).job.svg : answer.headers.get("Location"));
