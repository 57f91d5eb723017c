/** The names of what `/v1` takes and gives, out of its own description. */

import type { components, operations } from "./schema.js";

type Query<Name extends keyof operations> = NonNullable<operations[Name]["parameters"]["query"]>;
type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody?: { content: { "application/json": infer Asked } };
}
  ? Asked
  : never;
type Given<Name extends keyof operations, Status extends number> = operations[Name] extends {
  responses: Record<Status, { content: { "application/json": infer Answer } }>;
}
  ? Answer
  : never;

export type Wanted = Body<"generate">;
export type Style = NonNullable<Wanted["style"]>;
export type Accepted = Given<"generate", 202>;
export type Job = Given<"getJob", 200>["job"];
export type ListedJob = Given<"listJobs", 200>["jobs"][number];
export type Drawing = Given<"getDrawing", 200>["drawing"];
export type ListedDrawing = Given<"listDrawings", 200>["drawings"][number];
export type Styles = Given<"listStyles", 200>;
export type Models = Given<"listModels", 200>;
export type Estimate = Given<"estimate", 200>;
export type Credits = Given<"getCredits", 200>;
export type Usage = Given<"getUsage", 200>;
export type Webhook = Given<"getWebhook", 200>["webhook"];
export type NewWebhook = Given<"createWebhook", 201>;
export type Delivery = Given<"listWebhookDeliveries", 200>["deliveries"][number];
export type Problem = components["schemas"]["Problem"];

/** A job that has succeeded. */
export type Drawn = Job & { status: "SUCCEEDED"; svg: string; url: string; drawingId: string };

export type ExportQuery = Query<"exportDrawing">;
export type WebhookWanted = Body<"createWebhook">;
export type WebhookChanges = Body<"updateWebhook">;
export type Rotation = Body<"rotateWebhookSecret">;

interface Progress {
  jobId: string;
  status: "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED";
  stage: string;
  /** 0 to 100. */
  progress: number;
  /** It is a test key's job. */
  test?: true;
}

/** A job has changed. `id` grows from event to event, `seq` with each of one job. */
export interface JobUpdated extends Progress {
  type: "job.updated";
  id: number;
  seq: number;
  generationId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  at: string;
  /** When a job that failed for the moment is tried again. */
  retryAt?: string;
}

/** A hint between two changes, which may be lost. */
export interface JobProgressed extends Progress {
  type: "job.progressed";
}

/** What is drawn so far; a hint, too. */
export interface JobSketched extends Progress {
  type: "job.sketched";
  elements: number;
  svg: string;
}

export type JobEvent = JobUpdated | JobProgressed | JobSketched;
