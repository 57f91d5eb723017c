export { type CallOptions, type Client, createClient } from "./client.js";
export type { GenerateOptions, ListOptions } from "./client.js";
export * from "./errors.js";
export type { FeedOptions } from "./feed.js";
export type { components, operations, paths } from "./schema.js";
export type { Options } from "./transport.js";
export type * from "./types.js";
export type { WaitOptions } from "./waiting.js";
