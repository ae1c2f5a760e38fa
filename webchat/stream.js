// Server-sent events over fetch: EventSource can't send the token in a header.

import { pause } from "./api.js";

const SILENCE = 40_000; // the server speaks every 15 s; after this long the line is dead
const LONGEST_PAUSE = 8_000;

/** The conversation's events, from a position on; it reconnects by itself where it was interrupted. */
export class EventStream {
  #token;
  #after;
  #abort = new AbortController();
  #handlers;

  /**
   * @param {string} token opens the conversation
   * @param {number} after position of the last answer that is known
   * @param {{event: function(string, object), connected: function(boolean), refused: function()}} handlers
   */
  constructor(token, after, handlers) {
    this.#token = token;
    this.#after = after;
    this.#handlers = handlers;
    this.#run();
  }

  stop() {
    this.#abort.abort();
  }

  async #run() {
    let wait = 500;
    while (!this.#abort.signal.aborted) {
      try {
        const response = await this.#connect();
        if (response.status === 401) return void (this.#abort.signal.aborted || this.#handlers.refused());
        if (response.ok) {
          this.#handlers.connected(true);
          wait = 500;
          await this.#read(response.body.getReader());
        }
      } catch {
        // A lost line looks the same wherever it breaks: below we try again.
      }
      if (this.#abort.signal.aborted) return;
      this.#handlers.connected(false);
      await pause(wait * (0.7 + 0.3 * Math.random()));
      wait = Math.min(wait * 2, LONGEST_PAUSE);
    }
  }

  #connect() {
    return fetch(`/api/events?after=${this.#after}`, {
      headers: { Authorization: `Bearer ${this.#token}`, Accept: "text/event-stream" },
      cache: "no-store",
      signal: this.#abort.signal,
    });
  }

  async #read(reader) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await withDeadline(reader);
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop();
      blocks.forEach((block) => this.#dispatch(block));
    }
  }

  #dispatch(block) {
    const fields = {};
    for (const line of block.split("\n")) {
      const [, name, value] = line.match(/^(\w+): ?(.*)$/) ?? [];
      if (name) fields[name] = value;
    }
    if (!fields.event || this.#abort.signal.aborted) return;
    if (fields.id) this.#after = Number(fields.id);
    this.#handlers.event(fields.event, JSON.parse(fields.data));
  }
}

async function withDeadline(reader) {
  const timer = setTimeout(() => reader.cancel(), SILENCE);
  try {
    return await reader.read();
  } finally {
    clearTimeout(timer);
  }
}
