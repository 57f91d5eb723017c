/** A server that answers as a test has written down, and keeps what it was asked. */

import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

import { type Client, type Options, createClient } from "chatsvg";

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface Scripted {
  client: Client;
  asked: IncomingMessage[];
  url: string;
}

export const KEY = "sk_test_" + "k".repeat(40);

/** The answers of each path, one after the other; its last one from then on. */
export async function scripted(
  test: TestContext,
  answers: Record<string, Answer[]>,
  options: Partial<Options> = {},
): Promise<Scripted> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    const known = answers[(request.url ?? "").split("?")[0] ?? ""] ?? [];
    const answer = known.length > 1 ? known.shift() : known[0];
    request.resume().on("end", () => (answer ?? problem(404, "NOT_FOUND"))(response, request));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { client: createClient({ apiKey: KEY, baseUrl: url, ...options }), asked, url };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

export function problem(
  status: number,
  errorCode: string,
  headers: Record<string, string> = {},
): Answer {
  const body = { type: "about:blank", title: "-", status, detail: "No.", errorCode };
  return json({ ...body, requestId: "r1", error: "No." }, status, headers);
}

/** Says these pieces, and then breaks off. */
export function stream(...pieces: (string | Uint8Array)[]): Answer {
  return async (response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 5)); // each arrives by itself
    }
    // what arrives together with the break may be dropped by who reads
    await new Promise((resolve) => setTimeout(resolve, 150));
    response.destroy();
  };
}

export const breaksOff: Answer = (response) => response.destroy();

export function job(status: string, more: object = {}) {
  const id = "11111111-1111-4111-8111-111111111111";
  const drawn = status === "SUCCEEDED" ? { svg: "<svg/>", drawingId: id, url: "http://x/" } : {};
  const none = { svg: null, drawingId: null, url: null, finishedAt: null, creditsCharged: true };
  const asked = { prompt: "a red fox asleep", style: "flat", model: "studio" };
  return { job: { id, status, createdAt: "", ...asked, ...none, ...drawn, ...more } };
}

export function event(id: number, status: string, progress = 50): string {
  const { id: jobId } = job(status).job;
  const told = { type: "job.updated", id, jobId, seq: id, status, stage: "model", progress };
  return `id: ${id}\nevent: job.updated\ndata: ${JSON.stringify(told)}\n\n`;
}
