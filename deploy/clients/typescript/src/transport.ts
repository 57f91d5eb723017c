/** Sending requests, and sending them again where that is right. */

import { ChatSVGError, ConnectionError, retryAfter } from "./errors.js";
import { pause } from "./pauses.js";

export interface Options {
  /** `sk_live_…` or `sk_test_…`. */
  apiKey: string;
  /** Where ChatSVG is, without `/v1`: `https://chatsvg.example`. */
  baseUrl: string;
  /** How often a request is sent again at most, where that can do no harm. */
  retries?: number;
  /** The longest Retry-After, in seconds, that is waited for; a longer one is an error at once. */
  longestPause?: number;
  /** Instead of the platform's own. */
  fetch?: (request: Request) => Promise<Response>;
}

export interface Transport {
  baseUrl: string;
  headers: Record<string, string>;
  /** Sends once. Raises ConnectionError. */
  once(request: Request): Promise<Response>;
  /** Sends, and again while the server asks for patience. */
  send(request: Request): Promise<Response>;
}

const PASSING = [429, 502, 503, 504];
const FIRST_PAUSE = 0.5; // seconds, where the server names none; twice as many each time

export function transport(options: Options): Transport {
  const { retries = 3, longestPause = 60 } = options;
  const fetch = options.fetch ?? ((request) => globalThis.fetch(request));

  async function once(request: Request): Promise<Response> {
    try {
      return await fetch(request);
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason;
      throw new ConnectionError(codeOf(error));
    }
  }

  async function send(request: Request): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
      const wait = FIRST_PAUSE * 2 ** attempt * (0.5 + Math.random());
      const isLast = attempt >= retries;
      let seconds = wait;
      try {
        const response = await once(isLast ? request : request.clone());
        const asked = patience(request, response, wait);
        if (isLast || asked === undefined || asked > longestPause) return response;
        await response.body?.cancel();
        seconds = asked;
      } catch (error) {
        if (isLast || !(error instanceof ConnectionError) || !isRepeatable(request)) throw error;
      }
      await pause(seconds, request.signal);
    }
  }

  return {
    baseUrl: checkedUrl(options.baseUrl),
    headers: { "X-API-Key": checkedKey(options.apiKey) },
    once,
    send,
  };
}

/** Seconds to wait before asking again; undefined where the answer stands. */
function patience(request: Request, response: Response, usual: number): number | undefined {
  const { status } = response;
  if (status === 429 || (isRepeatable(request) && PASSING.includes(status))) {
    return retryAfter(response) ?? usual;
  }
  return status === 409 && isRepeatable(request) ? retryAfter(response) : undefined;
}

/** Whether it does no harm if the server carried it out, and only the answer was lost. */
function isRepeatable(request: Request): boolean {
  return request.method === "GET" || request.headers.has("Idempotency-Key");
}

function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause && typeof cause === "object" && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Platforms repeat a header or an address that they refuse in their error: we do not. */
function checkedKey(key: string): string {
  if (!/^[\x21-\x7e]+$/.test(key)) throw new ChatSVGError("apiKey is missing, or is no API key");
  return key;
}

function checkedUrl(text: string): string {
  if (!URL.canParse(text)) throw new ChatSVGError("baseUrl is no URL");
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new ChatSVGError("baseUrl must be like https://chatsvg.example, and nothing more");
  }
  return url.href.replace(/\/+$/, "");
}
