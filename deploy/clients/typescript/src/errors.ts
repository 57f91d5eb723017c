/** What can go wrong. No error carries an API key, a header or a body that was sent. */

import type { Job, Problem } from "./types.js";

export class ChatSVGError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** No answer came. `code` is the system's, such as ECONNREFUSED, where it gave one. */
export class ConnectionError extends ChatSVGError {
  constructor(readonly code?: string) {
    super(code ? `The server gave no answer (${code})` : "The server gave no answer");
  }
}

/** Something answered that does not speak as ChatSVG does: a proxy, or another server. */
export class UnexpectedAnswerError extends ChatSVGError {
  constructor(readonly status?: number) {
    super(`This is no answer of ChatSVG${status ? ` (status ${status})` : ""}`);
  }
}

/** A job came to nothing: its `code` says why (CANCELED where it was canceled). */
export class JobFailedError extends ChatSVGError {
  constructor(readonly job: Job) {
    super(job.errorMessage ?? "The drawing failed");
  }

  get code(): string {
    return this.job.errorCode ?? "";
  }
}

/** The server refused, with a problem (RFC 9457). The classes below tell why, by its status. */
export class ProblemError extends ChatSVGError {
  readonly status: number;
  /** For programs: stable, such as INSUFFICIENT_CREDITS. */
  readonly code: string;
  /** Names the request in the server's logs. */
  readonly requestId: string;

  constructor(
    readonly problem: Problem,
    /** Seconds after which it makes sense to ask again, where the server named them. */
    readonly retryAfter?: number,
  ) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.errorCode;
    this.requestId = problem.requestId;
  }
}

/** 400, 413, 415 or 422: change the request. */
export class InvalidRequestError extends ProblemError {}
/** 401: no API key, or one that is not valid. */
export class AuthenticationError extends ProblemError {}
/** 402: there are not enough credits. */
export class InsufficientCreditsError extends ProblemError {}
/** 403: the key may not do this. */
export class ForbiddenError extends ProblemError {}
/** 404: there is nothing by this id. */
export class NotFoundError extends ProblemError {}
/** 409: it cannot be done as things are. */
export class ConflictError extends ProblemError {}
/** 429: too many requests or drawings. */
export class RateLimitError extends ProblemError {}
/** 5xx: the server's fault. */
export class ServerError extends ProblemError {}

const BY_STATUS: Record<number, typeof ProblemError> = {
  400: InvalidRequestError,
  401: AuthenticationError,
  402: InsufficientCreditsError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  413: InvalidRequestError,
  415: InvalidRequestError,
  422: InvalidRequestError,
  429: RateLimitError,
};

/** The error of an answer that is none of success. */
export function refusal(response: Response, body: unknown): ChatSVGError {
  if (!isProblem(body)) return new UnexpectedAnswerError(response.status);
  const Class = BY_STATUS[response.status] ?? (response.status < 500 ? ProblemError : ServerError);
  return new Class(body, retryAfter(response));
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "detail" in body && "errorCode" in body;
}

/** The seconds of Retry-After, in either of its forms (RFC 9110 §10.2.3). */
export function retryAfter(response: Response): number | undefined {
  const told = response.headers.get("Retry-After");
  if (!told) return undefined;
  if (/^\d+$/.test(told)) return Number(told);
  const at = Date.parse(told);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}
