// 202: the job is at Location, and Retry-After says how many seconds to wait
import { writeFile } from "node:fs/promises";

const { CHATSVG_URL, CHATSVG_API_KEY } = process.env;
const headers = { "X-API-Key": CHATSVG_API_KEY, "Content-Type": "application/json" };
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

const answer = await fetch(`${CHATSVG_URL}/v1/svg/generate`, {
  method: "POST",
  headers,
  body: JSON.stringify({ prompt: "a lighthouse at night", style: "filled" }),
});
if (!answer.ok) throw new Error(await answer.text());
let job = { status: "QUEUED" };
while (["QUEUED", "RUNNING"].includes(job.status)) {
  await pause(answer.headers.get("Retry-After"));
  const found = await fetch(CHATSVG_URL + answer.headers.get("Location"), { headers });
  ({ job } = await found.json());
}

// the same drawing as a picture
const picture = `${CHATSVG_URL}/v1/svg/drawings/${job.drawingId}/export?format=png&size=512`;
const file = await fetch(picture, { headers });
await writeFile("lighthouse.png", Buffer.from(await file.arrayBuffer()));
console.log(job.status, job.svg);
