// Messages on their way: one after another, each with one id for all its attempts.

import { Refused, Unreachable, call, pause, uuid } from "./api.js";
import { UserLine } from "./lines.js";
import { words } from "./words.js";

const PAUSES = [500, 1500, 4000];

/** Sends messages in order; what can't be sent yet is tried again until it is. */
export class Outgoing {
  #handlers;
  #last = Promise.resolve();
  #count = 0;

  /**
   * @param {{line: function(Element), sent: function(object), changed: function(), ended: function()}} handlers
   *   `line` shows a line, `sent` gets the server's answer, `ended` makes a new session.
   */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  /** Whether something is not acknowledged yet. */
  get busy() {
    return this.#count > 0;
  }

  /** Resolves when all that was given up to now is sent, or has failed. */
  get settled() {
    return this.#last;
  }

  /** Send a text, or the payload of a pressed button, whose title people see. */
  send(shown, payload) {
    const line = new UserLine(shown, "sending");
    const message = { id: uuid(), ...(payload === undefined ? { text: shown } : { payload }) };
    this.#handlers.line(line.element);
    this.#enqueue(line, message);
  }

  #enqueue(line, message) {
    this.#count += 1;
    this.#handlers.changed();
    this.#last = this.#last.then(() => this.#deliver(line, message)).finally(() => {
      this.#count -= 1;
      this.#handlers.changed();
    });
  }

  async #deliver(line, message) {
    line.state = "sending";
    for (let attempt = 0; ; attempt += 1) {
      try {
        const body = await call("POST", "/api/messages", message);
        if (body.text) line.text = body.text;
        line.state = "sent";
        return await this.#handlers.sent(body);
      } catch (error) {
        if (error instanceof Unreachable) {
          await waitToRetry(line, attempt);
        } else if (error instanceof Refused && error.status === 401 && attempt === 0) {
          await this.#handlers.ended();
          this.#handlers.line(line.element);
        } else {
          const again = error.status === 429 ? () => this.#enqueue(line, message) : undefined;
          return line.fail(words.errors[error.code] ?? words.errors.other, again);
        }
      }
    }
  }
}

/** Wait before another attempt; after some the user sees it, and may shorten the wait. */
function waitToRetry(line, attempt) {
  const waited = pause(PAUSES[Math.min(attempt, PAUSES.length - 1)]);
  if (attempt === 0) return waited;
  return Promise.race([waited, new Promise((now) => line.fail(words.notSent, now))]);
}
