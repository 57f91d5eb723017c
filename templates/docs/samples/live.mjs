// what becomes of your jobs, until the next one has ended
const { CHATSVG_URL, CHATSVG_API_KEY } = process.env;

const stream = await fetch(`${CHATSVG_URL}/v1/events`, {
  headers: { "X-API-Key": CHATSVG_API_KEY },
});
if (!stream.ok) throw new Error(await stream.text());
let rest = "";
reading: for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines.filter((one) => one.startsWith("data: "))) {
    const event = JSON.parse(line.slice("data: ".length));
    console.log(event.jobId, event.status, event.progress);
    if (["SUCCEEDED", "FAILED", "CANCELED"].includes(event.status)) break reading;
  }
}
