// Evaluates expressions of the TypeScript client: a line of JSON each, answered by a line of JSON.
import { createInterface } from "node:readline";
import { argv, env } from "node:process";

const { createClient } = await import(argv[2]);
const client = createClient({ apiKey: env.CHATSVG_API_KEY, baseUrl: env.CHATSVG_BASE_URL });

for await (const line of createInterface({ input: process.stdin })) {
  const { expression, names } = JSON.parse(line);
  const seen = [];
  const known = { client, onProgress: (event) => seen.push(event), ...names };
  try {
    const evaluate = new Function(...Object.keys(known), `return ${expression}`);
    const told = await whole(evaluate(...Object.values(known)));
    console.log(JSON.stringify({ told: told ?? null, seen }));
  } catch (error) {
    console.log(JSON.stringify({ error: `${error.name}: ${error.message}` }));
  }
}

async function whole(value) {
  if (!value[Symbol.asyncIterator]) {
    const found = await value;
    return found instanceof Blob ? found.text() : found;
  }
  const items = [];
  for await (const item of value) {
    items.push(item);
    if (item.type === "job.updated" && item.status === "SUCCEEDED") break; // it has no end itself
  }
  return items;
}
