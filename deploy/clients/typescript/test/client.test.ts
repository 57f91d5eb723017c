/** Against a running ChatSVG, with one of its test keys. */

import assert from "node:assert/strict";
import { before, test } from "node:test";

import {
  AuthenticationError,
  type Drawn,
  InvalidRequestError,
  type JobEvent,
  NotFoundError,
  createClient,
} from "chatsvg";

const baseUrl = process.env["CHATSVG_BASE_URL"] ?? "";
const client = createClient({ apiKey: process.env["CHATSVG_API_KEY"] ?? "", baseUrl });
const NOBODYS = "11111111-1111-4111-8111-111111111111";
const told: JobEvent[] = [];
let drawn: Drawn;

before(async () => {
  const wanted = { prompt: "a red fox asleep", style: "flat" } as const;
  drawn = await client.draw(wanted, { onProgress: (event) => told.push(event) });
});

test("draw gives the drawing, and tells of its end live", () => {
  assert.match(drawn.svg, /^<svg /);
  assert.equal(drawn.test, true);
  assert.ok(told.every((event) => event.jobId === drawn.id));
});

test("wait tells live how far it is", async () => {
  const progress: JobEvent[] = [];
  const { jobId } = await client.generate({ prompt: "a blue whale at sea", model: "studio" });

  await client.wait(jobId, { onProgress: (event) => progress.push(event) });

  assert.ok(progress.every((event) => event.jobId === jobId && event.progress >= 0));
});

test("the same idempotency key names the same job", async () => {
  const wanted = { prompt: "three green leaves" };
  const first = await client.generate(wanted, { idempotencyKey: `leaves-${drawn.id}` });
  const second = await client.generate(wanted, { idempotencyKey: `leaves-${drawn.id}` });

  assert.equal(second.jobId, first.jobId);
});

test("several drawings are jobs of their own", async () => {
  const accepted = await client.generate({ prompt: "a yellow lemon, cut", n: 2 });

  assert.equal(new Set(accepted.jobs?.map((one) => one.jobId)).size, 2);
});

test("lists go over all pages", async () => {
  const ids: string[] = [];
  for await (const job of client.jobs({ limit: 1 })) ids.push(job.id);

  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.length > 1);
  assert.ok(ids.includes(drawn.id));
});

test("export gives a file of the format", async () => {
  const png = await client.export(drawn.drawingId, { format: "png", size: 64 });
  const svg = await client.export(drawn.drawingId);

  assert.equal(png.type, "image/png");
  assert.match(await svg.text(), /^<svg /);
});

test("refusals are typed", async () => {
  const wrong = createClient({ apiKey: `sk_test_${"x".repeat(40)}`, baseUrl });

  await assert.rejects(wrong.credits(), AuthenticationError);
  await assert.rejects(client.job(NOBODYS), NotFoundError);
  await assert.rejects(client.generate({ prompt: "" }), InvalidRequestError);
});

test("a call ends when it is aborted", async () => {
  await assert.rejects(client.credits({ signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("listening ends when it is aborted", async () => {
  const listening = async () => {
    for await (const event of client.events({ signal: AbortSignal.timeout(300) })) void event;
  };

  await assert.rejects(listening, { name: "TimeoutError" });
});
