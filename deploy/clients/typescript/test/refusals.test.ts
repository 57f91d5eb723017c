/** What the client does when a server is not well: the server is the test's own. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { inspect } from "node:util";

import {
  ChatSVGError,
  ConnectionError,
  InsufficientCreditsError,
  JobFailedError,
  RateLimitError,
  ServerError,
  UnexpectedAnswerError,
  createClient,
} from "chatsvg";

import { KEY, breaksOff, event, job, json, problem, scripted, stream } from "./server.js";

const WANTED = { prompt: "a red fox asleep" };
const ACCEPTED = { jobId: job("QUEUED").job.id, status: "queued", creditsCharged: true };
const GENERATE = "/v1/svg/generate";
const JOB = `/v1/svg/job/${ACCEPTED.jobId}`;
const EVENTS = "/v1/events";

test("generate is sent again as Retry-After says, under the same key", async (t) => {
  const again = problem(429, "TOO_MANY_REQUESTS", { "Retry-After": "1" });
  const { client, asked } = await scripted(t, { [GENERATE]: [again, json(ACCEPTED, 202)] });
  const began = Date.now();

  const accepted = await client.generate(WANTED);

  assert.equal(accepted.jobId, ACCEPTED.jobId);
  assert.ok(Date.now() - began >= 950);
  const keys = asked.map((request) => request.headers["idempotency-key"]);
  assert.equal(keys.length, 2);
  assert.ok(keys[0]);
  assert.equal(keys[0], keys[1]);
});

test("generate is sent again where the answer was lost", async (t) => {
  const { client, asked } = await scripted(t, { [GENERATE]: [breaksOff, json(ACCEPTED, 202)] });

  await client.generate(WANTED, { idempotencyKey: "mine" });

  const keys = asked.map((request) => request.headers["idempotency-key"]);
  assert.deepEqual(keys, ["mine", "mine"]);
});

test("a pause that is too long is the caller's to decide", async (t) => {
  const refused = problem(429, "MONTHLY_QUOTA_EXCEEDED", { "Retry-After": "86400" });
  const { client, asked } = await scripted(t, { [GENERATE]: [refused] });

  await assert.rejects(client.generate(WANTED), (error) => {
    assert.ok(error instanceof RateLimitError);
    assert.equal(error.code, "MONTHLY_QUOTA_EXCEEDED");
    assert.equal(error.retryAfter, 86400);
    return true;
  });
  assert.equal(asked.length, 1);
});

test("what may have been carried out is not sent again", async (t) => {
  const away = problem(503, "SERVICE_UNAVAILABLE", { "Retry-After": "0" });
  const { client, asked } = await scripted(t, { "/v1/webhooks": [away] });

  await assert.rejects(client.webhooks.create({ url: "https://example.com/" }), ServerError);
  assert.equal(asked.length, 1);
});

test("refusals are errors of their own, without what was sent", async (t) => {
  const { client, url } = await scripted(t, { [GENERATE]: [problem(402, "INSUFFICIENT_CREDITS")] });

  const error = await client.generate(WANTED).catch((error) => error);

  assert.ok(error instanceof InsufficientCreditsError);
  assert.equal(error.requestId, "r1");
  assert.equal(error.message, "No.");
  const away = createClient({ apiKey: KEY, baseUrl: "http://127.0.0.1:9", retries: 0 });
  const lost = await away.credits().catch((error) => error);
  assert.ok(lost instanceof ConnectionError);
  for (const shown of [error, lost, client, away]) {
    assert.ok(!inspect(shown, { depth: 9, showHidden: true }).includes(KEY));
  }
  assert.throws(() => createClient({ apiKey: `${KEY}\n`, baseUrl: url }), withoutKey);
  assert.throws(() => createClient({ apiKey: KEY, baseUrl: `http://me:${KEY}@x/` }), withoutKey);
});

function withoutKey(error: unknown): boolean {
  assert.ok(error instanceof ChatSVGError);
  assert.ok(!inspect(error).includes(KEY));
  return true;
}

test("a key goes to no other server", async (t) => {
  const other = await scripted(t, { "/v1/credits": [json({})] });
  const away = json({}, 302, { Location: `${other.url}/v1/credits` });
  const { client } = await scripted(t, { "/v1/credits": [away] }, { retries: 0 });

  await assert.rejects(client.credits(), ConnectionError);
  assert.equal(other.asked.length, 0);
});

test("what is no answer of ChatSVG is told as that", async (t) => {
  const page = json("<html>", 502, { "Content-Type": "text/html" });
  const { client } = await scripted(t, { "/v1/credits": [page] }, { retries: 0 });

  await assert.rejects(client.credits(), UnexpectedAnswerError);
});

test("waiting goes on behind the last event when the stream breaks", async (t) => {
  const { client, asked } = await scripted(t, {
    [JOB]: [json(job("RUNNING")), json(job("RUNNING")), json(job("SUCCEEDED"))],
    [EVENTS]: [
      stream("retry: 10\n\n", event(7, "RUNNING")),
      stream(event(8, "RUNNING", 90), event(9, "SUCCEEDED", 100)),
    ],
  });
  const told: number[] = [];

  const drawn = await client.wait(ACCEPTED.jobId, {
    onProgress: (event) => told.push(event.progress),
  });

  assert.equal(drawn.svg, "<svg/>");
  assert.deepEqual(told, [50, 90, 100]);
  const streams = asked.filter((request) => request.url === EVENTS);
  const resumed = streams.map((request) => request.headers["last-event-id"]);
  assert.deepEqual(resumed, [undefined, "7"]);
});

test("waiting asks now and then where there is no stream", async (t) => {
  const queued = json(job("QUEUED"), 200, { "Retry-After": "1" });
  const { client, asked } = await scripted(t, { [JOB]: [queued, json(job("SUCCEEDED"))] });
  const began = Date.now();

  const drawn = await client.wait(ACCEPTED.jobId);

  assert.equal(drawn.status, "SUCCEEDED");
  assert.ok(Date.now() - began >= 950);
  assert.deepEqual(asked.map((request) => request.url), [EVENTS, JOB, JOB]);
});

test("waiting leaves no connection behind", async (t) => {
  let closed = false;
  const { client } = await scripted(t, {
    [JOB]: [json(job("SUCCEEDED"))],
    [EVENTS]: [
      (response) => {
        response.on("close", () => (closed = true));
        response.writeHead(200, { "Content-Type": "text/event-stream" });
        response.write("retry: 10\n\n");
      },
    ],
  });

  await client.wait(ACCEPTED.jobId);

  for (let tries = 0; tries < 100 && !closed; tries++) await setTimeout(10);
  assert.ok(closed);
});

test("waiting tells of a job that failed", async (t) => {
  const failed = job("FAILED", { errorCode: "TIMEOUT", errorMessage: "It took too long." });
  const { client } = await scripted(t, { [JOB]: [json(failed)] });

  await assert.rejects(client.wait(ACCEPTED.jobId), (error) => {
    assert.ok(error instanceof JobFailedError);
    assert.equal(error.code, "TIMEOUT");
    assert.equal(error.job.id, ACCEPTED.jobId);
    return true;
  });
});

test("waiting ends at once when it is aborted", async (t) => {
  const { client } = await scripted(t, { [JOB]: [json(job("QUEUED"))] });
  const signal = AbortSignal.timeout(50);
  const began = Date.now();

  await assert.rejects(client.wait(ACCEPTED.jobId, { signal }), { name: "TimeoutError" });
  assert.ok(Date.now() - began < 2000);
});

test("events are read whatever the pieces that they come in", async (t) => {
  const bytes = new TextEncoder().encode('id: 1\r\ndata: {"stage":\rdata: "ä"}\r\n\r\n');
  const pieces = [...bytes].map((byte) => Uint8Array.of(byte));
  const { client, asked } = await scripted(t, {
    [EVENTS]: [stream(": hello\n\n", "retry: 5\n\n", ...pieces), problem(401, "API_KEY_REVOKED")],
  });
  const stages: string[] = [];

  const listening = (async () => {
    for await (const event of client.events({ after: 0 })) stages.push(event.stage);
  })();

  await assert.rejects(listening, { code: "API_KEY_REVOKED" });
  assert.deepEqual(stages, ["ä"]);
  assert.deepEqual(asked.map((request) => request.headers["last-event-id"]), ["0", "1"]);
});
