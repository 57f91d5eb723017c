import createTyped from "openapi-fetch";

import {
  ConnectionError,
  JobFailedError,
  UnexpectedAnswerError,
  refusal,
  retryAfter,
} from "./errors.js";
import { type FeedOptions, beats } from "./feed.js";
import type { paths } from "./schema.js";
import { type Options, transport } from "./transport.js";
import type {
  Accepted,
  Credits,
  Delivery,
  Drawing,
  Drawn,
  Estimate,
  ExportQuery,
  Job,
  JobEvent,
  ListedDrawing,
  ListedJob,
  Models,
  NewWebhook,
  Rotation,
  Styles,
  Usage,
  Wanted,
  Webhook,
  WebhookChanges,
  WebhookWanted,
} from "./types.js";
import { type WaitOptions, ended } from "./waiting.js";

export interface CallOptions {
  signal?: AbortSignal;
}

export interface GenerateOptions extends CallOptions {
  /** Any text of yours that names this request; a new one where absent. */
  idempotencyKey?: string;
}

export interface ListOptions extends CallOptions {
  /** Items on a page: how many are fetched at once. */
  limit?: number;
}

/** A client of ChatSVG. Everything raises ChatSVGError, or the reason of its `signal`. */
export type Client = ReturnType<typeof createClient>;

export function createClient(options: Options) {
  const wire = transport(options);
  const typed = createTyped<paths>({
    baseUrl: wire.baseUrl,
    headers: wire.headers,
    fetch: wire.send,
    redirect: "error", // an API key goes nowhere else
    cache: "no-store",
  });

  /** Asks for drawings: the first of its jobs, and all of them where `n` is more than one. */
  async function generate(wanted: Wanted, options: GenerateOptions = {}): Promise<Accepted> {
    const { idempotencyKey = crypto.randomUUID(), ...call } = options;
    const header = { "Idempotency-Key": idempotencyKey };
    const answer = typed.POST("/v1/svg/generate", { body: wanted, params: { header }, ...call });
    return (await good(answer)) as Accepted; // done at once is only what `Prefer` asks for
  }

  async function look(jobId: string, call: CallOptions) {
    const params = { path: { job_id: jobId } };
    const answer = typed.GET("/v1/svg/job/{job_id}", { params, ...call });
    const { job } = await good(answer);
    return { job, retryAfter: retryAfter((await answer).response) };
  }

  /** A job as it is now, with its drawing once it has succeeded. */
  async function job(jobId: string, call: CallOptions = {}): Promise<Job> {
    return (await look(jobId, call)).job;
  }

  /**
   * The job once it has succeeded: told live, or else by asking now and then.
   *
   * Raises JobFailedError where it failed, or was canceled.
   */
  async function wait(jobId: string, options: WaitOptions = {}): Promise<Drawn> {
    const { signal } = options;
    const job = await ended(wire, jobId, () => look(jobId, { signal }), options);
    if (job.status !== "SUCCEEDED") throw new JobFailedError(job);
    return job as Drawn;
  }

  /** Asks for one drawing and waits for it. Raises JobFailedError. */
  async function draw(
    wanted: Omit<Wanted, "n">,
    { onProgress, ...options }: GenerateOptions & WaitOptions = {},
  ): Promise<Drawn> {
    const { jobId } = await generate(wanted, options);
    return wait(jobId, { onProgress, signal: options.signal });
  }

  /** Stops a job; its price is given back. */
  async function cancel(jobId: string, call: CallOptions = {}): Promise<Job> {
    const params = { path: { job_id: jobId } };
    return (await good(typed.POST("/v1/svg/job/{job_id}/cancel", { params, ...call }))).job;
  }

  /** All jobs, newest first. */
  function jobs({ limit, ...call }: ListOptions = {}): AsyncGenerator<ListedJob, void> {
    return rows(async (cursor) => {
      const params = { query: { limit, cursor } };
      const found = await good(typed.GET("/v1/svg/jobs", { params, ...call }));
      return [found.jobs, found.nextCursor];
    });
  }

  /** All drawings, newest first, without their text. */
  function drawings({ limit, ...call }: ListOptions = {}): AsyncGenerator<ListedDrawing, void> {
    return rows(async (cursor) => {
      const params = { query: { limit, cursor } };
      const found = await good(typed.GET("/v1/svg/drawings", { params, ...call }));
      return [found.drawings, found.nextCursor];
    });
  }

  async function drawing(drawingId: string, call: CallOptions = {}): Promise<Drawing> {
    const params = { path: { drawing_id: drawingId } };
    return (await good(typed.GET("/v1/svg/drawings/{drawing_id}", { params, ...call }))).drawing;
  }

  async function deleteDrawing(drawingId: string, call: CallOptions = {}): Promise<void> {
    const params = { path: { drawing_id: drawingId } };
    await good(typed.DELETE("/v1/svg/drawings/{drawing_id}", { params, ...call }));
  }

  /** A drawing as a file; `type` of what comes tells which. */
  async function exportDrawing(
    drawingId: string,
    query: ExportQuery = {},
    call: CallOptions = {},
  ): Promise<Blob> {
    const params = { path: { drawing_id: drawingId }, query };
    const path = "/v1/svg/drawings/{drawing_id}/export";
    return good(typed.GET(path, { params, parseAs: "blob", ...call }));
  }

  function styles(call: CallOptions = {}): Promise<Styles> {
    return good(typed.GET("/v1/styles", { ...call }));
  }

  function models(call: CallOptions = {}): Promise<Models> {
    return good(typed.GET("/v1/models", { ...call }));
  }

  function credits(call: CallOptions = {}): Promise<Credits> {
    return good(typed.GET("/v1/credits", { ...call }));
  }

  /** What a request would cost, and how long it would take. Nothing is drawn. */
  function estimate(wanted: Wanted, call: CallOptions = {}): Promise<Estimate> {
    return good(typed.POST("/v1/estimate", { body: wanted, ...call }));
  }

  /** This month. */
  function usage(call: CallOptions = {}): Promise<Usage> {
    return good(typed.GET("/v1/usage", { ...call }));
  }

  /**
   * What happens to all jobs of the key's person, as it happens, for as long as you listen.
   *
   * A connection that breaks is made again behind the last event. Who is refused hears why.
   */
  async function* events(options: FeedOptions = {}): AsyncGenerator<JobEvent, void> {
    for await (const beat of beats(wire, options, Infinity)) {
      if (typeof beat === "object") yield beat;
    }
  }

  const webhooks = {
    /** All of them, the oldest first. */
    async list(call: CallOptions = {}): Promise<Webhook[]> {
      return (await good(typed.GET("/v1/webhooks", { ...call }))).webhooks;
    },

    /** The webhook and its secret, which is shown this once. */
    create(wanted: WebhookWanted, call: CallOptions = {}): Promise<NewWebhook> {
      return good(typed.POST("/v1/webhooks", { body: wanted, ...call }));
    },

    async get(webhookId: string, call: CallOptions = {}): Promise<Webhook> {
      const params = { path: { webhook_id: webhookId } };
      return (await good(typed.GET("/v1/webhooks/{webhook_id}", { params, ...call }))).webhook;
    },

    async update(
      webhookId: string,
      body: WebhookChanges,
      call: CallOptions = {},
    ): Promise<Webhook> {
      const params = { path: { webhook_id: webhookId } };
      const answer = typed.PATCH("/v1/webhooks/{webhook_id}", { params, body, ...call });
      return (await good(answer)).webhook;
    },

    async delete(webhookId: string, call: CallOptions = {}): Promise<void> {
      const params = { path: { webhook_id: webhookId } };
      await good(typed.DELETE("/v1/webhooks/{webhook_id}", { params, ...call }));
    },

    /** A new secret; the one before it signs as well for a day, unless `endPrevious`. */
    rotate(webhookId: string, body: Rotation = {}, call: CallOptions = {}): Promise<NewWebhook> {
      const params = { path: { webhook_id: webhookId } };
      return good(typed.POST("/v1/webhooks/{webhook_id}/rotate", { params, body, ...call }));
    },

    /** Has an event sent that tells of nothing. */
    async test(webhookId: string, call: CallOptions = {}): Promise<Delivery> {
      const params = { path: { webhook_id: webhookId } };
      const answer = typed.POST("/v1/webhooks/{webhook_id}/test", { params, ...call });
      return (await good(answer)).delivery;
    },

    /** What was and is to be sent, newest first. */
    deliveries(
      webhookId: string,
      { limit, ...call }: ListOptions = {},
    ): AsyncGenerator<Delivery, void> {
      return rows(async (cursor) => {
        const params = { path: { webhook_id: webhookId }, query: { limit, cursor } };
        const path = "/v1/webhooks/{webhook_id}/deliveries";
        const found = await good(typed.GET(path, { params, ...call }));
        return [found.deliveries, found.nextCursor];
      });
    },

    /** Has a delivery sent again, now, under its old id. */
    async replay(deliveryId: string, call: CallOptions = {}): Promise<Delivery> {
      const params = { path: { delivery_id: deliveryId } };
      const path = "/v1/webhooks/deliveries/{delivery_id}/replay";
      return (await good(typed.POST(path, { params, ...call }))).delivery;
    },

    /** At how many credits `credits.low` is told. */
    async threshold(call: CallOptions = {}): Promise<number> {
      return (await good(typed.GET("/v1/webhooks/settings", { ...call }))).creditsLowThreshold;
    },

    async setThreshold(creditsLowThreshold: number, call: CallOptions = {}): Promise<number> {
      const answer = typed.PATCH("/v1/webhooks/settings", { body: { creditsLowThreshold }, ...call });
      return (await good(answer)).creditsLowThreshold;
    },
  };

  return {
    generate,
    draw,
    job,
    wait,
    cancel,
    jobs,
    drawings,
    drawing,
    deleteDrawing,
    export: exportDrawing,
    styles,
    models,
    credits,
    estimate,
    usage,
    events,
    webhooks,
  };
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of an answer that tells of success. Raises ChatSVGError. */
async function good<T>(asked: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await asked.catch(unread);
  if (!response.ok) throw refusal(response, error);
  if (data == null) throw new UnexpectedAnswerError(response.status);
  return data;
}

/** An answer that broke off, or is no JSON. */
function unread(error: unknown): never {
  if (error instanceof TypeError) throw new ConnectionError();
  if (error instanceof SyntaxError) throw new UnexpectedAnswerError();
  throw error;
}

/** The rows of all pages. */
async function* rows<Row>(
  page: (cursor: string | undefined) => Promise<[Row[], string | null]>,
): AsyncGenerator<Row, void> {
  let cursor: string | undefined;
  do {
    const [found, next] = await page(cursor);
    yield* found;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}

