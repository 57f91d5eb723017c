/** Waiting for the end of a job: told of it live, or else by asking now and then. */

import { ChatSVGError } from "./errors.js";
import { type Beat, beats } from "./feed.js";
import { pause } from "./pauses.js";
import type { Transport } from "./transport.js";
import type { Job, JobEvent } from "./types.js";

export interface WaitOptions {
  /** Is told of each step, and of the drawing so far, while the connection is live. */
  onProgress?: (event: JobEvent) => void;
  signal?: AbortSignal;
}

/** A job, and after how many seconds it makes sense to look again. */
export type Look = () => Promise<{ job: Job; retryAfter: number | undefined }>;

const TRIES = 3; // connections in a row that come to nothing
const POLL = 3; // seconds

export async function ended(
  transport: Transport,
  jobId: string,
  look: Look,
  options: WaitOptions,
): Promise<Job> {
  for await (const beat of live(transport, options.signal)) {
    if (!concerns(beat, jobId, options)) continue;
    const { job } = await look();
    if (hasEnded(job)) return job;
  }
  for (;;) {
    const { job, retryAfter } = await look();
    if (hasEnded(job)) return job;
    await pause(retryAfter ?? POLL, options.signal);
  }
}

/** What is told live; its end where that is refused, or does not work. */
async function* live(
  transport: Transport,
  signal?: AbortSignal,
): AsyncGenerator<Beat, void> {
  try {
    yield* beats(transport, { signal }, TRIES);
  } catch (error) {
    if (!(error instanceof ChatSVGError)) throw error;
  }
}

/** Whether to look at the job now. Its first look comes when the connection is there. */
function concerns(beat: Beat, jobId: string, { onProgress }: WaitOptions): boolean {
  if (typeof beat === "string") return true;
  if (beat.jobId !== jobId) return false;
  onProgress?.(beat);
  return ["SUCCEEDED", "FAILED", "CANCELED"].includes(beat.status);
}

function hasEnded(job: Job): boolean {
  return job.status === "SUCCEEDED" || job.status === "FAILED";
}
