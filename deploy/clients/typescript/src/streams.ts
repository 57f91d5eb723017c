/** Reading Server-Sent Events (WHATWG HTML §9.2). */

export interface Message {
  id?: string;
  event: string;
  data: string;
  /** Milliseconds to wait before connecting again, where the server named them. */
  retry?: number;
}

/** The messages of a body, and `undefined` whenever nothing at all came for `quiet` seconds. */
export async function* messages(
  body: ReadableStream<Uint8Array>,
  quiet: number,
): AsyncGenerator<Message | undefined> {
  const reader = body.getReader();
  const lines = new Lines();
  let fields: string[] = [];
  try {
    let reading = reader.read();
    for (;;) {
      const read = await within(quiet, reading);
      if (!read) {
        yield undefined;
        continue;
      }
      if (read.done) return;
      for (const line of lines.take(read.value)) {
        if (line) {
          fields.push(line);
          continue;
        }
        const message = parsed(fields);
        fields = [];
        if (message) yield message;
      }
      reading = reader.read();
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** What a promise gives, or undefined after some seconds. */
async function within<T>(seconds: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Bytes in pieces of any size, into lines that end with LF, CR or both. */
class Lines {
  private readonly decoder = new TextDecoder();
  private rest = "";

  take(bytes: Uint8Array): string[] {
    const text = this.rest + this.decoder.decode(bytes, { stream: true });
    const held = text.endsWith("\r") ? text.length - 1 : text.length; // its LF may be on its way
    const lines = text.slice(0, held).split(/\r\n|\n|\r/);
    this.rest = (lines.pop() ?? "") + text.slice(held);
    return lines;
  }
}

function parsed(fields: string[]): Message | undefined {
  const data: string[] = [];
  const message: Message = { event: "message", data: "" };
  for (const field of fields) {
    const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(field) ?? [];
    if (name === "data") data.push(value);
    else if (name === "event") message.event = value;
    else if (name === "id") message.id = value;
    else if (name === "retry" && /^\d+$/.test(value)) message.retry = Number(value);
  }
  if (!data.length && message.retry === undefined) return undefined;
  return { ...message, data: data.join("\n") };
}
