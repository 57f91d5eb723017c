/** What happens to jobs, as it happens: `/v1/events`. */

import { ConnectionError, ServerError, UnexpectedAnswerError, refusal } from "./errors.js";
import { pause } from "./pauses.js";
import { messages } from "./streams.js";
import type { Transport } from "./transport.js";
import type { JobEvent } from "./types.js";

export interface FeedOptions {
  /** The `id` of the last event that was seen: those behind it are told first. */
  after?: number | string;
  signal?: AbortSignal;
}

/** An event; or that the connection is there (again), or that nothing came for a while. */
export type Beat = JobEvent | "opened" | "quiet";

const QUIET = 10; // seconds
const DEAD = 4; // times that: the server says something every 18 seconds
const LONGEST_PAUSE = 30;

/**
 * One connection after the other, each behind the last event of the one before.
 *
 * Raises what the server refuses with; and where it is away, once so many connections in a row
 * have come to nothing.
 */
export async function* beats(
  transport: Transport,
  { after, signal }: FeedOptions,
  tries: number,
): AsyncGenerator<Beat, void> {
  const place: Place = { last: after === undefined ? undefined : String(after), pause: 2 };
  for (let failures = 0; ; ) {
    try {
      const body = await open(transport, place.last, signal);
      for await (const beat of connection(body, place)) {
        if (beat !== "opened") failures = 0;
        yield beat;
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (!isPassing(error) || ++failures >= tries) throw told(error);
    }
    const seconds = place.pause * 2 ** Math.max(0, failures - 1);
    await pause(Math.min(seconds, LONGEST_PAUSE), signal);
  }
}

/** The last event that was seen, and the usual seconds between two connections. */
interface Place {
  last: string | undefined;
  pause: number;
}

/** What comes by one connection, which is closed behind it. */
async function* connection(
  body: ReadableStream<Uint8Array>,
  place: Place,
): AsyncGenerator<Beat, void> {
  try {
    yield "opened";
    let silent = 0;
    for await (const message of messages(body, QUIET)) {
      silent = message ? 0 : silent + 1;
      if (silent === DEAD) return;
      place.last = message?.id ?? place.last;
      place.pause = message?.retry === undefined ? place.pause : message.retry / 1000;
      if (!message) yield "quiet";
      else if (message.data) yield JSON.parse(message.data) as JobEvent;
    }
  } finally {
    await body.cancel().catch(() => undefined); // where nothing was read of it yet
  }
}

/** A connection that broke, or a server that is away for the moment. */
function isPassing(error: unknown): boolean {
  const isAway = error instanceof ConnectionError || error instanceof ServerError;
  return isAway || error instanceof TypeError;
}

/** Platforms tell of a stream that broke by a TypeError. */
function told(error: unknown): unknown {
  if (error instanceof SyntaxError) return new UnexpectedAnswerError();
  return error instanceof TypeError ? new ConnectionError() : error;
}

async function open(
  transport: Transport,
  last: string | undefined,
  signal?: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const headers = { ...transport.headers, Accept: "text/event-stream" };
  const response = await transport.once(
    new Request(`${transport.baseUrl}/v1/events`, {
      headers: last === undefined ? headers : { ...headers, "Last-Event-ID": last },
      redirect: "error",
      cache: "no-store",
      signal,
    }),
  );
  if (!response.ok) throw refusal(response, await response.json().catch(() => undefined));
  const kind = response.headers.get("Content-Type") ?? "";
  if (!response.body || !kind.startsWith("text/event-stream")) {
    await response.body?.cancel();
    throw new UnexpectedAnswerError(response.status);
  }
  return response.body;
}
